/**
 * Rate-distortion curves, their difference and their picture. Start at {@link
 * dev.vellum.training.curve.BdRate}.
 */
@NullMarked
package dev.vellum.training.curve;

import org.jspecify.annotations.NullMarked;
