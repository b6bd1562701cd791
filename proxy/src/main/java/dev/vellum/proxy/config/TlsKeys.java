package dev.vellum.proxy.config;

import dev.vellum.proxy.intercept.InterceptConfig;
import dev.vellum.proxy.tls.CertificateFiles;
import dev.vellum.proxy.tls.OriginTlsConfig;
import dev.vellum.proxy.tls.TlsConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The keys of TLS, on all sides.
 *
 * @param folder what relative paths start from
 * @param state where the proxy keeps what it makes itself
 */
record TlsKeys(Path folder, Path state) {

    private static final int STANDARD_PORT = 8443;

    /** {@code listen.tls}; without certificates there is none. */
    Optional<TlsConfig> listening(Section section) {
        try (section) {
            int port = section.integer("port", STANDARD_PORT);
            List<CertificateFiles> certificates =
                    section.sections("certificates").stream().map(this::certificate).toList();
            return certificates.isEmpty()
                    ? Optional.empty()
                    : Optional.of(section.make(() -> new TlsConfig(port, certificates)));
        }
    }

    private CertificateFiles certificate(Section section) {
        try (section) {
            return section.make(() -> {
                Optional<Path> certificate = section.optional("certificate", folder::resolve);
                Optional<Path> key = section.optional("key", folder::resolve);
                if (certificate.isEmpty() || key.isEmpty()) {
                    throw new IllegalArgumentException(
                            "certificate, key (expected: both, each a PEM file)");
                }
                return new CertificateFiles(certificate.get(), key.get());
            });
        }
    }

    /** {@code intercept}. */
    InterceptConfig intercept(Section section) {
        InterceptConfig standard = InterceptConfig.OFF;
        try (section) {
            return section.make(() ->
                    new InterceptConfig(
                            section.values("hosts", standard.hosts(), Function.identity()),
                            section.values("except", standard.except(), Function.identity()),
                            Optional.of(
                                    section.value(
                                            "authority",
                                            state.resolve("authority.pem"),
                                            folder::resolve)),
                            section.flag("credentials", standard.credentials())));
        }
    }

    /** {@code origin-tls}. */
    OriginTlsConfig towardsOrigins(Section section) {
        OriginTlsConfig standard = OriginTlsConfig.DEFAULT;
        try (section) {
            List<OriginTlsConfig.Authority> authorities =
                    section.values("authorities", standard.authorities(), this::authority);
            Optional<Path> certificate = section.optional("certificate", folder::resolve);
            Optional<Path> key = section.optional("key", folder::resolve);
            return section.make(() -> {
                if (certificate.isPresent() != key.isPresent()) {
                    throw new IllegalArgumentException("certificate, key (expected: both or none)");
                }
                return new OriginTlsConfig(
                        authorities,
                        certificate.map(path -> new CertificateFiles(path, key.orElseThrow())),
                        section.flag("http2", standard.http2()));
            });
        }
    }

    private OriginTlsConfig.Authority authority(String text) {
        return text.equals("system")
                ? new OriginTlsConfig.Authority.OfTheJdk()
                : new OriginTlsConfig.Authority.InFile(folder.resolve(text));
    }
}
