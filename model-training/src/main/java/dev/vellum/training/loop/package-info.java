/**
 * The training loop: schedule, state, checkpoints, progress. Start at {@link
 * dev.vellum.training.loop.TrainingLoop}.
 */
@NullMarked
package dev.vellum.training.loop;

import org.jspecify.annotations.NullMarked;
