/**
 * The access log: one JSON object a line for every request that is over. Start at {@link
 * dev.vellum.proxy.log.AccessLog}.
 */
@NullMarked
package dev.vellum.proxy.log;

import org.jspecify.annotations.NullMarked;
