package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Failure;

/** Who is told of every request when it is over. */
@FunctionalInterface
public interface Journal {

    /** Called on the loop of the client's connection; must be quick. */
    void record(Summary summary);

    /**
     * Something was turned away before it was a request, or broke off the one that was under way.
     * Called on the loop of the client's connection; must be quick.
     */
    default void refused(Failure failure) {}
}
