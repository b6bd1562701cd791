/**
 * Latents: the grids on which they stand, the order in which they are coded, and the integer
 * networks that say what each is likely to be. Start at {@link
 * dev.vellum.codec.latent.EntropyNetwork}.
 */
@NullMarked
package dev.vellum.codec.latent;

import org.jspecify.annotations.NullMarked;
