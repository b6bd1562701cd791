package dev.vellum.proxy.config;

/**
 * What was read.
 *
 * @param proxy what a proxy is started with
 * @param yaml the same with every default written out, as it can be read again; it names where
 *     secrets are, but holds none
 */
public record Configuration(ProxyConfig proxy, String yaml) {}
