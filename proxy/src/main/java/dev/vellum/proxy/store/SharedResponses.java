package dev.vellum.proxy.store;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.disk.BodySource;
import dev.vellum.proxy.store.purge.Purge;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Responses that several proxies share, asked where this machine has none. Nothing here makes a
 * request wait longer than a deadline, whatever becomes of the others.
 */
public interface SharedResponses extends AutoCloseable {

    /**
     * A response from there, every byte checked.
     *
     * @param response whose request time is one of this machine, at which no purge was in force
     *     that concerns it
     * @param body its bytes, in order
     */
    record Found(StoredResponse response, Fields trailers, List<ByteBuffer> body) {}

    /** Whether asking makes sense now. */
    boolean answers();

    /**
     * Looks up what answers {@code request}.
     *
     * @param action called once, on any thread, soon
     */
    void find(CacheKey key, RequestHead request, Consumer<Optional<Found>> action);

    /** Stores a response behind, in place of the same variant. The body is closed in any case. */
    void put(CacheKey key, StoredResponse response, Fields trailers, BodySource body);

    /** Takes all responses for {@code key} out. */
    void remove(CacheKey key);

    /**
     * Purges on this machine at once, and on the others as soon as they can be told.
     *
     * @throws IOException as of {@link dev.vellum.proxy.store.purge.Purges#purge}
     */
    void purge(Collection<Purge> wishes) throws IOException;

    @Override
    void close();
}
