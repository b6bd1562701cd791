package dev.vellum.proxy.config;

import dev.vellum.proxy.access.AccessConfig;
import dev.vellum.proxy.access.AccessConfig.Account;
import dev.vellum.proxy.access.DestinationsConfig;
import dev.vellum.proxy.access.Network;
import dev.vellum.proxy.access.Secret;
import dev.vellum.proxy.http.Hop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * The keys that say who may use the proxy, and for what destinations.
 *
 * @param folder what relative paths start from
 * @param environment where secrets may be
 */
record AccessKeys(Path folder, Map<String, String> environment) {

    /** {@code access}. */
    AccessConfig access(Section section, Hop.Role role) {
        AccessConfig standard =
                role == Hop.Role.EDGE ? AccessConfig.EVERYONE : AccessConfig.LOOPBACK;
        try (section) {
            List<Network> allow = section.values("allow", standard.allow(), Network::parse);
            List<Account> users =
                    section.sections("users").stream()
                            .map(user -> account(user, "password"))
                            .toList();
            List<Account> tokens =
                    section.sections("tokens").stream()
                            .map(token -> account(token, "token"))
                            .toList();
            return section.make(() ->
                    new AccessConfig(
                            allow, users, tokens, section.text("realm", standard.realm())));
        }
    }

    /** Secrets are never in the configuration itself, which is printed and passed around. */
    private Account account(Section section, String what) {
        try (section) {
            List<Secret> secrets = new ArrayList<>();
            section.optional(what + "-file", text -> Secret.ofFile(folder.resolve(text)))
                    .ifPresent(secrets::add);
            section.optional(what + "-env", text -> Secret.ofEnvironment(text, environment))
                    .ifPresent(secrets::add);
            return section.make(() -> {
                if (secrets.size() != 1) {
                    throw new IllegalArgumentException(
                            what + " (expected: one of " + what + "-file, " + what + "-env)");
                }
                return new Account(section.text("name", ""), secrets.getFirst());
            });
        }
    }

    /** {@code destinations}. */
    static DestinationsConfig destinations(Section section) {
        DestinationsConfig standard = DestinationsConfig.DEFAULT;
        try (section) {
            return section.make(() ->
                    new DestinationsConfig(
                            section.values("allow", standard.allow(), Network::parse),
                            new HashSet<>(
                                    section.values(
                                            "connect-ports",
                                            List.copyOf(standard.connectPorts()),
                                            Section::integer))));
        }
    }
}
