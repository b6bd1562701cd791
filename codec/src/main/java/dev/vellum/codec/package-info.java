/**
 * The public face of the codec: everything an application may use, and nothing else.
 *
 * <p>The bit stream is described in {@code codec/FORMAT.md}.
 */
@NullMarked
package dev.vellum.codec;

import org.jspecify.annotations.NullMarked;
