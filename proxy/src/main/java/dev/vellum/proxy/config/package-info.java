/**
 * What an operator configures: one record that nests those of the packages. Start at {@link
 * dev.vellum.proxy.config.ProxyConfig}.
 */
@NullMarked
package dev.vellum.proxy.config;

import org.jspecify.annotations.NullMarked;
