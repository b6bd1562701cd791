/**
 * Stored responses and their bodies: off-heap chunks with counted owners, the memory tier, and the
 * fetches in flight. Start at {@link dev.vellum.proxy.store.MemoryTier}, then {@link
 * dev.vellum.proxy.store.Body}.
 */
@NullMarked
package dev.vellum.proxy.store;

import org.jspecify.annotations.NullMarked;
