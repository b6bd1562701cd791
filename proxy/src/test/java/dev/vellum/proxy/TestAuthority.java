package dev.vellum.proxy;

import dev.vellum.proxy.tls.CertificateFiles;
import dev.vellum.proxy.tls.Issuer;
import dev.vellum.proxy.tls.KeyAndChain;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** An authority for tests, with certificates in files and contexts for the JDK's TLS. */
final class TestAuthority {

    static Instant daysAhead(int days) {
        return Instant.now().plus(Duration.ofDays(days));
    }

    private final Path folder;
    private final KeyAndChain authority;
    private final Issuer issuer;
    private int files;

    TestAuthority(Path folder) {
        this(folder, Issuer.newAuthority("Test authority", daysAhead(-30), daysAhead(1)));
    }

    /** The same authority with its files elsewhere. */
    TestAuthority(Path folder, TestAuthority same) {
        this(folder, same.authority);
    }

    private TestAuthority(Path folder, KeyAndChain authority) {
        this.folder = folder;
        this.authority = authority;
        this.issuer = new Issuer(authority);
    }

    KeyAndChain issue(String... names) {
        return issuer.issue(
                Issuer.Purpose.SERVER,
                List.of(names),
                Issuer.newKeys(),
                daysAhead(-1),
                daysAhead(1));
    }

    KeyAndChain issue(Instant from, Instant until, String... names) {
        return issuer.issue(Issuer.Purpose.SERVER, List.of(names), Issuer.newKeys(), from, until);
    }

    KeyAndChain forClient(String name) {
        return issuer.issue(
                Issuer.Purpose.CLIENT,
                List.of(name),
                Issuer.newKeys(),
                daysAhead(-1),
                daysAhead(1));
    }

    /** A certificate that nobody but its own key has signed. */
    static KeyAndChain selfSigned(String name) {
        KeyAndChain same = Issuer.newAuthority(name, daysAhead(-1), daysAhead(1));
        KeyAndChain leaf =
                new Issuer(same)
                        .issue(
                                Issuer.Purpose.SERVER,
                                List.of(name),
                                new KeyPair(same.chain().getFirst().getPublicKey(), same.key()),
                                daysAhead(-1),
                                daysAhead(1));
        return new KeyAndChain(leaf.key(), List.of(leaf.chain().getFirst()));
    }

    /** The authority's own certificate in a file. */
    Path file() throws IOException {
        Path file = folder.resolve("authority.pem");
        Files.writeString(file, pem("CERTIFICATE", encoded(authority.chain().getFirst())));
        return file;
    }

    CertificateFiles write(KeyAndChain own) throws IOException {
        files++;
        return writeTo(
                new CertificateFiles(
                        folder.resolve(files + ".pem"), folder.resolve(files + ".key")),
                own);
    }

    static CertificateFiles writeTo(CertificateFiles files, KeyAndChain own) throws IOException {
        StringBuilder chain = new StringBuilder();
        own.chain().forEach(each -> chain.append(pem("CERTIFICATE", encoded(each))));
        Files.writeString(files.certificate(), chain);
        Files.writeString(files.key(), pem("PRIVATE KEY", own.key().getEncoded()));
        return files;
    }

    private static byte[] encoded(Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                .formatted(kind, Base64.getMimeEncoder().encodeToString(der), kind);
    }

    /** A context that trusts this authority and shows {@code own}, if that is given. */
    SSLContext context(@Nullable KeyAndChain own) throws GeneralSecurityException, IOException {
        return context(authority.chain().getFirst(), own);
    }

    static SSLContext context(Certificate trusted, @Nullable KeyAndChain own)
            throws GeneralSecurityException, IOException {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load((InputStream) null, null);
        trust.setCertificateEntry("a", trusted);
        TrustManagerFactory trustManagers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(trust);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load((InputStream) null, null);
        if (own != null) {
            keys.setKeyEntry("k", own.key(), new char[0], own.chain().toArray(Certificate[]::new));
        }
        KeyManagerFactory keyManagers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
        return context;
    }

    /** A connection to loopback, secured, verified for {@code name}. */
    SSLSocket connect(int port, String name, String... protocols)
            throws GeneralSecurityException, IOException {
        return secure(
                context(null), new Socket(InetAddress.getLoopbackAddress(), port), name, protocols);
    }

    static SSLSocket secure(SSLContext context, Socket plain, String name, String... protocols)
            throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory().createSocket(plain, name, plain.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }
}
