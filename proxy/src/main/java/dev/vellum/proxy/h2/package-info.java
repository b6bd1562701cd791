/**
 * HTTP/2 as both sides need it: frames, streams, flow control, priorities (RFC 9113, RFC 9218), and
 * what a peer may cost. HPACK is Netty's. Start at {@link dev.vellum.proxy.h2.Http2Connection},
 * which names its parts in the order in which bytes pass them.
 */
@NullMarked
package dev.vellum.proxy.h2;

import org.jspecify.annotations.NullMarked;
