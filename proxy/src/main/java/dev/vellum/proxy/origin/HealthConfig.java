package dev.vellum.proxy.origin;

import java.time.Duration;

/**
 * How a failing origin is noticed and left out.
 *
 * @param path asked for with GET by the active check, such as {@code /healthz}; empty for no active
 *     check
 * @param interval between two active checks of one origin
 * @param timeout for one active check
 * @param failures how many in a row, seen by requests or by checks, put an origin aside
 * @param asideFor how long an origin is left out before requests try it again
 */
public record HealthConfig(
        String path, Duration interval, Duration timeout, int failures, Duration asideFor) {

    public static final HealthConfig DEFAULT =
            new HealthConfig(
                    "", Duration.ofSeconds(5), Duration.ofSeconds(2), 3, Duration.ofSeconds(10));

    public HealthConfig {
        if (!path.isEmpty() && !path.startsWith("/")) {
            throw new IllegalArgumentException(
                    "path: \"" + path + "\" (expected: a path such as /healthz, or nothing)");
        }
        positive("interval", interval);
        positive("timeout", timeout);
        positive("aside-for", asideFor);
        if (failures < 1) {
            throw new IllegalArgumentException("failures: " + failures + " (expected: >= 1)");
        }
    }

    private static void positive(String key, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: > 0s)");
        }
    }
}
