package dev.vellum.codec.encode;

import dev.vellum.codec.latent.HyperLatents;
import java.util.SplittableRandom;

/**
 * Hyper-latents that have not made up their minds: each that is aimed at falls at random to the
 * integer below or above, as {@link SoftSymbols} do, but wholly, since the networks that read them
 * take integers only; the slope is that of the choice between.
 */
final class SoftHyperLatents {

    private static final int ZERO_POINT = 128;

    private final float[] aim;
    private final float[][] bits;
    private final float[] slopes;
    private final float[] rates;
    private final Descent descent;
    private final SplittableRandom random;

    /**
     * Starts.
     *
     * @param aim hyper-latents {@code [Z, h/4, w/4]}, not rounded; kept and moved
     * @param tables what they cost
     */
    SoftHyperLatents(float[] aim, HyperLatents tables, int quality, int cells, long seed) {
        this.aim = aim;
        this.bits = new float[aim.length / Math.max(1, cells)][];
        for (int c = 0; c < bits.length; c++) {
            bits[c] = tables.bits(quality, c);
        }
        this.slopes = new float[aim.length];
        this.rates = new float[aim.length];
        this.descent = new Descent(aim.length);
        this.random = new SplittableRandom(seed);
    }

    /** Lets them fall, at a temperature above 0; plus 128, as unsigned bytes. */
    byte[] drawn(float temperature) {
        byte[] z = new byte[aim.length];
        int cells = aim.length / Math.max(1, bits.length);
        for (int i = 0; i < z.length; i++) {
            float[] own = bits[i / cells];
            float level = Math.clamp(aim[i] + ZERO_POINT, 0, own.length - 1);
            int below = Math.min((int) level, own.length - 2);
            SoftChoice choice = SoftChoice.of(level - below, temperature, random.nextDouble());
            slopes[i] = choice.slope();
            rates[i] = own[below + 1] - own[below];
            z[i] = (byte) (choice.up() > 0.5f ? below + 1 : below);
        }
        return z;
    }

    /** Moves what is aimed at by about {@code pace}, from how costs but their own change. */
    void move(float[] change, float pace) {
        descent.begin();
        for (int i = 0; i < aim.length; i++) {
            aim[i] += descent.move(i, slopes[i] * (change[i] + rates[i]), pace);
        }
    }

    /** What is nearest; plus 128, as unsigned bytes. */
    byte[] rounded() {
        byte[] z = new byte[aim.length];
        for (int i = 0; i < z.length; i++) {
            z[i] = (byte) Math.clamp(Math.round(aim[i]) + ZERO_POINT, 0, 255);
        }
        return z;
    }
}
