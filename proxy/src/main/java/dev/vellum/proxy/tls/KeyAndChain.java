package dev.vellum.proxy.tls;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * A private key and the certificate for it.
 *
 * @param chain the certificate first, then those that lead to an authority
 */
public record KeyAndChain(PrivateKey key, List<X509Certificate> chain) {

    public KeyAndChain {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("chain: [] (expected: at least one certificate)");
        }
    }

    /**
     * Reads both.
     *
     * @throws IOException if a file cannot be read
     * @throws CertificateException if one does not hold what it should, or the two do not belong
     *     together
     */
    public static KeyAndChain read(CertificateFiles files)
            throws IOException, CertificateException {
        KeyAndChain read = new KeyAndChain(key(files.key()), certificates(files.certificate()));
        read.verifyPair();
        return read;
    }

    /**
     * All certificates of a PEM file, at least one.
     *
     * @throws CertificateException if there is none
     */
    public static List<X509Certificate> certificates(Path pem)
            throws IOException, CertificateException {
        List<X509Certificate> read = new ArrayList<>();
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        try (Reader text = Files.newBufferedReader(pem);
                PEMParser parser = new PEMParser(text)) {
            for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
                if (each instanceof X509CertificateHolder holder) {
                    read.add(converter.getCertificate(holder));
                }
            }
        }
        if (read.isEmpty()) {
            throw new CertificateException(pem + " (expected: certificates in PEM)");
        }
        return read;
    }

    private static PrivateKey key(Path pem) throws IOException, CertificateException {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        try (Reader text = Files.newBufferedReader(pem);
                PEMParser parser = new PEMParser(text)) {
            for (Object read = parser.readObject(); read != null; read = parser.readObject()) {
                switch (read) {
                    case PrivateKeyInfo info -> {
                        return converter.getPrivateKey(info);
                    }
                    case PEMKeyPair pair -> {
                        return converter.getPrivateKey(pair.getPrivateKeyInfo());
                    }
                    default -> {} // an EC key's parameters may stand before it
                }
            }
        }
        throw new CertificateException(pem + " (expected: a private key in PEM, not encrypted)");
    }

    /** Whether the two belong together shows when one verifies what the other signed. */
    private void verifyPair() throws CertificateException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC", "ECDSA" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        PublicKey certified = chain.getFirst().getPublicKey();
        try {
            byte[] text = {1, 2, 3};
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(text);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certified);
            verifying.update(text);
            if (verifying.verify(signature)) {
                return;
            }
        } catch (GeneralSecurityException otherKind) {
            throw new CertificateException("the key is another certificate's", otherKind);
        }
        throw new CertificateException("the key is another certificate's");
    }
}
