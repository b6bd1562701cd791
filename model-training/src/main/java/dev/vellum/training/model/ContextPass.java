package dev.vellum.training.model;

import dev.vellum.training.model.Layer.Convolution;
import java.util.List;
import java.util.Optional;

/**
 * One step of latent coding: means and scale indices of some cells of one channel group, from the
 * hyper-features and the latents decoded before (checkerboard: arXiv 2103.15306; channel groups:
 * arXiv 2203.10886).
 *
 * @param group channel group, from 0
 * @param firstChannel first latent channel of the group
 * @param channels latent channels of the group
 * @param mask cells that are coded in this pass
 * @param context 3x3 convolution of the latents decoded before; empty in the first pass
 * @param features 1x1 convolution of the hyper-features
 * @param hidden layers behind the sum of both
 * @param mean last layer, one mean for each channel
 * @param scale last layer, one scale index for each channel
 */
public record ContextPass(
        int group,
        int firstChannel,
        int channels,
        Mask mask,
        Optional<Convolution> context,
        Convolution features,
        List<Convolution> hidden,
        Convolution mean,
        Convolution scale) {

    /** Name of the activation behind the sum of both branches. */
    public String sum() {
        return features.name() + "/sum";
    }

    /** Cells of the latent grid. */
    public enum Mask {
        /** Row plus column is even. */
        EVEN,
        /** Row plus column is odd. */
        ODD,
        /** Every cell. */
        ALL
    }
}
