/**
 * HTTPS that is opened on its way, for hosts whose owner of this proxy wants it: our own authority,
 * certificates in other hosts' names, and the hosts that are left alone. Start at {@link
 * dev.vellum.proxy.intercept.Interception}.
 */
@NullMarked
package dev.vellum.proxy.intercept;

import org.jspecify.annotations.NullMarked;
