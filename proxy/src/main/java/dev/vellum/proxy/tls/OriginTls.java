package dev.vellum.proxy.tls;

import dev.vellum.proxy.tls.OriginTlsConfig.Authority;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards origins and parents: they are always verified, and only those that the configuration
 * names get to see our certificate. Immutable.
 */
public final class OriginTls {

    private final boolean http2;
    private final SslContext named;
    private final SslContext namedHttp1;
    private final SslContext others;
    private final SslContext othersHttp1;

    /**
     * Reads the files.
     *
     * @throws IOException if one cannot be read, or is not what it should be
     */
    public OriginTls(OriginTlsConfig config, TlsProvider provider) throws IOException {
        try {
            TrustManagerFactory trust = trust(config);
            TlsProvider.Offer offer =
                    config.http2() ? TlsProvider.Offer.HTTP_2_AND_1 : TlsProvider.Offer.HTTP_1;
            http2 = config.http2();
            Optional<KeyAndChain> own = own(config);
            named = context(trust, own, provider, offer);
            namedHttp1 = context(trust, own, provider, TlsProvider.Offer.HTTP_1);
            others = context(trust, Optional.empty(), provider, offer);
            othersHttp1 = context(trust, Optional.empty(), provider, TlsProvider.Offer.HTTP_1);
        } catch (GeneralSecurityException unusable) {
            throw new IOException(
                    "origin-tls: " + unusable.getMessage() + " (expected: PEM)", unusable);
        }
    }

    /**
     * A handler for one connection, which fails the handshake unless the far end proves to be
     * {@code host} (RFC 9525).
     *
     * @param configured whether the configuration names the far end
     * @param http1 whether only HTTP/1.1 may be spoken
     */
    public SslHandler handler(
            ByteBufAllocator allocator, String host, int port, boolean configured, boolean http1) {
        SslContext context = configured ? http1 ? namedHttp1 : named : http1 ? othersHttp1 : others;
        SslHandler handler = context.newHandler(allocator, host, port);
        SSLEngine engine = handler.engine();
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return handler;
    }

    /** Whether HTTP/2 is offered. */
    public boolean offersHttp2() {
        return http2;
    }

    private static Optional<KeyAndChain> own(OriginTlsConfig config)
            throws IOException, CertificateException {
        return config.certificate().isEmpty()
                ? Optional.empty()
                : Optional.of(KeyAndChain.read(config.certificate().get()));
    }

    private static SslContext context(
            TrustManagerFactory trust,
            Optional<KeyAndChain> own,
            TlsProvider provider,
            TlsProvider.Offer offer)
            throws IOException {
        SslContextBuilder builder = SslContextBuilder.forClient().trustManager(trust);
        own.ifPresent(shown -> builder.keyManager(shown.key(), shown.chain()));
        return provider.prepare(builder, offer).build();
    }

    private static TrustManagerFactory trust(OriginTlsConfig config)
            throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (Authority authority : config.authorities()) {
            switch (authority) {
                case Authority.OfTheJdk those -> {
                    for (X509Certificate each : ofTheJdk()) {
                        add(trusted, each);
                    }
                }
                case Authority.InFile(var path) -> {
                    for (X509Certificate each : KeyAndChain.certificates(path)) {
                        add(trusted, each);
                    }
                }
            }
        }
        return factory(trusted);
    }

    private static void add(KeyStore trusted, X509Certificate authority)
            throws GeneralSecurityException {
        trusted.setCertificateEntry("authority-" + trusted.size(), authority);
    }

    private static X509Certificate[] ofTheJdk() throws GeneralSecurityException {
        for (TrustManager manager : factory(null).getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509.getAcceptedIssuers();
            }
        }
        throw new IllegalStateException("the JDK has no X509TrustManager");
    }

    private static TrustManagerFactory factory(@Nullable KeyStore trusted)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory;
    }
}
