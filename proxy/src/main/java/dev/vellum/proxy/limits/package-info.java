/**
 * What a peer may cost: sizes, counts, rates and times, each with a safe default. Start at {@link
 * dev.vellum.proxy.limits.Limits}.
 */
@NullMarked
package dev.vellum.proxy.limits;

import org.jspecify.annotations.NullMarked;
