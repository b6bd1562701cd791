package dev.vellum.codec;

/**
 * How well a picture is kept.
 *
 * @param value 1, the smallest files, to 100, the best pictures
 */
public record Quality(int value) {

    /**
     * Checks the range.
     *
     * @param value 1 to 100
     */
    public Quality {
        if (value < 1 || value > 100) {
            throw new IllegalArgumentException("quality: " + value + " (expected: 1 to 100)");
        }
    }
}
