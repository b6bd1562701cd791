package dev.vellum.proxy.server;

import dev.vellum.proxy.limits.Limits;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Connections and requests of each client address, held to their limits. Thread-safe. */
final class ClientCounts {

    private volatile Limits limits = Limits.DEFAULT;
    private final AtomicInteger connections = new AtomicInteger();
    private final ConcurrentMap<InetAddress, Share> shares = new ConcurrentHashMap<>();

    /** What one address has open. */
    static final class Share {
        private final AtomicInteger connections = new AtomicInteger();
        private final AtomicInteger requests = new AtomicInteger();
    }

    /** Holds what comes from now on to these limits. */
    void limit(Limits changed) {
        limits = changed;
    }

    /** Counts a connection in; false if there are too many, from everyone or from this address. */
    boolean connect(InetAddress client) {
        if (connections.incrementAndGet() > limits.connections()) {
            connections.decrementAndGet();
            return false;
        }
        boolean[] admitted = new boolean[1];
        shares.compute(
                client,
                (address, known) -> {
                    Share share = known == null ? new Share() : known;
                    admitted[0] = share.connections.get() < limits.connectionsPerClient();
                    if (admitted[0]) {
                        share.connections.incrementAndGet();
                    }
                    return share;
                });
        if (!admitted[0]) {
            connections.decrementAndGet();
        }
        return admitted[0];
    }

    /** Counts a connection out. */
    void disconnect(InetAddress client) {
        connections.decrementAndGet();
        shares.computeIfPresent(
                client,
                (address, share) -> share.connections.decrementAndGet() == 0 ? null : share);
    }

    /** What a connected address has open, to be asked about its requests. */
    Share share(InetAddress client) {
        return shares.computeIfAbsent(client, address -> new Share());
    }

    /** Counts a request in; false if there are too many under way. */
    boolean begin(Share share) {
        if (share.requests.incrementAndGet() > limits.requestsPerClient()) {
            share.requests.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Counts a request out. */
    void end(Share share) {
        share.requests.decrementAndGet();
    }
}
