/**
 * Trained weights as decoder and encoder files. Start at {@link
 * dev.vellum.training.export.BundleExport}.
 */
@NullMarked
package dev.vellum.training.export;

import org.jspecify.annotations.NullMarked;
