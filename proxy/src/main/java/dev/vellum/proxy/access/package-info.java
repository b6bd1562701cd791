/**
 * Who may use the proxy, and where it may be sent: pure rules over addresses, ports and
 * credentials. Start at {@link dev.vellum.proxy.access.Gate} for clients and {@link
 * dev.vellum.proxy.access.Destinations} for targets.
 */
@NullMarked
package dev.vellum.proxy.access;

import org.jspecify.annotations.NullMarked;
