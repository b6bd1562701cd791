/**
 * Strict HTTP/1 framing (RFC 9112): bytes to heads and body parts, and back, in both directions.
 *
 * <p>Inbound a pipeline carries a head ({@code RequestHead} or {@code ResponseHead}), then any
 * number of {@code ByteBuf} with content, whose owner is the receiver, then one {@link
 * dev.vellum.proxy.wire.BodyEnd}; or a {@link dev.vellum.proxy.wire.Rejected} and nothing more.
 * Only an interim response has no end of its own. Outbound it carries bytes, made by {@link
 * dev.vellum.proxy.wire.Http1Writer}. Start at {@link dev.vellum.proxy.wire.Framing}.
 *
 * <p>The reader is ours because a lenient one with checks in front reads every byte twice and is
 * only as strict as the two agree. Whatever RFC 9112 lets a recipient read in more than one way is
 * refused, and what is read is written anew.
 */
@NullMarked
package dev.vellum.proxy.wire;

import org.jspecify.annotations.NullMarked;
