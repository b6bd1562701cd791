package dev.vellum.codec.encode;

import dev.vellum.codec.latent.CodingOrder;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.PassRow;
import dev.vellum.codec.latent.SymbolCoder;
import java.util.SplittableRandom;

/**
 * Symbols between the integers: each latent that is aimed at falls by a {@link SoftChoice} between
 * the symbols below and above.
 */
final class SoftSymbols implements SymbolCoder, PredictionGradient.Slopes {

    private static final float FRACTION = 64;
    private static final float FARTHEST = 16_000;

    private final float[] aim;
    private final Grid grid;
    private final SymbolBits bits;
    private final float[] gains;
    private final float[] steps;
    private final float[] slopes;
    private final float[] rates;
    private final float[] scaleRates;
    private final SplittableRandom random;
    private float temperature = 1;

    /**
     * Starts.
     *
     * @param aim latents {@code [M, h, w]} in canonical units; read anew in each run
     */
    SoftSymbols(
            Analysis analysis, SymbolBits bits, float[] aim, Grid grid, int quality, long seed) {
        this.aim = aim;
        this.grid = grid;
        this.bits = bits;
        this.gains = new float[analysis.channels()];
        this.steps = new float[analysis.channels()];
        for (int c = 0; c < gains.length; c++) {
            gains[c] = analysis.gain(quality, c);
            steps[c] = analysis.step(quality, c) / gains[c] * FRACTION;
        }
        this.slopes = new float[aim.length];
        this.rates = new float[aim.length];
        this.scaleRates = new float[aim.length];
        this.random = new SplittableRandom(seed);
    }

    /** How clearly symbols decide in the next run, above 0. */
    void temperature(float next) {
        temperature = next;
    }

    /**
     * How far each symbol moved for each quantisation step that the aim moves, {@code [M, h, w]}.
     */
    float[] slopes() {
        return slopes;
    }

    /** Bits that each symbol takes more for a step upwards, {@code [M, h, w]}. */
    float[] rates() {
        return rates;
    }

    @Override
    public float ofMean(int latent, float change) {
        float moved = slopes[latent];
        return change * (1 - moved) - rates[latent] * gains[latent / grid.cells()] * moved;
    }

    @Override
    public float ofScale(int latent) {
        return scaleRates[latent];
    }

    /** Quantisation steps in a canonical unit, for each channel. */
    float[] gains() {
        return gains;
    }

    @Override
    public boolean placesLatents() {
        return true;
    }

    @Override
    public void begin(CodingOrder.Part part) {}

    @Override
    public void code(PassRow row) {
        int i = 0;
        for (int cell = 0; cell < row.columns(); cell++) {
            int at =
                    row.firstChannel() * grid.cells()
                            + row.row() * grid.columns()
                            + row.firstColumn()
                            + cell * row.columnStep();
            for (int c = 0; c < row.channels(); c++) {
                row.offsets()[i] = place(row, i, row.firstChannel() + c, at);
                at += grid.cells();
                i++;
            }
        }
    }

    /** The offset of a latent; its slopes are remembered. */
    private int place(PassRow row, int i, int channel, int at) {
        byte kind = row.classes()[i];
        if (kind == 0) {
            slopes[at] = 0;
            rates[at] = 0;
            scaleRates[at] = 0;
            return 0;
        }
        float residual = (aim[at] - row.means()[i] / FRACTION) * gains[channel];
        residual = Math.clamp(residual, -FARTHEST, FARTHEST);
        int below = (int) Math.floor(residual);
        SoftChoice choice = SoftChoice.of(residual - below, temperature, random.nextDouble());
        float up = choice.up();
        slopes[at] = choice.slope();
        rates[at] = bits.of(kind, below + 1) - bits.of(kind, below);
        scaleRates[at] = (1 - up) * bits.slope(kind, below) + up * bits.slope(kind, below + 1);
        return Math.round((below + up) * steps[channel]);
    }

    @Override
    public void end(CodingOrder.Part part) {}
}
