/**
 * The codec's networks, described once for training and export. Start at {@link
 * dev.vellum.training.model.Architecture}.
 */
@NullMarked
package dev.vellum.training.model;

import org.jspecify.annotations.NullMarked;
