package dev.vellum.proxy.tls;

import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Our certificates by the names they are for (RFC 6066 section 3). Immutable. */
public final class ServerCertificates {

    private static final int DNS_NAME = 2;

    private final Map<String, SslContext> byName;
    private final SslContext otherwise;

    /**
     * Reads the files.
     *
     * @throws IOException if one cannot be read or is none, or a key is another certificate's
     */
    public ServerCertificates(TlsConfig config, TlsProvider provider) throws IOException {
        Map<String, SslContext> found = new HashMap<>();
        SslContext first = null;
        for (CertificateFiles files : config.certificates()) {
            try {
                KeyAndChain own = KeyAndChain.read(files);
                SslContext context = provider.server(own);
                first = first == null ? context : first;
                for (String name : names(own.chain().getFirst())) {
                    found.putIfAbsent(name, context);
                }
            } catch (CertificateException | RuntimeException unusable) {
                throw new IOException(
                        "%s, %s: %s (expected: a certificate and its key, in PEM)"
                                .formatted(files.certificate(), files.key(), unusable.getMessage()),
                        unusable);
            }
        }
        if (first == null) {
            throw new IllegalStateException("certificates: [] (expected: at least one)");
        }
        byName = Map.copyOf(found);
        otherwise = first;
    }

    /**
     * What to use for a client that asks for {@code name}: the certificate for it, else the one
     * whose wildcard covers it, else the first.
     *
     * @param name as sent, or null if none was
     */
    public SslContext find(@Nullable String name) {
        if (name == null) {
            return otherwise;
        }
        String asked = name.toLowerCase(Locale.ROOT);
        SslContext exact = byName.get(asked);
        if (exact != null) {
            return exact;
        }
        int dot = asked.indexOf('.');
        SslContext wildcard = dot < 0 ? null : byName.get("*" + asked.substring(dot));
        return wildcard == null ? otherwise : wildcard;
    }

    /** RFC 9525 section 6.3: only alternative names count. */
    private static List<String> names(X509Certificate certificate) throws CertificateException {
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        List<String> names = new ArrayList<>();
        if (alternatives != null) {
            for (List<?> alternative : alternatives) {
                if (alternative.get(0) instanceof Integer kind && kind == DNS_NAME) {
                    names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
                }
            }
        }
        return names;
    }
}
