package dev.vellum.proxy.picture;

/** How much a client wants to save. A client gets its own class or a finer one. */
public enum QualityClass {
    /** For screens that show every pixel. */
    FINE,
    /** No difference that one sees at arm's length. */
    STANDARD,
    /** For thin or paid links: differences may show, nothing is lost. */
    SAVING
}
