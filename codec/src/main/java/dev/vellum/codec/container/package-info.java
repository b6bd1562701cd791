/**
 * The container of a latent stream: header, typed segments, checksums. Start at {@link
 * dev.vellum.codec.container.VarInt}, the one number format that all of them share.
 */
@NullMarked
package dev.vellum.codec.container;

import org.jspecify.annotations.NullMarked;
