package dev.vellum.proxy.tls;

import java.nio.file.Path;

/**
 * A certificate and its private key, in PEM.
 *
 * @param certificate the certificate, then those that lead to an authority
 * @param key PKCS#8, PKCS#1 or SEC 1, not encrypted
 */
public record CertificateFiles(Path certificate, Path key) {}
