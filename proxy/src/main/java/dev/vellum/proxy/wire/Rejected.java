package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Failure;

/**
 * A message that is no HTTP, or too much of it: nothing behind it on the connection can be read.
 *
 * @param failure what to answer
 * @param reason what is wrong, in words of ours that repeat nothing of the message
 */
public record Rejected(Failure failure, String reason) {}
