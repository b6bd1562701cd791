/**
 * How far apart two pictures are. Start at {@link dev.vellum.codec.metric.MultiScaleSimilarity}.
 */
@NullMarked
package dev.vellum.codec.metric;

import org.jspecify.annotations.NullMarked;
