/**
 * Latents on their way: the models at hand, pictures coded with them for whoever has the decoder,
 * and what a client makes of the latents that its parent sends. Start at {@link
 * dev.vellum.proxy.latent.LatentModels}.
 *
 * <p>Only this package, pictures and commands know the codec. What goes wrong here means that a
 * picture travels in an ordinary form.
 */
@NullMarked
package dev.vellum.proxy.latent;

import org.jspecify.annotations.NullMarked;
