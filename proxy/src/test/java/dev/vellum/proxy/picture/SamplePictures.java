package dev.vellum.proxy.picture;

import java.time.Duration;

/** Files painted for tests of other packages. */
public final class SamplePictures {

    private SamplePictures() {}

    /** A JPEG that looks like a photograph, another for each seed; far from small. */
    public static byte[] photograph(long seed, int width, int height) {
        return file(Paintings.photograph(seed, width, height), new Encoding.Jpeg(95));
    }

    /** A PNG of flat areas and sharp edges, another for each seed. */
    public static byte[] drawing(long seed, int width, int height) {
        return file(Paintings.drawing(seed, width, height), new Encoding.Png(false));
    }

    private static byte[] file(Raster raster, Encoding encoding) {
        try (PictureFormats formats = PictureFormatsTest.open(PictureLimits.DEFAULT)) {
            Deadline deadline = Deadline.in(Duration.ofMinutes(1), System::nanoTime);
            return switch (formats.write(raster, Rights.UNSTATED, encoding, deadline)) {
                case Writing.Encoded encoded -> encoded.file();
                case Writing.Refused refused -> throw new AssertionError(refused.detail());
            };
        }
    }

    /** One of the files that are checked in, by name. */
    public static byte[] fixture(String name) {
        return Fixtures.read(name);
    }
}
