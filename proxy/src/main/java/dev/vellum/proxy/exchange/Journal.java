package dev.vellum.proxy.exchange;

/** Who is told of every request when it is over. */
@FunctionalInterface
public interface Journal {

    /** Called on the loop of the client's connection; must be quick. */
    void record(Summary summary);
}
