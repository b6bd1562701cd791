/** Load, soak and comparison runs. Start at {@link dev.vellum.loadtest.LoadMain}. */
@NullMarked
package dev.vellum.loadtest;

import org.jspecify.annotations.NullMarked;
