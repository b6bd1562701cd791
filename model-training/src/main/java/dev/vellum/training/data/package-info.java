/**
 * Pictures for training: folders, crops, batches. Start at {@link
 * dev.vellum.training.data.PictureFolder}.
 */
@NullMarked
package dev.vellum.training.data;

import org.jspecify.annotations.NullMarked;
