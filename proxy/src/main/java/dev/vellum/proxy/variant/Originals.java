package dev.vellum.proxy.variant;

import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.Stock;
import dev.vellum.proxy.picture.Variant;
import java.time.Duration;
import java.util.Optional;

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

    /** Whether a variant may take the place of what it is made of. */
    boolean giveWayTo(Variant variant) {
        return !stay
                && variant.form() instanceof Form.Latents
                && variant.width() == Variant.OWN_WIDTH
                && variant.quality().compareTo(coarsest) <= 0;
    }

    /** The latents to be made to that end; empty where they are in stock, or of no use. */
    Optional<Variant> successor(Offer offer, Stock stock) {
        return offer.forms().stream()
                .filter(form -> form instanceof Form.Latents)
                .map(form -> new Variant(form, Variant.OWN_WIDTH, coarsest))
                .filter(latents -> !stock.bytes().containsKey(latents))
                .filter(latents -> !stock.bypassed().containsKey(latents))
                .findFirst();
    }
}
