package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.QualitySearch.Trial;
import dev.vellum.proxy.picture.Similarity.Closeness;
import java.util.Optional;

/**
 * Makes one variant of one source: decode, size, tell drawings from photographs, encode as often as
 * the recipe says, judge each by decoding it again. Thread-safe; runs on the caller's platform
 * thread and returns within the deadline, but for the one call of an encoder in progress.
 */
public final class VariantMaker {

    private final PictureFormats formats;
    private final Guard guard;
    private final Efforts efforts;
    private final Similarity similarity;

    /** A maker that measures with {@link dev.vellum.codec.Fidelity}. */
    public VariantMaker(PictureFormats formats, Guard guard, Efforts efforts) {
        this(formats, guard, efforts, new SeenSimilarity());
    }

    VariantMaker(PictureFormats formats, Guard guard, Efforts efforts, Similarity similarity) {
        this.formats = formats;
        this.guard = guard;
        this.efforts = efforts;
        this.similarity = similarity;
    }

    /** Makes a variant in an ordinary format. */
    public Making make(byte[] source, Format format, Variant variant, Deadline deadline) {
        if (source.length < guard.leastBytes()) {
            return new Making.Bypassed(Bypass.TINY, source.length + " bytes");
        }
        return switch (formats.read(source, deadline)) {
            case Reading.Refused refused -> new Making.Bypassed(refused.reason(), refused.detail());
            case Reading.Decoded decoded -> {
                Reading sized = formats.resize(decoded, variant.width(), deadline);
                yield switch (sized) {
                    case Reading.Refused refused ->
                            new Making.Bypassed(refused.reason(), refused.detail());
                    case Reading.Decoded picture ->
                            new Job(source.length, picture, format, variant, deadline).run();
                };
            }
        };
    }

    /** One picture on its way. Used by one thread. */
    private final class Job {

        private final long originalBytes;
        private final Reading.Decoded picture;
        private final Format format;
        private final Variant variant;
        private final Deadline deadline;
        private final Content content;
        private final Floor floor;

        private int trials;
        private Making best;

        Job(
                long originalBytes,
                Reading.Decoded picture,
                Format format,
                Variant variant,
                Deadline deadline) {
            this.originalBytes = originalBytes;
            this.picture = picture;
            this.format = format;
            this.variant = variant;
            this.deadline = deadline;
            this.content = Router.content(picture.raster());
            this.floor = guard.floor(content, variant.quality());
            this.best = new Making.Bypassed(Bypass.NOT_SMALLER, "nothing tried");
        }

        Making run() {
            boolean exact = picture.header().format().exact();
            Recipe recipe = Recipe.of(format, content, exact, picture.raster(), efforts);
            switch (recipe) {
                case Recipe.None none ->
                        best = new Making.Bypassed(none.reason(), content + " as " + format);
                case Recipe.Each each -> each.encodings().forEach(this::attempt);
                case Recipe.Searched searched ->
                        new QualitySearch(
                                        efforts.trials(),
                                        guard.mostBytes(originalBytes),
                                        quality -> attempt(searched.encoding().apply(quality)))
                                .run(searched.least(), searched.guess(), 100);
            }
            return best;
        }

        /** Tries an encoding and keeps it if it is the best; empty if no more should be tried. */
        private Optional<Trial> attempt(Encoding encoding) {
            if (!encoding.holds(picture.raster())) {
                return give(Bypass.TOO_MANY_PIXELS, "too large for " + encoding);
            }
            return switch (formats.write(picture.raster(), picture.rights(), encoding, deadline)) {
                case Writing.Refused refused -> give(refused.reason(), refused.detail());
                case Writing.Encoded encoded -> judge(encoded);
            };
        }

        private Optional<Trial> judge(Writing.Encoded encoded) {
            trials++;
            return switch (formats.read(encoded.file(), deadline)) {
                case Reading.Refused refused -> give(refused.reason(), refused.detail());
                case Reading.Decoded seen -> {
                    Closeness closeness = similarity.between(picture.raster(), seen.raster());
                    keep(encoded, closeness);
                    yield Optional.of(
                            new Trial(
                                    quality(encoded.encoding()),
                                    encoded.file().length,
                                    floor.excess(closeness)));
                }
            };
        }

        private void keep(Writing.Encoded encoded, Closeness closeness) {
            int length = encoded.file().length;
            Optional<Bypass> objection = guard.objection(originalBytes, length, closeness, floor);
            if (objection.isEmpty()) {
                if (!(best instanceof Making.Made made) || length < made.file().length) {
                    best = new Making.Made(variant, encoded.file(), content, closeness, trials);
                }
            } else if (best instanceof Making.Bypassed) {
                best =
                        new Making.Bypassed(
                                objection.get(),
                                "%d of %d bytes, %s by %s"
                                        .formatted(
                                                length,
                                                originalBytes,
                                                closeness,
                                                encoded.encoding()));
            }
        }

        /** What was made before still counts. */
        private Optional<Trial> give(Bypass reason, String detail) {
            if (best instanceof Making.Bypassed) {
                best = new Making.Bypassed(reason, detail);
            }
            return Optional.empty();
        }

        private static int quality(Encoding encoding) {
            return switch (encoding) {
                case Encoding.Jpeg jpeg -> jpeg.quality();
                case Encoding.Webp webp -> webp.quality();
                case Encoding.NearLosslessWebp webp -> webp.quality();
                case Encoding.Avif avif -> avif.quality();
                case Encoding.LosslessWebp _, Encoding.Png _ -> 100;
            };
        }
    }
}
