/**
 * Pictures: what a file is, whether another form of it serves a client better, and making that form
 * within bounds of time and memory.
 */
@NullMarked
package dev.vellum.proxy.picture;

import org.jspecify.annotations.NullMarked;
