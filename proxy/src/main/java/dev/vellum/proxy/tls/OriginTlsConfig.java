package dev.vellum.proxy.tls;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * TLS towards origins and parents.
 *
 * @param authorities whom to trust; none means nobody
 * @param certificate how we show who we are, to origins and parents that the configuration names
 * @param http2 whether HTTP/2 is offered
 */
public record OriginTlsConfig(
        List<Authority> authorities, Optional<CertificateFiles> certificate, boolean http2) {

    /** What the JDK trusts, no certificate of our own, HTTP/2. */
    public static final OriginTlsConfig DEFAULT =
            new OriginTlsConfig(List.of(new Authority.OfTheJdk()), Optional.empty(), true);

    public OriginTlsConfig {
        authorities = List.copyOf(authorities);
    }

    /** Certificates that are trusted to sign others. */
    public sealed interface Authority {

        /** Those that the JDK came with. */
        record OfTheJdk() implements Authority {
            @Override
            public String toString() {
                return "system";
            }
        }

        /** Those in a PEM file. */
        record InFile(Path path) implements Authority {
            @Override
            public String toString() {
                return path.toString();
            }
        }
    }
}
