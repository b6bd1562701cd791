/**
 * What was purged, and since when: a purge is an epoch that a stored response is compared with when
 * it is used. Start at {@link dev.vellum.proxy.store.purge.Purges}.
 */
@NullMarked
package dev.vellum.proxy.store.purge;

import org.jspecify.annotations.NullMarked;
