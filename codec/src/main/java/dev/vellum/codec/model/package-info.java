/**
 * Model files: what a trained model consists of, read and written within bounds. Start at {@link
 * dev.vellum.codec.model.DecoderFile}, which everyone who shows a picture needs; {@link
 * dev.vellum.codec.model.EncoderFile} adds what only an encoder needs.
 */
@NullMarked
package dev.vellum.codec.model;

import org.jspecify.annotations.NullMarked;
