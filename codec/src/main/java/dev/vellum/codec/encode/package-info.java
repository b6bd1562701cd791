/**
 * The encoder's side: the transform from pixels to latents, and the choice of symbols. Start at
 * {@link dev.vellum.codec.encode.Analysis}.
 */
@NullMarked
package dev.vellum.codec.encode;

import org.jspecify.annotations.NullMarked;
