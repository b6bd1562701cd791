package dev.vellum.proxy.admin;

import dev.vellum.proxy.store.purge.Purge;
import java.io.IOException;
import java.util.Collection;

/** Who purges. */
@FunctionalInterface
public interface Purger {
    /**
     * Lets go of responses.
     *
     * @throws IOException if it will not outlast this process
     */
    void purge(Collection<Purge> wishes) throws IOException;
}
