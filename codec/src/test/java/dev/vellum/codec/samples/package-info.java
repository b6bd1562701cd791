/** Pictures, models and streams that tests make for themselves, the same ones every time. */
@NullMarked
package dev.vellum.codec.samples;

import org.jspecify.annotations.NullMarked;
