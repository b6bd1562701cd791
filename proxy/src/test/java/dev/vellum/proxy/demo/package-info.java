/** The demonstration and its {@link dev.vellum.proxy.demo.ThinLink}. */
@NullMarked
package dev.vellum.proxy.demo;

import org.jspecify.annotations.NullMarked;
