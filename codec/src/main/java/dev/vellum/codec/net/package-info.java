/**
 * Networks: graphs run by ONNX Runtime on native memory that the caller accounts for. Start at
 * {@link dev.vellum.codec.net.Graph}.
 */
@NullMarked
package dev.vellum.codec.net;

import org.jspecify.annotations.NullMarked;
