package dev.vellum.codec.encode;

import dev.vellum.codec.latent.CodingOrder;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.PassRow;
import dev.vellum.codec.latent.SymbolCoder;
import java.util.SplittableRandom;

/**
 * Symbols between the integers: each latent that is aimed at falls at random towards the integer
 * below or above, more probably towards the nearer one and the more clearly the lower the
 * temperature. Unlike rounding this has a slope, which says what moving the aim would change
 * (stochastic Gumbel annealing: Yang et al. 2020, arXiv 2006.04240, section 4; of two Gumbel
 * variables only the difference counts, which is logistic).
 */
final class SoftSymbols implements SymbolCoder {

    private static final float FRACTION = 64;
    private static final float FARTHEST = 16_000;

    /** Slopes are infinite at the integers. */
    private static final float NEAREST = 1e-4f;

    private final float[] aim;
    private final Grid grid;
    private final SymbolBits bits;
    private final float[] gains;
    private final float[] steps;
    private final float[] slopes;
    private final float[] rates;
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
            return 0;
        }
        float residual = (aim[at] - row.means()[i] / FRACTION) * gains[channel];
        residual = Math.clamp(residual, -FARTHEST, FARTHEST);
        int below = (int) Math.floor(residual);
        float d = Math.clamp(residual - below, NEAREST, 1 - NEAREST);
        float e = 1 - d;
        // artanh d - artanh e
        double odds = Math.log(d * (1 + d) / (e * (1 + e))) / 2;
        double chance = Math.max(1e-9, random.nextDouble());
        double decided = (odds / temperature + Math.log(chance / (1 - chance))) / temperature;
        float up = (float) (1 / (1 + Math.exp(-decided)));
        float steep = 1 / (1 - d * d) + 1 / (1 - e * e);
        slopes[at] = up * (1 - up) * steep / (temperature * temperature);
        rates[at] = bits.of(kind, below + 1) - bits.of(kind, below);
        return Math.round((below + up) * steps[channel]);
    }

    @Override
    public void end(CodingOrder.Part part) {}
}
