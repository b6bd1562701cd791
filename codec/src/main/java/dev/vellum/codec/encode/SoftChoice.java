package dev.vellum.codec.encode;

/**
 * A number between two integers that falls at random towards the one below or above, more probably
 * towards the nearer one and the more clearly the lower the temperature. Unlike rounding this has a
 * slope, which says what moving the number would change (stochastic Gumbel annealing: Yang et al.
 * 2020, arXiv 2006.04240, section 4; of two Gumbel variables only the difference counts, which is
 * logistic).
 *
 * @param up how far it falls towards the integer above, 0 to 1
 * @param slope how that changes with the number
 */
record SoftChoice(float up, float slope) {

    /** Slopes are infinite at the integers. */
    private static final float NEAREST = 1e-4f;

    /**
     * A choice.
     *
     * @param distance from the integer below, 0 to 1
     * @param temperature above 0
     * @param chance at random, 0 to 1
     */
    static SoftChoice of(float distance, float temperature, double chance) {
        float d = Math.clamp(distance, NEAREST, 1 - NEAREST);
        float e = 1 - d;
        double drawn = Math.max(1e-9, chance);
        // artanh d - artanh e
        double odds = Math.log(d * (1 + d) / (e * (1 + e))) / 2;
        double decided = (odds / temperature + Math.log(drawn / (1 - drawn))) / temperature;
        float up = (float) (1 / (1 + Math.exp(-decided)));
        float steep = 1 / (1 - d * d) + 1 / (1 - e * e);
        return new SoftChoice(up, up * (1 - up) * steep / (temperature * temperature));
    }
}
