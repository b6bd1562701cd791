package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.QualitySearch.Trial;
import dev.vellum.proxy.picture.Similarity.Closeness;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Makes one variant of one source: decode, size, tell drawings from photographs, encode as often as
 * the recipe says, judge each by decoding it again. Thread-safe; runs on the caller's platform
 * thread and returns within the deadline, but for the one call of an encoder in progress.
 */
public final class VariantMaker {

    /** Decibels of similarity for each step of quality of JPEG and WebP. */
    private static final double QUALITY_SLOPE = 0.12;

    /** The same of AVIF. */
    private static final double AVIF_SLOPE = 0.22;

    /** Bytes of an AVIF at the effort of drafts, of those at full effort. */
    private static final double DRAFTED = 1.4;

    /** Encodings at full effort: the drafts' quality is right to within a step or two. */
    private static final int FULL_TRIALS = 3;

    /** The same of latents, whose qualities are farther apart. */
    private static final double LATENTS_SLOPE = 0.2;

    /** Of latents, for a placeholder: the header, the coarsest segments. */
    private static final int PREVIEW_BYTES = 1024;

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
        return make(source, variant, deadline, job -> job.run(format));
    }

    /**
     * Makes a variant of latents.
     *
     * @param haste how far the search for the least quality goes
     */
    public Making make(
            byte[] source, LatentCoder coder, Variant variant, Haste haste, Deadline deadline) {
        return make(source, variant, deadline, job -> job.run(coder, haste));
    }

    /**
     * Makes a variant in an ordinary format of the latents that took a source's place: what both
     * lose together stays within the floor.
     *
     * @param lost what the latents are of
     */
    public Making derive(
            byte[] latents,
            LatentCoder coder,
            Lost lost,
            Format format,
            Variant variant,
            Deadline deadline) {
        Optional<Raster> raster = coder.decode(latents, deadline);
        if (raster.isEmpty()) {
            Bypass reason = deadline.over() ? deadline.reason() : Bypass.FAILED;
            return new Making.Bypassed(reason, "latents of " + latents.length + " bytes");
        }
        Reading sized =
                formats.resize(
                        new Reading.Decoded(lost.header(), raster.get(), lost.rights()),
                        variant.width(),
                        deadline);
        return switch (sized) {
            case Reading.Refused refused -> new Making.Bypassed(refused.reason(), refused.detail());
            case Reading.Decoded picture -> {
                Content content = Router.content(picture.raster(), false);
                Optional<Floor> floor =
                        guard.floor(content, variant.quality())
                                .after(1 - lost.overall(), 1 - lost.worstTile());
                yield floor.<Making>map(left ->
                                new Job(lost.bytes(), picture, variant, deadline, content, left)
                                        .run(format))
                        .orElseGet(() ->
                                new Making.Bypassed(
                                        Bypass.BELOW_FLOOR, "the latents lost all that may be"));
            }
        };
    }

    /**
     * Makes a placeholder, which is measured against nothing.
     *
     * @param coder where {@code source} holds latents, of which the beginning will do
     */
    public Making placeholder(
            byte[] source,
            Optional<LatentCoder> coder,
            Format format,
            Variant variant,
            Deadline deadline) {
        Reading read =
                coder.isPresent()
                        ? preview(source, coder.get(), deadline)
                        : formats.read(source, deadline);
        if (!(read instanceof Reading.Decoded(var header, var raster, var rights))) {
            return read instanceof Reading.Refused(var reason, var detail)
                    ? new Making.Bypassed(reason, detail)
                    : new Making.Bypassed(Bypass.FAILED, "no pixels");
        }
        Reading.Decoded still = new Reading.Decoded(header, raster.frame(0), Rights.UNSTATED);
        int width = Math.min(Form.Placeholder.WIDTH, raster.width());
        if (!(formats.resize(still, width, deadline)
                instanceof Reading.Decoded(var _, var small, var _))) {
            return new Making.Bypassed(Bypass.FAILED, "not resized");
        }
        Encoding encoding =
                format == Format.WEBP ? new Encoding.Webp(40, 4) : new Encoding.Png(false);
        return switch (formats.write(small, Rights.UNSTATED, encoding, deadline)) {
            case Writing.Refused refused -> new Making.Bypassed(refused.reason(), refused.detail());
            case Writing.Encoded encoded ->
                    new Making.Made(
                            variant,
                            encoded.file(),
                            Content.PHOTOGRAPH,
                            Closeness.EQUAL,
                            1,
                            Rights.UNSTATED);
        };
    }

    /** What the first segments of latents show. */
    private static Reading preview(byte[] latents, LatentCoder coder, Deadline deadline) {
        byte[] beginning = Arrays.copyOf(latents, Math.min(latents.length, PREVIEW_BYTES));
        return coder.decode(beginning, deadline)
                .<Reading>map(raster ->
                        new Reading.Decoded(
                                new PictureHeader(
                                        Format.PNG,
                                        raster.width(),
                                        raster.height(),
                                        1,
                                        PictureHeader.Traits.PLAIN),
                                raster,
                                Rights.UNSTATED))
                .orElseGet(() -> new Reading.Refused(Bypass.FAILED, "latents"));
    }

    /**
     * What latents are of, and how much of it they lost.
     *
     * @param bytes of the source
     * @param overall MS-SSIM of the whole
     * @param worstTile MS-SSIM of the worst tile
     */
    public record Lost(
            PictureHeader header, Rights rights, long bytes, double overall, double worstTile) {}

    private Making make(
            byte[] source, Variant variant, Deadline deadline, Function<Job, Making> way) {
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
                    case Reading.Decoded picture -> {
                        boolean exact = picture.header().format().exact();
                        Content content = Router.content(picture.raster(), exact);
                        Floor floor = guard.floor(content, variant.quality());
                        yield way.apply(
                                new Job(source.length, picture, variant, deadline, content, floor));
                    }
                };
            }
        };
    }

    /** The quality that a way needs, found by drafts. */
    private record Drafted(Recipe.Way way, Trial draft) {}

    /** One picture on its way. Used by one thread. */
    private final class Job {

        private final long originalBytes;
        private final Reading.Decoded picture;
        private final Variant variant;
        private final Deadline deadline;
        private final Content content;
        private final Floor floor;

        private int trials;
        private long trialNanos;
        private Making best;

        Job(
                long originalBytes,
                Reading.Decoded picture,
                Variant variant,
                Deadline deadline,
                Content content,
                Floor floor) {
            this.originalBytes = originalBytes;
            this.picture = picture;
            this.variant = variant;
            this.deadline = deadline;
            this.content = content;
            this.floor = floor;
            this.best = new Making.Bypassed(Bypass.NOT_SMALLER, "nothing tried");
        }

        Making run(Format format) {
            boolean exact = picture.header().format().exact();
            Recipe recipe = Recipe.of(format, content, exact, picture.raster(), efforts);
            switch (recipe) {
                case Recipe.None none ->
                        best = new Making.Bypassed(none.reason(), content + " as " + format);
                case Recipe.Each each -> each.encodings().forEach(this::attempt);
                case Recipe.Searched searched -> search(searched);
            }
            return best;
        }

        /** By drafts first, where there are such: they count where they turn out to be best. */
        private void search(Recipe.Searched searched) {
            long most = guard.mostBytes(originalBytes);
            int guess = searched.guess();
            Optional<Drafted> smallest = Optional.empty();
            for (Recipe.Way way : searched.ways()) {
                if (way.draft().isEmpty()) {
                    search(way.encoding(), efforts.trials(), most, QUALITY_SLOPE)
                            .run(searched.least(), guess, 100);
                    continue;
                }
                Optional<Drafted> drafted =
                        search(
                                        way.draft().get(),
                                        efforts.trials(),
                                        (long) (most * DRAFTED),
                                        AVIF_SLOPE)
                                .run(searched.least(), guess, 100)
                                .map(draft -> new Drafted(way, draft));
                guess = drafted.map(one -> one.draft().quality()).orElse(guess);
                smallest =
                        Stream.concat(smallest.stream(), drafted.stream())
                                .min(Comparator.comparingDouble(one -> one.draft().atTheFloor()));
            }
            smallest.ifPresent(one ->
                    search(one.way().encoding(), FULL_TRIALS, most, AVIF_SLOPE)
                            .run(searched.least(), one.draft().quality() - 1, 100));
        }

        private QualitySearch search(
                IntFunction<Encoding> encoding, int most, long mostBytes, double slope) {
            return new QualitySearch(
                    most,
                    mostBytes,
                    slope,
                    trial -> Haste.NONE.near(trial.bytes(), 0),
                    quality -> attempt(encoding.apply(quality)));
        }

        /** Latents hold one opaque frame; drawings without loss suit them no better than AVIF. */
        Making run(LatentCoder coder, Haste haste) {
            Raster raster = picture.raster();
            boolean exact = picture.header().format().exact();
            if (raster.animated()) {
                return new Making.Bypassed(Bypass.ANIMATION, raster.frames() + " frames");
            }
            if (raster.hasAlpha()) {
                return new Making.Bypassed(Bypass.ALPHA, "transparent pixels");
            }
            if (content == Content.DRAWING && exact) {
                return new Making.Bypassed(Bypass.DRAWING, "coded without loss");
            }
            new QualitySearch(
                            coder.trials(),
                            guard.mostBytes(originalBytes),
                            LATENTS_SLOPE,
                            trial -> haste.ofLatents(trial.bytes(), trialNanos),
                            quality -> attempt(coder, quality))
                    .run(1, haste.guess(coder.guess(variant.quality())), 100);
            return best;
        }

        private Optional<Trial> attempt(LatentCoder coder, int quality) {
            if (deadline.over()) {
                return give(deadline.reason(), "before trial " + (trials + 1));
            }
            long begun = System.nanoTime();
            LatentCoder.Coding coding = coder.code(picture.raster(), quality, deadline);
            trialNanos = System.nanoTime() - begun;
            return switch (coding) {
                case LatentCoder.Coding.Refused(var reason, var detail) -> give(reason, detail);
                case LatentCoder.Coding.Coded(var file, var overall, var worstTile) -> {
                    trials++;
                    Raster raster = picture.raster();
                    long pixels = (long) raster.width() * raster.height();
                    if (!coder.expects(quality, pixels, file.length)) {
                        String detail = file.length + " bytes for " + pixels + " pixels";
                        best = new Making.Bypassed(Bypass.UNEXPECTED, detail);
                        yield Optional.empty();
                    }
                    Closeness closeness = new Closeness(overall, worstTile);
                    keep(file, "latents of quality " + quality, closeness);
                    yield Optional.of(new Trial(quality, file.length, floor.excess(closeness)));
                }
            };
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
                    keep(encoded.file(), encoded.encoding(), closeness);
                    yield Optional.of(
                            new Trial(
                                    quality(encoded.encoding()),
                                    encoded.file().length,
                                    floor.excess(closeness)));
                }
            };
        }

        private void keep(byte[] file, Object encoding, Closeness closeness) {
            int length = file.length;
            Optional<Bypass> objection = guard.objection(originalBytes, length, closeness, floor);
            if (objection.isEmpty()) {
                if (!(best instanceof Making.Made made) || length < made.file().length) {
                    best =
                            new Making.Made(
                                    variant, file, content, closeness, trials, picture.rights());
                }
            } else if (best instanceof Making.Bypassed) {
                best =
                        new Making.Bypassed(
                                objection.get(),
                                "%d of %d bytes, %s by %s"
                                        .formatted(length, originalBytes, closeness, encoding));
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
