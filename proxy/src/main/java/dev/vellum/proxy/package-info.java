/**
 * The {@code vellum} command and the proxy behind it. Start at {@link dev.vellum.proxy.ProxyMain}.
 */
@NullMarked
package dev.vellum.proxy;

import org.jspecify.annotations.NullMarked;
