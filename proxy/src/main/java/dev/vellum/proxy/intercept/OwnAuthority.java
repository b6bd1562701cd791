package dev.vellum.proxy.intercept;

import dev.vellum.proxy.tls.CertificateFiles;
import dev.vellum.proxy.tls.Issuer;
import dev.vellum.proxy.tls.KeyAndChain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;

/** Our authority: key and certificate in one PEM file of mode 0600, made where there is none. */
final class OwnAuthority {

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private static final Duration LIFE = Duration.ofDays(3650);

    private OwnAuthority() {}

    /**
     * The authority in {@code file}.
     *
     * @param name how browsers show it
     * @throws IOException if the file can be neither read nor made, others may read it, or it holds
     *     no authority
     */
    static KeyAndChain of(Path file, String name, Instant now) throws IOException {
        Path path = file.toAbsolutePath();
        try {
            Files.createDirectories(path.getParent());
            Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            KeyAndChain made =
                    Issuer.newAuthority(name, now.minus(Duration.ofDays(1)), now.plus(LIFE));
            Files.writeString(
                    path,
                    pem("PRIVATE KEY", made.key().getEncoded()) + pem(made.chain().getFirst()),
                    StandardCharsets.US_ASCII,
                    StandardOpenOption.WRITE);
            return made;
        } catch (FileAlreadyExistsException there) {
            return read(path);
        }
    }

    private static KeyAndChain read(Path path) throws IOException {
        if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(path))) {
            throw new IOException("intercept.authority: " + path + " (expected: mode 0600)");
        }
        try {
            KeyAndChain read = KeyAndChain.read(new CertificateFiles(path, path));
            if (read.chain().getFirst().getBasicConstraints() < 0) {
                throw new IOException(
                        "intercept.authority: " + path + " (expected: a certificate of a CA)");
            }
            return read;
        } catch (CertificateException unusable) {
            throw new IOException(
                    "intercept.authority: " + path + " (expected: a key and a certificate, in PEM)",
                    unusable);
        }
    }

    /** A certificate in PEM. */
    static String pem(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException broken) {
            throw new IllegalStateException("certificate without an encoding", broken);
        }
    }

    private static String pem(String kind, byte[] der) {
        byte[] newline = {'\n'};
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(kind, Base64.getMimeEncoder(64, newline).encodeToString(der), kind);
    }
}
