/**
 * Content codings made on the way to clients: which one a response goes out in, and the streams
 * that make it. Start at {@link dev.vellum.proxy.coding.CodingChoice} for the rules, then {@link
 * dev.vellum.proxy.coding.CodedBodies}.
 */
@NullMarked
package dev.vellum.proxy.coding;

import org.jspecify.annotations.NullMarked;
