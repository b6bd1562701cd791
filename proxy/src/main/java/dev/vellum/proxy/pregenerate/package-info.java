/**
 * Having pictures fetched and their forms made before anyone asks. Start at {@link
 * dev.vellum.proxy.pregenerate.Pregeneration}.
 */
@NullMarked
package dev.vellum.proxy.pregenerate;

import org.jspecify.annotations.NullMarked;
