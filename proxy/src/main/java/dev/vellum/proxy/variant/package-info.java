/**
 * Other forms of stored pictures: what there is of each source, which of it a client gets, and
 * having the rest made. Start at {@link dev.vellum.proxy.variant.Variants}.
 *
 * <p>A variant is identified by URI, id of the source's bytes (their SHA-256) and {@link
 * dev.vellum.proxy.picture.Variant}. It lies in the store beside its source, under a key of its
 * own, and has no freshness of its own: it goes out with the head that its source has at that time.
 * New bytes of the source orphan it; confirming the source keeps it; purging the source purges it.
 */
@NullMarked
package dev.vellum.proxy.variant;

import org.jspecify.annotations.NullMarked;
