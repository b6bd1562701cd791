/** From latents to pixels. Start at {@link dev.vellum.codec.pixels.Synthesis}. */
@NullMarked
package dev.vellum.codec.pixels;

import org.jspecify.annotations.NullMarked;
