/**
 * libvips by an own binding over the foreign function API: bytes of a file to pixels and back,
 * nothing about HTTP. Start at {@link dev.vellum.proxy.picture.vips.Vips}.
 *
 * <p>Native calls pin the carrier of a virtual thread, so they belong on platform threads; a thread
 * that made some ends with {@link dev.vellum.proxy.picture.vips.Vips#leaveThread}.
 */
@NullMarked
package dev.vellum.proxy.picture.vips;

import org.jspecify.annotations.NullMarked;
