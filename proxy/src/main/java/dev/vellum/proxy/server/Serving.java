package dev.vellum.proxy.server;

import dev.vellum.proxy.exchange.Services;
import dev.vellum.proxy.origin.OriginPool;

/**
 * What the next request of a loop is served with.
 *
 * @param pool the loop's
 */
record Serving(Services services, OriginPool pool) {}
