package dev.vellum.proxy.command;

import dev.vellum.codec.Picture;
import dev.vellum.proxy.picture.Deadline;
import dev.vellum.proxy.picture.Encoding;
import dev.vellum.proxy.picture.PictureFormats;
import dev.vellum.proxy.picture.PictureLimits;
import dev.vellum.proxy.picture.Raster;
import dev.vellum.proxy.picture.Reading;
import dev.vellum.proxy.picture.Rights;
import dev.vellum.proxy.picture.Writing;
import dev.vellum.proxy.picture.vips.Vips;
import dev.vellum.proxy.picture.vips.VipsException;
import dev.vellum.proxy.picture.vips.VipsLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Ordinary picture files as the codec's pictures: opaque, 8 bits a sample, sRGB. */
final class PictureFiles implements AutoCloseable {

    private static final Duration TIME = Duration.ofMinutes(5);

    private final PictureFormats formats;

    private PictureFiles(PictureFormats formats) {
        this.formats = formats;
    }

    /** Files that hold at most {@code pixels} pixels. */
    static PictureFiles open(long pixels) throws IOException {
        Path library =
                VipsLocation.find()
                        .orElseThrow(() ->
                                new IOException(
                                        "libvips is missing (expected: below"
                                                + " proxy/native, where the build puts"
                                                + " it)"));
        try {
            PictureLimits usual = PictureLimits.DEFAULT;
            return new PictureFiles(
                    new PictureFormats(
                            Vips.load(library),
                            new PictureLimits(usual.sourceBytes(), pixels, usual.frames(), TIME)));
        } catch (VipsException e) {
            throw new IOException("libvips at " + library + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a file, turned upright and brought to sRGB.
     *
     * @throws IOException if it cannot be read, or holds what the codec does not take
     */
    Picture read(Path file) throws IOException {
        return read(Files.readAllBytes(file));
    }

    /** As {@link #read(Path)}, from the file's bytes. */
    Picture read(byte[] file) throws IOException {
        return switch (formats.read(file, soon())) {
            case Reading.Refused(var reason, var detail) ->
                    throw new IOException(reason + ": " + detail);
            case Reading.Decoded(var header, var raster, _) -> {
                if (raster.animated()) {
                    throw new IOException(
                            raster.frames() + " frames in " + header + " (expected: 1)");
                }
                if (raster.hasAlpha()) {
                    throw new IOException("transparent pixels (expected: an opaque picture)");
                }
                yield new Picture(raster.width(), raster.height(), raster.samples());
            }
        };
    }

    /** Writes a picture as PNG. */
    void writePng(Path file, Picture picture) throws IOException {
        Raster raster = Raster.still(picture.width(), picture.height(), 3, picture.rgb());
        switch (formats.write(raster, Rights.UNSTATED, new Encoding.Png(false), soon())) {
            case Writing.Refused(var reason, var detail) ->
                    throw new IOException(reason + ": " + detail);
            case Writing.Encoded(_, var bytes) -> Files.write(file, bytes);
        }
    }

    private static Deadline soon() {
        return Deadline.in(TIME, System::nanoTime);
    }

    @Override
    public void close() {
        formats.close();
    }
}
