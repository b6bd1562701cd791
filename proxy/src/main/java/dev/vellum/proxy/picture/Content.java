package dev.vellum.proxy.picture;

/** What a picture shows, as far as coding it cares. */
public enum Content {
    /** Photographs and what resembles them: noise and soft edges, forgiving lossy coding. */
    PHOTOGRAPH,
    /** Drawings, text, screenshots, logos: flat areas and sharp edges. */
    DRAWING
}
