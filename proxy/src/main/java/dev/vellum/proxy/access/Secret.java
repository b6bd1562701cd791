package dev.vellum.proxy.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/**
 * A password or token, kept only as its SHA-256. Comparing takes the same time whatever is
 * presented, and {@link #toString} shows nothing.
 */
public final class Secret {

    private final byte[] digest;

    private Secret(byte[] digest) {
        this.digest = digest;
    }

    /**
     * The secret that is {@code text}.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public static Secret of(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("secret: empty (expected: at least one character)");
        }
        return new Secret(digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The first line of a file, without its line end.
     *
     * @throws IllegalArgumentException if it cannot be read, or the line is empty
     */
    public static Secret ofFile(Path file) {
        try {
            return of(Files.readString(file).lines().findFirst().orElse(""));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    '"' + file.toString() + "\" (expected: a readable file)", unreadable);
        }
    }

    /**
     * The value of a variable of {@code environment}.
     *
     * @throws IllegalArgumentException if it is not set, or empty
     */
    public static Secret ofEnvironment(String name, Map<String, String> environment) {
        String value = environment.get(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(
                    '"' + name + "\" (expected: an environment variable that is set)");
        }
        return of(value);
    }

    /**
     * Whether {@code presented} is this secret, in time that does not depend on how much of it is
     * right.
     */
    public boolean matches(byte[] presented) {
        return MessageDigest.isEqual(digest, digest(presented));
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is in every JDK", impossible);
        }
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
