/**
 * Responses that the proxies of a fleet share through Redis or Valkey, and the purges that they
 * tell each other. Start at {@link dev.vellum.proxy.store.shared.RedisTier}. Without this package,
 * and the lines of {@code Proxy} and {@code ConfigReader} that name it, there is no such tier.
 */
@NullMarked
package dev.vellum.proxy.store.shared;

import org.jspecify.annotations.NullMarked;
