package dev.vellum.codec.metric;

/** Peak signal-to-noise ratio over all samples of two pictures. */
public final class PeakSignal {

    /** What two equal pictures get, in dB. */
    public static final double EQUAL = 100;

    private PeakSignal() {}

    /**
     * {@code 10 log10(255^2 / mean squared error)}.
     *
     * @param a samples of one picture
     * @param b samples of another of the same size
     * @return dB, at most {@link #EQUAL}
     */
    public static double of(byte[] a, byte[] b) {
        long total = 0;
        for (int from = 0; from < a.length; ) {
            int to = Math.min(a.length, from + (1 << 15));
            int sum = 0; // below 2^15 * 255^2, so an int holds it
            for (int i = from; i < to; i++) {
                int difference = (a[i] & 0xff) - (b[i] & 0xff);
                sum += difference * difference;
            }
            total += Integer.toUnsignedLong(sum);
            from = to;
        }
        if (total == 0) {
            return EQUAL;
        }
        return Math.min(EQUAL, 10 * Math.log10(255.0 * 255.0 * a.length / total));
    }
}
