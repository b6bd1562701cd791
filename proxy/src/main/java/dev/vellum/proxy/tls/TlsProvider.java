package dev.vellum.proxy.tls;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;

/** Who does the cryptography. */
public enum TlsProvider {
    /** Netty's build of BoringSSL: several times the handshakes of the JDK's. */
    BORINGSSL(SslProvider.OPENSSL),
    JDK(SslProvider.JDK);

    /** What a connection may speak, the preferred first (RFC 7301). */
    public enum Offer {
        HTTP_2_AND_1,
        HTTP_1;

        private List<String> names() {
            return switch (this) {
                case HTTP_2_AND_1 ->
                        List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);
                case HTTP_1 -> List.of(ApplicationProtocolNames.HTTP_1_1);
            };
        }
    }

    private static final Duration TICKET_LIFE = Duration.ofMinutes(5);

    private final SslProvider provider;

    TlsProvider(SslProvider provider) {
        this.provider = provider;
    }

    /** The fastest that works here. */
    public static TlsProvider best() {
        return OpenSsl.isAvailable() ? BORINGSSL : JDK;
    }

    /**
     * What a server with this certificate speaks.
     *
     * @throws IllegalArgumentException if the key cannot be used
     */
    public SslContext server(KeyAndChain own) {
        try {
            SslContextBuilder builder =
                    prepare(
                            SslContextBuilder.forServer(own.key(), own.chain()),
                            Offer.HTTP_2_AND_1);
            if (this == BORINGSSL) {
                // the tasks would be run by the event loop all the same, with more calls between
                builder.option(OpenSslContextOption.USE_TASKS, false);
            }
            SslContext context = builder.build();
            resume(context);
            return context;
        } catch (SSLException unusable) {
            throw new IllegalArgumentException(
                    "key: " + own.key().getAlgorithm() + " (expected: one for TLS)", unusable);
        }
    }

    /**
     * Lets clients resume their sessions by tickets (RFC 8446 section 2.2, RFC 5077), which the JDK
     * does by itself. A ticket is good for the context that issued it, and for as long as that is
     * in use; no session is kept here.
     */
    private static void resume(SslContext context) {
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
            sessions.setSessionTimeout((int) TICKET_LIFE.toSeconds());
            sessions.setTicketKeys(
                    new OpenSslSessionTicketKey(
                            random(OpenSslSessionTicketKey.NAME_SIZE),
                            random(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                            random(OpenSslSessionTicketKey.AES_KEY_SIZE)));
        }
    }

    private static byte[] random(int size) {
        byte[] octets = new byte[size];
        new SecureRandom().nextBytes(octets);
        return octets;
    }

    /** The builder with what holds on either side: versions, ciphers of RFC 9113, protocols. */
    SslContextBuilder prepare(SslContextBuilder builder, Offer offer) {
        return builder.sslProvider(provider)
                .protocols("TLSv1.3", "TLSv1.2")
                .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(
                        new ApplicationProtocolConfig(
                                Protocol.ALPN,
                                SelectorFailureBehavior.NO_ADVERTISE,
                                SelectedListenerFailureBehavior.ACCEPT,
                                offer.names()));
    }
}
