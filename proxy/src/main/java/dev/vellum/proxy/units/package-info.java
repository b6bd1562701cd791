/** Quantities that carry their unit. Start at {@link dev.vellum.proxy.units.ByteSize}. */
@NullMarked
package dev.vellum.proxy.units;

import org.jspecify.annotations.NullMarked;
