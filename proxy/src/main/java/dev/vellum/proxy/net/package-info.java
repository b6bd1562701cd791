/**
 * Netty's transport, native where the platform has one. Start at {@link
 * dev.vellum.proxy.net.Transport}.
 */
@NullMarked
package dev.vellum.proxy.net;

import org.jspecify.annotations.NullMarked;
