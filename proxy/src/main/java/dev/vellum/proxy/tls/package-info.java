/**
 * TLS on both sides: our certificates, chosen by the name that a client asks for, and whom we trust
 * upstream. Start at {@link dev.vellum.proxy.tls.ServerCertificates} and {@link
 * dev.vellum.proxy.tls.OriginTls}.
 */
@NullMarked
package dev.vellum.proxy.tls;

import org.jspecify.annotations.NullMarked;
