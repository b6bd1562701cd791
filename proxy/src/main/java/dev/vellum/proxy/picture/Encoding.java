package dev.vellum.proxy.picture;

/**
 * How to write a picture. Qualities run from 1 to 100 in each encoder's own scale; a higher effort
 * takes longer for fewer bytes.
 */
public sealed interface Encoding {

    Format format();

    /** Whether the format can hold such a picture, with its alpha and all its frames. */
    boolean holds(Raster raster);

    /** As libvips reads it: suffix and options, without metadata. */
    String options();

    /** Progressive, with all that mozjpeg does for size. */
    record Jpeg(int quality) implements Encoding {
        private static final int MOST = 65_535;

        public Jpeg {
            checkQuality(quality);
        }

        @Override
        public Format format() {
            return Format.JPEG;
        }

        @Override
        public boolean holds(Raster raster) {
            return !raster.hasAlpha() && !raster.animated() && fits(raster, MOST);
        }

        @Override
        public String options() {
            return ".jpg[Q="
                    + quality
                    + ",interlace,optimize-coding,trellis-quant,overshoot-deringing"
                    + ",optimize-scans,quant-table=3";
        }
    }

    /** Lossy colours, lossless alpha; effort 0 to 6. */
    record Webp(int quality, int effort) implements Encoding {
        private static final int MOST = 16_383;

        public Webp {
            checkQuality(quality);
            checkEffort(effort, 6);
        }

        @Override
        public Format format() {
            return Format.WEBP;
        }

        @Override
        public boolean holds(Raster raster) {
            return fits(raster, MOST);
        }

        @Override
        public String options() {
            return ".webp[Q=" + quality + ",effort=" + effort;
        }
    }

    /** Every visible sample stays; effort 0 to 6. */
    record LosslessWebp(int effort) implements Encoding {

        public LosslessWebp {
            checkEffort(effort, 6);
        }

        @Override
        public Format format() {
            return Format.WEBP;
        }

        @Override
        public boolean holds(Raster raster) {
            return fits(raster, Webp.MOST);
        }

        @Override
        public String options() {
            return ".webp[lossless,effort=" + effort;
        }
    }

    /** Samples move by a few levels where that helps: for drawings; effort 0 to 6. */
    record NearLosslessWebp(int quality, int effort) implements Encoding {

        public NearLosslessWebp {
            checkQuality(quality);
            checkEffort(effort, 6);
        }

        @Override
        public Format format() {
            return Format.WEBP;
        }

        @Override
        public boolean holds(Raster raster) {
            return fits(raster, Webp.MOST);
        }

        @Override
        public String options() {
            return ".webp[near-lossless,Q=" + quality + ",effort=" + effort;
        }
    }

    /** Effort 0 to 9. */
    record Avif(int quality, int effort, Colour colour) implements Encoding {
        private static final int MOST = 16_384;

        /** How colour is held beside brightness. 10 bits round finer, which saves some bytes. */
        public enum Colour {
            /** At half the resolution, in 10 bits: least where little of it is seen. */
            HALF(",bitdepth=10,subsample-mode=on"),
            /** At full resolution, in 10 bits: less where red, green and blue count alike. */
            FULL(",bitdepth=10,subsample-mode=off"),
            /** At full resolution, in 8 bits: for what is flat to the level. */
            EXACT(",bitdepth=8,subsample-mode=off");

            private final String options;

            Colour(String options) {
                this.options = options;
            }
        }

        public Avif {
            checkQuality(quality);
            checkEffort(effort, 9);
        }

        @Override
        public Format format() {
            return Format.AVIF;
        }

        @Override
        public boolean holds(Raster raster) {
            return !raster.animated() && fits(raster, MOST);
        }

        @Override
        public String options() {
            return ".avif[Q=" + quality + ",effort=" + effort + colour.options;
        }
    }

    /** Deflated; a palette holds pictures of at most 256 colours (and approximates others). */
    record Png(boolean palette) implements Encoding {
        @Override
        public Format format() {
            return Format.PNG;
        }

        @Override
        public boolean holds(Raster raster) {
            return !raster.animated();
        }

        @Override
        public String options() {
            return palette
                    ? ".png[compression=9,palette,Q=100,dither=0,effort=7"
                    : ".png[compression=9,filter=all";
        }
    }

    private static boolean fits(Raster raster, int most) {
        return raster.width() <= most && raster.height() <= most;
    }

    private static void checkQuality(int quality) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("quality: " + quality + " (expected: 1 to 100)");
        }
    }

    private static void checkEffort(int effort, int most) {
        if (effort < 0 || effort > most) {
            throw new IllegalArgumentException(
                    "effort: " + effort + " (expected: 0 to " + most + ")");
        }
    }
}
