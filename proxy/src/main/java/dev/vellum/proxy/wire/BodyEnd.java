package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Fields;

/**
 * The end of one message.
 *
 * @param trailers its trailer section (RFC 9112 section 7.1.2), mostly empty
 * @param reusable whether another message may follow on the connection
 */
public record BodyEnd(Fields trailers, boolean reusable) {}
