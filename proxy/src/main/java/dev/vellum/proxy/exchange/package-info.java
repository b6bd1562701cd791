/**
 * The life of a request. Start at {@link dev.vellum.proxy.exchange.Exchange}: its methods are the
 * steps, in order.
 */
@NullMarked
package dev.vellum.proxy.exchange;

import org.jspecify.annotations.NullMarked;
