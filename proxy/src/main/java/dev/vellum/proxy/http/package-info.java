/**
 * HTTP's rules as pure functions of values: what may be stored, reused, forwarded and said (RFC
 * 9110, 9111, 5861, 8586, 9209, 9211, 9213, 9875). No sockets, buffers or clocks: time is an
 * argument. Start at {@link dev.vellum.proxy.http.Reuse}, then {@link
 * dev.vellum.proxy.http.Storability}.
 */
@NullMarked
package dev.vellum.proxy.http;

import org.jspecify.annotations.NullMarked;
