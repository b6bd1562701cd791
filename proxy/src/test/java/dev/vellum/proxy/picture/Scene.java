package dev.vellum.proxy.picture;

/**
 * The picture of the fixtures, computed: colours that change slowly, so that every lossy format
 * stays near them, and differently in each corner, so that a turn or a swapped band shows.
 */
final class Scene {

    static final int WIDTH = 64;
    static final int HEIGHT = 48;

    private Scene() {}

    /** Sample of band 0 to 2 (red, green, blue) or 3 (alpha), 0 to 255. */
    static int sample(int x, int y, int band) {
        return switch (band) {
            case 0 -> 60 + 2 * x;
            case 1 -> 70 + 2 * y;
            case 2 -> 190 - x - y;
            default -> x < WIDTH / 2 ? 255 : 255 - 3 * (x - WIDTH / 2);
        };
    }

    /** Frame {@code index} of the animation: each a third darker than the one before. */
    static int sample(int x, int y, int band, int index) {
        return band == 3 ? sample(x, y, band) : sample(x, y, band) * (3 - index) / 3;
    }

    static Raster raster(int bands, int frames) {
        byte[] samples = new byte[frames * HEIGHT * WIDTH * bands];
        int at = 0;
        for (int frame = 0; frame < frames; frame++) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    for (int band = 0; band < bands; band++) {
                        samples[at++] = (byte) sample(x, y, band, frame);
                    }
                }
            }
        }
        return new Raster(
                WIDTH,
                HEIGHT,
                bands,
                samples,
                frames == 1
                        ? Raster.Timing.STILL
                        : new Raster.Timing(new int[] {100, 250, 400}, 0));
    }

    /** Each band set to its grey (ITU-R BT.601 luma). */
    static Raster grey() {
        Raster colour = raster(3, 1);
        byte[] samples = new byte[colour.samples().length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) luma(i / 3 % WIDTH, i / 3 / WIDTH);
        }
        return Raster.still(WIDTH, HEIGHT, 3, samples);
    }

    static int luma(int x, int y) {
        return (int)
                Math.round(
                        0.299 * sample(x, y, 0)
                                + 0.587 * sample(x, y, 1)
                                + 0.114 * sample(x, y, 2));
    }

    /** In steps of 32, so that a palette of 256 colours holds it. */
    static Raster posterised() {
        Raster colour = raster(3, 1);
        byte[] samples = colour.samples().clone();
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (samples[i] & 0xe0);
        }
        return Raster.still(WIDTH, HEIGHT, 3, samples);
    }

    /** Largest mean difference of one band, in levels; alpha 0 hides colour. */
    static double distance(Raster expected, Raster actual) {
        if (expected.width() != actual.width()
                || expected.height() != actual.height()
                || expected.frames() != actual.frames()
                || expected.bands() != actual.bands()) {
            return Double.POSITIVE_INFINITY;
        }
        double worst = 0;
        int bands = expected.bands();
        for (int band = 0; band < bands; band++) {
            long sum = 0;
            for (int i = band; i < expected.samples().length; i += bands) {
                sum += Math.abs((expected.samples()[i] & 0xff) - (actual.samples()[i] & 0xff));
            }
            worst = Math.max(worst, sum * bands / (double) expected.samples().length);
        }
        return worst;
    }
}
