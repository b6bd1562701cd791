package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.PictureHeader.Traits;
import dev.vellum.proxy.picture.vips.Vips;
import dev.vellum.proxy.picture.vips.VipsException;
import dev.vellum.proxy.picture.vips.VipsImage;
import dev.vellum.proxy.picture.vips.VipsSession;
import java.util.function.Function;

/**
 * Files to pixels and back, whatever the files hold. Everything is checked from the header before
 * libvips sees the file, and what libvips refuses is a value. Thread-safe; for platform threads.
 */
public final class PictureFormats implements AutoCloseable {

    /** libvips takes no more. */
    private static final int ANY_HEIGHT = 10_000_000;

    private final Vips vips;
    private final PictureLimits limits;
    private final Watchdog watchdog = Watchdog.start();

    public PictureFormats(Vips vips, PictureLimits limits) {
        this.vips = vips;
        this.limits = limits;
    }

    /** Decodes a file. */
    public Reading read(byte[] file, Deadline deadline) {
        if (file.length > limits.sourceBytes().bytes()) {
            return new Reading.Refused(Bypass.TOO_MANY_BYTES, file.length + " bytes");
        }
        return switch (Sniffer.sniff(file)) {
            case Sniffing.Unknown() ->
                    new Reading.Refused(Bypass.NOT_A_PICTURE, "no known signature");
            case Sniffing.Malformed(Format format, String reason) ->
                    new Reading.Refused(Bypass.MALFORMED, format + ": " + reason);
            case Sniffing.Found(PictureHeader header) -> read(file, header, deadline);
        };
    }

    private Reading read(byte[] file, PictureHeader header, Deadline deadline) {
        if (header.traits() == Traits.OPAQUE_ANIMATION) {
            return new Reading.Refused(Bypass.ANIMATION, header.toString());
        }
        if (header.traits() == Traits.HIGH_DYNAMIC_RANGE) {
            return new Reading.Refused(Bypass.HIGH_DYNAMIC_RANGE, header.toString());
        }
        if (header.frames() > limits.frames()) {
            return new Reading.Refused(Bypass.TOO_MANY_FRAMES, header.toString());
        }
        if (header.pixels() > limits.pixels()) {
            return new Reading.Refused(Bypass.TOO_MANY_PIXELS, header.toString());
        }
        return watched(
                deadline,
                session ->
                        decode(
                                session,
                                header.format() == Format.PNG ? PngText.stripped(file) : file,
                                header),
                failed -> new Reading.Refused(reason(deadline, Bypass.MALFORMED), failed));
    }

    private Reading decode(VipsSession session, byte[] file, PictureHeader header)
            throws VipsException {
        String pages = header.animated() ? ",n=-1" : "";
        VipsImage image = session.open(file, "[access=sequential,fail_on=error" + pages + "]");
        int frames = header.animated() ? image.pages() : 1;
        if ((long) image.width() * image.height() > limits.pixels() || frames > limits.frames()) {
            return new Reading.Refused(
                    Bypass.TOO_MANY_PIXELS,
                    "%d x %d, %d frames; the header said %s"
                            .formatted(image.width(), image.height(), frames, header));
        }
        if (image.orientation() > 1) { // turning reads from everywhere
            image = session.open(file, "[access=random,fail_on=error" + pages + "]");
        }
        Rights rights = Rights.of(image);
        Raster.Timing timing = timing(image, frames);
        if (image.isInkWithoutProfile()) {
            VipsImage inks = image.upright();
            Raster seen = Raster.still(inks.width(), inks.height(), 3, light(inks.samples()));
            return new Reading.Decoded(header, seen, rights);
        }
        VipsImage upright = image.upright().toSrgb();
        int height = upright.height() / timing.frames();
        if (upright.bands() != 3 && upright.bands() != 4) {
            return new Reading.Refused(Bypass.MALFORMED, upright.bands() + " bands");
        }
        Raster raster =
                new Raster(upright.width(), height, upright.bands(), upright.samples(), timing);
        return new Reading.Decoded(header, raster.simplified(), rights);
    }

