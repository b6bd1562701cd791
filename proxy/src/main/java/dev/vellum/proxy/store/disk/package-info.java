/**
 * Stored responses on the local disk: what was in memory is here after a restart, whole and
 * checked, or not at all. Start at {@link dev.vellum.proxy.store.disk.DiskTier}; {@link
 * dev.vellum.proxy.store.disk.RecordFormat} is the layout of the files.
 */
@NullMarked
package dev.vellum.proxy.store.disk;

import org.jspecify.annotations.NullMarked;
