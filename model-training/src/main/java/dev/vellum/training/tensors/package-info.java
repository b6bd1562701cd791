/**
 * Weights as files: safetensors in single and half precision. Start at {@link
 * dev.vellum.training.tensors.Safetensors}.
 */
@NullMarked
package dev.vellum.training.tensors;

import org.jspecify.annotations.NullMarked;
