/**
 * What `vellum demo` shows: an origin with pictures, a proxy, a {@link
 * dev.vellum.proxy.demo.ThinLink} and a client at its near end, all on this machine.
 */
@NullMarked
package dev.vellum.proxy.demo;

import org.jspecify.annotations.NullMarked;
