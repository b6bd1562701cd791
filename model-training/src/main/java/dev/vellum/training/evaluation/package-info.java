/**
 * Measures a model by the files it writes. Start at {@link
 * dev.vellum.training.evaluation.FileEvaluation}.
 */
@NullMarked
package dev.vellum.training.evaluation;

import org.jspecify.annotations.NullMarked;
