/**
 * The networks and the training step as TorchScript source. Start at {@link
 * dev.vellum.training.script.CodecScript}.
 */
@NullMarked
package dev.vellum.training.script;

import org.jspecify.annotations.NullMarked;
