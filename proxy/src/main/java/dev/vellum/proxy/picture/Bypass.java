package dev.vellum.proxy.picture;

import java.util.Locale;

/** Why the original goes out. {@link #label} names it in metrics and in Server-Timing. */
public enum Bypass {
    /** The bytes are none of the known formats, whatever the Content-Type says. */
    NOT_A_PICTURE,
    /** The file breaks its format's rules. */
    MALFORMED,
    /** The file is larger than the limit. */
    TOO_MANY_BYTES,
    /** Width x height x frames is larger than the limit. */
    TOO_MANY_PIXELS,
    /** The animation is longer than the limit. */
    TOO_MANY_FRAMES,
    /** An animation in a format whose frames cannot be read, or in none that could hold it. */
    ANIMATION,
    /** The form has no alpha and the picture does. */
    ALPHA,
    /** The form would blur a drawing. */
    DRAWING,
    /** 8-bit sRGB cannot show it. */
    HIGH_DYNAMIC_RANGE,
    /** So small that no form could save what its header costs. */
    TINY,
    /** The client accepts none of the forms on offer. */
    NOT_ACCEPTED,
    /** Request or response say no-transform. */
    NO_TRANSFORM,
    /** The client asks for a part of the origin's bytes, or has got one from the origin. */
    RANGE,
    /** The origin put a content coding around the picture. */
    CODED,
    /**
     * It may not be stored, or is too large to be. What is somebody's own is not read here, and
     * nobody else would have use of what it took.
     */
    NOT_STORED,
    /** The response is signed or carries a digest. */
    SIGNED,
    /** No form saves enough over the original. */
    NOT_SMALLER,
    /** No form is both smaller and similar enough. */
    BELOW_FLOOR,
    /** The model needs far more bits for it than for what it was trained for. */
    UNEXPECTED,
    /** A form is being made; the next request gets it. */
    NOT_YET,
    /** The workers have enough to do. */
    OVERLOADED,
    /** It would have taken, or took, too long. */
    TIMEOUT,
    /** Nobody wants it any more: purged, replaced, or shutting down. */
    CANCELLED,
    /** The encoder gave up. */
    FAILED;

    /** Lower case with hyphens: {@code not-smaller}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether no variant of a source can be made where one cannot for this reason. */
    public boolean isOfTheSource() {
        return switch (this) {
            case NOT_A_PICTURE,
                    MALFORMED,
                    TOO_MANY_BYTES,
                    TOO_MANY_FRAMES,
                    HIGH_DYNAMIC_RANGE,
                    TINY ->
                    true;
            default -> false;
        };
    }
}
