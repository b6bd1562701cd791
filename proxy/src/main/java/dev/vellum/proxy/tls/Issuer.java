package dev.vellum.proxy.tls;

import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates that one authority signs (RFC 5280). Thread-safe. */
public final class Issuer {

    /** What a certificate is shown for. */
    public enum Purpose {
        SERVER,
        CLIENT;

        private KeyPurposeId id() {
            return this == SERVER ? KeyPurposeId.id_kp_serverAuth : KeyPurposeId.id_kp_clientAuth;
        }
    }

    private static final String CURVE = "secp256r1";
    private static final int SERIAL_BITS = 127;

    private final KeyAndChain authority;
    private final SecureRandom random = new SecureRandom();

    /**
     * An issuer that signs with {@code authority}.
     *
     * @param authority a key and a certificate that may sign others
     */
    public Issuer(KeyAndChain authority) {
        this.authority = authority;
    }

    /** The authority's own certificate. */
    public X509Certificate certificate() {
        return authority.chain().getFirst();
    }

    /**
     * An authority with a new key, which signs itself.
     *
     * @param name its common name
     */
    public static KeyAndChain newAuthority(String name, Instant from, Instant until) {
        try {
            KeyPair keys = newKeys();
            X500Name subject = subject(name);
            X509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            subject,
                            new BigInteger(SERIAL_BITS, new SecureRandom()),
                            Date.from(from),
                            Date.from(until),
                            subject,
                            keys.getPublic());
            JcaX509ExtensionUtils utilities = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(
                            Extension.keyUsage,
                            true,
                            new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            utilities.createSubjectKeyIdentifier(keys.getPublic()));
            return new KeyAndChain(
                    keys.getPrivate(), List.of(sign(builder, keys.getPrivate(), "EC")));
        } catch (GeneralSecurityException | CertIOException broken) {
            throw new IllegalStateException("the JDK cannot make certificates", broken);
        }
    }

    /**
     * A certificate for {@code names} and {@code keys}.
     *
     * @param names host names or address literals without brackets, at least one
     */
    public KeyAndChain issue(
            Purpose purpose, List<String> names, KeyPair keys, Instant from, Instant until) {
        try {
            X509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            certificate(),
                            new BigInteger(SERIAL_BITS, random),
                            Date.from(from),
                            Date.from(until),
                            subject(names.getFirst()),
                            keys.getPublic());
            extend(builder, purpose, names, keys.getPublic());
            X509Certificate leaf =
                    sign(builder, authority.key(), certificate().getPublicKey().getAlgorithm());
            List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
            chain.addAll(authority.chain());
            return new KeyAndChain(keys.getPrivate(), chain);
        } catch (GeneralSecurityException | CertIOException broken) {
            throw new IllegalStateException("the JDK cannot make certificates", broken);
        }
    }

    private void extend(
            X509v3CertificateBuilder builder, Purpose purpose, List<String> names, PublicKey key)
            throws GeneralSecurityException, CertIOException {
        JcaX509ExtensionUtils utilities = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose.id()))
                .addExtension(
                        Extension.authorityKeyIdentifier,
                        false,
                        utilities.createAuthorityKeyIdentifier(certificate()))
                .addExtension(
                        Extension.subjectKeyIdentifier,
                        false,
                        utilities.createSubjectKeyIdentifier(key))
                .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(
                                names.stream()
                                        .map(Issuer::generalName)
                                        .toArray(GeneralName[]::new)));
    }

    /** A new key pair on P-256. */
    public static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("the JDK has no " + CURVE, absent);
        }
    }

    private static GeneralName generalName(String name) {
        return isAddress(name)
                ? new GeneralName(GeneralName.iPAddress, name)
                : new GeneralName(GeneralName.dNSName, name);
    }

    private static boolean isAddress(String name) {
        try {
            return InetAddress.ofLiteral(name) != null;
        } catch (IllegalArgumentException aName) {
            return false;
        }
    }

    private static X500Name subject(String name) {
        // RFC 5280 appendix A.1: a common name has at most 64 characters
        String common = name.length() > 64 ? name.substring(0, 64) : name;
        return new X500NameBuilder().addRDN(BCStyle.CN, common).build();
    }

    private static X509Certificate sign(
            X509v3CertificateBuilder builder, PrivateKey key, String algorithm)
            throws CertificateException {
        String signature = algorithm.equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder(signature).build(key)));
        } catch (OperatorCreationException unusable) {
            throw new CertificateException("the authority's key cannot sign", unusable);
        }
    }
}
