package dev.vellum.proxy.variant;

import dev.vellum.proxy.picture.Efforts;
import dev.vellum.proxy.picture.Guard;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.picture.PictureLimits;
import dev.vellum.proxy.picture.TranscoderConfig;
import dev.vellum.proxy.units.ByteSize;

/**
 * What becomes of pictures.
 *
 * @param on whether variants are made at all
 * @param offer what is made for whom
 * @param guard what a variant has to save, and how alike it has to look
 * @param efforts how long encoders may look for fewer bytes
 * @param limits what one picture may cost
 * @param transcoder what all of them may cost together
 */
public record PictureConfig(
        boolean on,
        Offer offer,
        Guard guard,
        Efforts efforts,
        PictureLimits limits,
        TranscoderConfig transcoder) {

    /** The ordinary formats, on all cores but one. */
    public static final PictureConfig DEFAULT =
            new PictureConfig(
                    true,
                    Offer.ORDINARY,
                    Guard.DEFAULT,
                    Efforts.DEFAULT,
                    PictureLimits.DEFAULT,
                    TranscoderConfig.forCores(Runtime.getRuntime().availableProcessors()));

    /** Pictures go out as they came. */
    public static final PictureConfig OFF =
            new PictureConfig(
                    false,
                    DEFAULT.offer(),
                    DEFAULT.guard(),
                    DEFAULT.efforts(),
                    DEFAULT.limits(),
                    DEFAULT.transcoder());

    /** The same, with at most half of a heap for pictures that wait or are being made. */
    public PictureConfig within(ByteSize heap) {
        long memory = Math.min(transcoder.memory().bytes(), heap.bytes() / 2);
        TranscoderConfig fitting =
                new TranscoderConfig(
                        transcoder.threads(), ByteSize.ofBytes(memory), transcoder.ageing());
        return new PictureConfig(on, offer, guard, efforts, limits, fitting);
    }

    /** The same within this process. */
    public PictureConfig withinHeap() {
        return within(ByteSize.ofBytes(Runtime.getRuntime().maxMemory()));
    }

    /** The same with another offer. */
    public PictureConfig with(Offer other) {
        return new PictureConfig(on, other, guard, efforts, limits, transcoder);
    }
}
