package dev.vellum.proxy.store.purge;

/** How a stored response stands to all purges. */
public enum Standing {
    /** Not purged since it was asked for. */
    CURRENT,
    /** Softly purged: to be confirmed by the origin before its next use. */
    OUTDATED,
    /** Gone. */
    PURGED
}
