package dev.vellum.proxy.variant;

import dev.vellum.proxy.picture.QualityClass;
import java.time.Duration;

/**
 * What becomes of originals once there are latents of them.
 *
 * @param stay whether they stay in the store; else latents take their place
 * @param coarsest latents that may
 * @param patience how long a request waits for a form that is made of such latents, since else the
 *     picture would have to be fetched again
 */
public record Originals(boolean stay, QualityClass coarsest, Duration patience) {

    /** They stay. */
    public static final Originals STAY = new Originals(true, QualityClass.STANDARD, Duration.ZERO);
}
