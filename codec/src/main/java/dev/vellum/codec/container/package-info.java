/**
 * The container of a latent stream: header, typed segments, checksums. Start at {@link
 * dev.vellum.codec.container.StreamReader}.
 */
@NullMarked
package dev.vellum.codec.container;

import org.jspecify.annotations.NullMarked;
