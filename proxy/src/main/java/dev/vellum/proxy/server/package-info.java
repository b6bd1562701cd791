/**
 * Listeners and client connections: Netty's side towards clients. Start at {@link
 * dev.vellum.proxy.server.ProxyServer}.
 */
@NullMarked
package dev.vellum.proxy.server;

import org.jspecify.annotations.NullMarked;
