/**
 * Latent streams for {@link javax.imageio.ImageIO}: with the codec on its class path, any Java
 * program reads {@code .vlm} files. Starts at {@link
 * dev.vellum.codec.imageio.VellumImageReaderSpi}.
 */
@NullMarked
package dev.vellum.codec.imageio;

import org.jspecify.annotations.NullMarked;
