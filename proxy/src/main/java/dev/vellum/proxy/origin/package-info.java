/**
 * The way to origins: names to checked addresses, connections and their pools, health. Start at
 * {@link dev.vellum.proxy.origin.Origins}.
 */
@NullMarked
package dev.vellum.proxy.origin;

import org.jspecify.annotations.NullMarked;
