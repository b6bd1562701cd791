package dev.vellum.training.export;

import dev.vellum.training.export.DecoderWalk.Importance;

/** Steps of bytes that leave the least squared error, clipping and rounding together. */
final class ByteStep {

    /** Steps tried an octave, from the one that clips nothing downwards. */
    private static final int EACH_OCTAVE = 4;

    private static final int OCTAVES = 3;
    private static final double LEAST = 1e-9;

    private ByteStep() {}

    /** The best step of one channel. */
    static double of(FeatureMaps maps, int channel, boolean signed, Importance cells) {
        double low = 0;
        double high = 0;
        for (int m = 0; m < maps.maps().size(); m++) {
            FeatureMaps.Map map = maps.maps().get(m);
            for (int cell = 0; cell < map.cells(); cell++) {
                if (cells.of(m, cell) > 0) {
                    float value = map.values()[channel * map.cells() + cell];
                    low = Math.min(low, value);
                    high = Math.max(high, value);
                }
            }
        }
        double whole = signed ? Math.max(-low / 128, high / 127) : high / 255;
        if (whole < LEAST) {
            return Equalisation.STEP; // a channel that is silent on all pictures
        }
        double best = whole;
        double least = Double.POSITIVE_INFINITY;
        for (int k = 0; k <= EACH_OCTAVE * OCTAVES; k++) {
            double step = whole * Math.pow(2, -(double) k / EACH_OCTAVE);
            double error = 0;
            for (int m = 0; m < maps.maps().size(); m++) {
                error += error(maps.maps().get(m), m, channel, step, signed, cells);
            }
            if (error < least) {
                least = error;
                best = step;
            }
        }
        return best;
    }

    /** The best power of two for all channels together. */
    static double shared(FeatureMaps maps, boolean signed, Importance cells) {
        double best = 1;
        double least = Double.POSITIVE_INFINITY;
        for (int exponent = 2; exponent >= -9; exponent--) {
            double step = Math.scalb(1.0, exponent);
            double error = 0;
            for (int m = 0; m < maps.maps().size(); m++) {
                for (int c = 0; c < maps.channels(); c++) {
                    error += error(maps.maps().get(m), m, c, step, signed, cells);
                }
            }
            if (error < least) {
                least = error;
                best = step;
            }
        }
        return best;
    }

    private static double error(
            FeatureMaps.Map map,
            int index,
            int channel,
            double step,
            boolean signed,
            Importance cells) {
        float low = signed ? -128 : 0;
        float inverse = (float) (1 / step);
        double sum = 0;
        for (int cell = 0; cell < map.cells(); cell++) {
            float level = map.values()[channel * map.cells() + cell] * inverse;
            float off = level - Math.clamp(Math.round(level), low, low + 255);
            sum += cells.of(index, cell) * off * off;
        }
        return sum * step * step;
    }
}
