package dev.vellum.proxy.access;

import java.util.List;

/**
 * Who may use the proxy.
 *
 * @param allow networks that clients may come from
 * @param users names and passwords that {@code Proxy-Authorization: Basic} may present
 * @param tokens names and tokens that {@code Proxy-Authorization: Bearer} may present; the name is
 *     for the log. With neither users nor tokens, no credentials are asked for.
 * @param realm the realm that a challenge names: printable ASCII without quotes or backslashes
 */
public record AccessConfig(
        List<Network> allow, List<Account> users, List<Account> tokens, String realm) {

    /** This machine only, without credentials. */
    public static final AccessConfig LOOPBACK =
            new AccessConfig(
                    List.of(Network.parse("127.0.0.0/8"), Network.parse("::1")),
                    List.of(),
                    List.of(),
                    "vellum");

    /** Everyone, without credentials. */
    public static final AccessConfig EVERYONE =
            new AccessConfig(
                    List.of(Network.parse("0.0.0.0/0"), Network.parse("::/0")),
                    List.of(),
                    List.of(),
                    "vellum");

    /**
     * A name and what proves it.
     *
     * @param name at least one character; without a colon, which ends the name in Basic
     */
    public record Account(String name, Secret secret) {
        public Account {
            if (name.isEmpty() || name.indexOf(':') >= 0) {
                throw new IllegalArgumentException(
                        "name: \"" + name + "\" (expected: a name without a colon)");
            }
        }
    }

    public AccessConfig {
        allow = List.copyOf(allow);
        users = List.copyOf(users);
        tokens = List.copyOf(tokens);
        if (!realm.matches("[ -~&&[^\"\\\\]]+")) {
            throw new IllegalArgumentException(
                    "realm: \""
                            + realm
                            + "\" (expected: printable ASCII without quotes and backslashes)");
        }
    }

    /** Whether a client must present credentials. */
    public boolean wantsCredentials() {
        return !users.isEmpty() || !tokens.isEmpty();
    }
}
