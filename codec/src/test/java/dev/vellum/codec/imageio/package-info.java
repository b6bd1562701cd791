/** Latent streams through {@link javax.imageio.ImageIO}. */
@NullMarked
package dev.vellum.codec.imageio;

import org.jspecify.annotations.NullMarked;