    /** What browsers show of inks without a profile: each takes its colour's light away. */
    private static byte[] light(byte[] inks) {
        byte[] rgb = new byte[inks.length / 4 * 3];
        for (int from = 0, to = 0; from < inks.length; from += 4, to += 3) {
            int black = 255 - (inks[from + 3] & 0xff);
            for (int band = 0; band < 3; band++) {
                rgb[to + band] = (byte) (((255 - (inks[from + band] & 0xff)) * black + 127) / 255);
            }
        }
        return rgb;
    }

    /** Delays as browsers run them: what is missing or below 20 ms counts as 100 ms. */
    private static Raster.Timing timing(VipsImage image, int frames) throws VipsException {
        if (frames == 1) {
            return Raster.Timing.STILL;
        }
        int[] given = image.integers("delay");
        int[] delays = new int[frames];
        for (int i = 0; i < frames; i++) {
            int delay = i < given.length ? given[i] : 0;
            delays[i] = delay < 20 ? 100 : delay;
        }
        return new Raster.Timing(delays, Math.max(0, image.integer("loop", 0)));
    }

    /**
     * The picture scaled down to a width.
     *
     * @param width columns; {@link Variant#OWN_WIDTH}, or a width not below the picture's, leaves
     *     it
     */
    public Reading resize(Reading.Decoded picture, int width, Deadline deadline) {
        Raster raster = picture.raster();
        if (width == Variant.OWN_WIDTH || width >= raster.width()) {
            return picture;
        }
        if (raster.animated()) {
            return new Reading.Refused(Bypass.ANIMATION, "not resized");
        }
        return watched(
                deadline,
                session -> {
                    VipsImage small =
                            session.wrap(
                                            raster.samples(),
                                            raster.width(),
                                            raster.height(),
                                            raster.bands())
                                    .within(width, ANY_HEIGHT);
                    return new Reading.Decoded(
                            picture.header(),
                            Raster.still(
                                    small.width(), small.height(), small.bands(), small.samples()),
                            picture.rights());
                },
                failed -> new Reading.Refused(reason(deadline, Bypass.FAILED), failed));
    }

    /**
     * Encodes a picture, without metadata but for the rights.
     *
     * @throws IllegalArgumentException if the format does not {@linkplain Encoding#holds hold} it
     */
    public Writing write(Raster raster, Rights rights, Encoding encoding, Deadline deadline) {
        if (!encoding.holds(raster)) {
            throw new IllegalArgumentException(
                    "encoding: %s (expected: one for %d x %d, %d bands, %d frames)"
                            .formatted(
                                    encoding,
                                    raster.width(),
                                    raster.height(),
                                    raster.bands(),
                                    raster.frames()));
        }
        return watched(
                deadline,
                session -> new Writing.Encoded(encoding, encode(session, raster, rights, encoding)),
                failed -> new Writing.Refused(reason(deadline, Bypass.FAILED), failed));
    }

    private static byte[] encode(
            VipsSession session, Raster raster, Rights rights, Encoding encoding)
            throws VipsException {
        VipsImage image =
                session.wrap(
                        raster.samples(),
                        raster.width(),
                        raster.height() * raster.frames(),
                        raster.bands());
        if (raster.animated()) {
            image.set("page-height", raster.height());
            image.set("delay", raster.timing().delays());
            image.set("loop", raster.timing().loops());
        }
        rights.writeTo(image);
        return image.encode(encoding.options() + (rights.stated() ? ",keep=exif]" : ",keep=none]"));
    }

    private interface Work<T> {
        T run(VipsSession session) throws VipsException;
    }

    private <T> T watched(Deadline deadline, Work<T> work, Function<String, T> failed) {
        if (deadline.over()) {
            return failed.apply("not begun");
        }
        try (VipsSession session = vips.session()) {
            watchdog.watch(session, deadline);
            try {
                return work.run(session);
            } catch (VipsException refused) {
                return failed.apply(String.valueOf(refused.getMessage()));
            } finally {
                watchdog.forget(session);
            }
        }
    }

    private static Bypass reason(Deadline deadline, Bypass otherwise) {
        return deadline.over() ? deadline.reason() : otherwise;
    }

    /** A worker calls it before its thread ends. */
    public void leaveThread() {
        vips.leaveThread();
    }

    @Override
    public void close() {
        watchdog.close();
    }
}
