package dev.vellum.proxy.access;

import dev.vellum.proxy.access.AccessConfig.Account;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Decides whether a client may use the proxy: by the network it comes from, then by {@code
 * Proxy-Authorization} (RFC 9110 section 11.7; Basic, RFC 7617; Bearer, RFC 6750).
 */
public final class Gate {

    private final AccessConfig config;
    private final List<String> challenges;

    public Gate(AccessConfig config) {
        this.config = config;
        String realm = " realm=\"" + config.realm() + '"';
        this.challenges =
                config.users().isEmpty()
                        ? List.of("Bearer" + realm)
                        : config.tokens().isEmpty()
                                ? List.of("Basic" + realm + ", charset=\"UTF-8\"")
                                : List.of(
                                        "Bearer" + realm, "Basic" + realm + ", charset=\"UTF-8\"");
    }

    /** What becomes of a client's request. */
    public sealed interface Admission {
        /** May pass; no credentials were asked for. */
        record Anonymous() implements Admission {}

        /**
         * May pass.
         *
         * @param name of the user or token, for the log
         */
        record Known(String name) implements Admission {}

        /** 403: comes from a network that is not allowed. */
        record Forbidden() implements Admission {}

        /** 403: asks for a picture's size that nobody signed. */
        record Unsigned() implements Admission {}

        /**
         * 407: credentials are missing or wrong.
         *
         * @param challenges values of the Proxy-Authenticate fields to answer with
         */
        record Challenged(List<String> challenges) implements Admission {}
    }

    private static final Admission ANONYMOUS = new Admission.Anonymous();
    private static final Admission FORBIDDEN = new Admission.Forbidden();

    /** Whether a client at this address may connect at all. */
    public boolean allows(InetAddress client) {
        byte[] address = client.getAddress();
        for (Network network : config.allow()) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Decides about one request.
     *
     * @param proxyAuthorization the values of all Proxy-Authorization fields; several are as good
     *     as none
     */
    public Admission admit(InetAddress client, List<String> proxyAuthorization) {
        if (!allows(client)) {
            return FORBIDDEN;
        }
        if (!config.wantsCredentials()) {
            return ANONYMOUS;
        }
        if (proxyAuthorization.size() == 1) {
            String value = proxyAuthorization.getFirst();
            int space = value.indexOf(' ');
            if (space > 0) {
                String scheme = value.substring(0, space);
                String credentials = value.substring(space + 1).strip();
                if (scheme.equalsIgnoreCase("Basic")) {
                    return basic(credentials);
                }
                if (scheme.equalsIgnoreCase("Bearer")) {
                    return bearer(credentials);
                }
            }
        }
        return challenged();
    }

    private Admission basic(String credentials) {
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(credentials);
        } catch (IllegalArgumentException notBase64) {
            return challenged();
        }
        int colon = 0;
        while (colon < decoded.length && decoded[colon] != ':') {
            colon++;
        }
        if (colon == decoded.length) {
            return challenged();
        }
        String name = new String(decoded, 0, colon, StandardCharsets.UTF_8);
        return among(config.users(), name, Arrays.copyOfRange(decoded, colon + 1, decoded.length));
    }

    /** Every account is compared, so that time does not tell which names exist. */
    private Admission among(List<Account> accounts, String name, byte[] password) {
        boolean known = false;
        for (Account account : accounts) {
            boolean matches = account.secret().matches(password);
            known |= matches && account.name().equals(name);
        }
        return known ? new Admission.Known(name) : challenged();
    }

    private Admission bearer(String token) {
        byte[] presented = token.getBytes(StandardCharsets.UTF_8);
        Admission found = challenged();
        for (Account account : config.tokens()) {
            if (account.secret().matches(presented)) {
                found = new Admission.Known(account.name());
            }
        }
        return found;
    }

    private Admission challenged() {
        return new Admission.Challenged(challenges);
    }
}
