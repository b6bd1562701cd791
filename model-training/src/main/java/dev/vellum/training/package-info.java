/** Trains, evaluates and exports the models. Start at {@link dev.vellum.training.TrainingMain}. */
@NullMarked
package dev.vellum.training;

import org.jspecify.annotations.NullMarked;
