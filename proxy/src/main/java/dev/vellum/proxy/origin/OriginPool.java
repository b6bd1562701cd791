package dev.vellum.proxy.origin;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to all origins. Each loop has its own, so that a request, its
 * client and its origin share a thread; the limits are divided among the loops.
 */
public final class OriginPool {

    /** What came of asking for a connection. */
    public sealed interface Lease {
        record Ready(OriginConnection connection) implements Lease {}

        record Unavailable(Failure failure) implements Lease {}
    }

    private final EventLoop loop;
    private final Connector connector;
    private final PoolConfig config;
    private final Limits limits;
    private final Timeouts timeouts;
    private final Map<Destination, Connections> destinations = new HashMap<>();
    private final Map<OriginConnection, Connections> owners = new HashMap<>();
    private boolean retired;

    private record Destination(OriginAddress address, boolean configured) {}

    private static final class Waiter {
        final Consumer<Lease> taker;
        @Nullable Future<?> timeout;

        Waiter(Consumer<Lease> taker) {
            this.taker = taker;
        }

        void served() {
            if (timeout != null) {
                timeout.cancel(false);
            }
        }
    }

    private static final class Connections {
        final Destination destination;
        final Deque<OriginConnection> idle = new ArrayDeque<>();
        final Map<OriginConnection, Future<?>> idleTimers = new HashMap<>();
        final Set<OriginConnection> open = new HashSet<>();
        final Deque<Waiter> waiting = new ArrayDeque<>();
        int opening;

        Connections(Destination destination) {
            this.destination = destination;
        }

        boolean unused() {
            return open.isEmpty() && opening == 0 && waiting.isEmpty();
        }
    }

    /**
     * @param config this loop's share of the limits
     */
    public OriginPool(
            EventLoop loop,
            Connector connector,
            PoolConfig config,
            Limits limits,
            Timeouts timeouts) {
        this.loop = loop;
        this.connector = connector;
        this.config = config;
        this.limits = limits;
        this.timeouts = timeouts;
    }

    /** The loop on which everything here happens. */
    public EventLoop loop() {
        return loop;
    }

    /**
     * Asks for a connection; {@code taker} is called once, on the loop, perhaps at once.
     *
     * @param configured whether the configuration names the address
     * @param fresh whether it must be a new connection
     */
    public void acquire(
            OriginAddress address, boolean configured, boolean fresh, Consumer<Lease> taker) {
        Connections connections =
                destinations.computeIfAbsent(
                        new Destination(address, configured), Connections::new);
        OriginConnection idle = fresh ? null : takeIdle(connections);
        if (idle != null) {
            taker.accept(new Lease.Ready(idle));
            return;
        }
        if (isFull(connections) && !connections.idle.isEmpty()) {
            connections.idle.getFirst().close();
        }
        if (!isFull(connections)) {
            open(connections, taker);
        } else if (connections.waiting.size() < config.waiting()) {
            await(connections, taker);
        } else {
            taker.accept(new Lease.Unavailable(Failure.POOL_EXHAUSTED));
        }
    }

    private boolean isFull(Connections connections) {
        return connections.open.size() + connections.opening >= config.connectionsPerOrigin();
    }

    private @Nullable OriginConnection takeIdle(Connections connections) {
        // the latest used is the least likely to have been closed meanwhile
        OriginConnection connection = connections.idle.pollLast();
        while (connection != null) {
            stopIdleTimer(connections, connection);
            if (connection.open()) {
                return connection;
            }
            connection = connections.idle.pollLast();
        }
        return null;
    }

    private void open(Connections connections, Consumer<Lease> taker) {
        destinations.putIfAbsent(connections.destination, connections);
        connections.opening++;
        Destination destination = connections.destination;
        connector.connect(
                loop,
                destination.address(),
                destination.configured(),
                outcome -> {
                    connections.opening--;
                    switch (outcome) {
                        case Connector.Connection.Opened(var channel) -> {
                            OriginConnection connection =
                                    new OriginConnection(
                                            channel, this, destination.address(), limits, timeouts);
                            connections.open.add(connection);
                            owners.put(connection, connections);
                            taker.accept(new Lease.Ready(connection));
                        }
                        case Connector.Connection.Failed(var failure) -> {
                            serveNext(connections);
                            dropIfUnused(connections);
                            taker.accept(new Lease.Unavailable(failure));
                        }
                    }
                });
    }

    private void await(Connections connections, Consumer<Lease> taker) {
        Waiter waiter = new Waiter(taker);
        connections.waiting.add(waiter);
        waiter.timeout =
                loop.schedule(
                        () -> {
                            connections.waiting.remove(waiter);
                            taker.accept(new Lease.Unavailable(Failure.POOL_EXHAUSTED));
                        },
                        timeouts.connect().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** A connection whose exchange is over, and which can carry another. */
    void release(OriginConnection connection) {
        Connections connections = owners.get(connection);
        if (connections == null || !connection.open()) {
            connection.close();
            return;
        }
        Waiter waiter = connections.waiting.poll();
        if (waiter != null) {
            waiter.served();
            // the exchange that just ended goes first
            loop.execute(() -> handOver(connection, waiter));
        } else if (!retired && connections.idle.size() < config.idlePerOrigin()) {
            connections.idle.addLast(connection);
            connections.idleTimers.put(
                    connection,
                    loop.schedule(
                            connection::close,
                            connection.idle().toMillis(),
                            TimeUnit.MILLISECONDS));
        } else {
            connection.close();
        }
    }

    private void handOver(OriginConnection connection, Waiter waiter) {
        Connections connections = owners.get(connection);
        if (connection.open() && connections != null) {
            waiter.taker.accept(new Lease.Ready(connection));
        } else {
            waiter.taker.accept(new Lease.Unavailable(Failure.ORIGIN_CLOSED));
        }
    }

    /** A connection that is closed, or no longer ours. */
    void forget(OriginConnection connection) {
        Connections connections = owners.remove(connection);
        if (connections == null) {
            return;
        }
        connections.open.remove(connection);
        if (connections.idle.remove(connection)) {
            stopIdleTimer(connections, connection);
        }
        serveNext(connections);
        dropIfUnused(connections);
    }

    private void serveNext(Connections connections) {
        if (!isFull(connections)) {
            Waiter waiter = connections.waiting.poll();
            if (waiter != null) {
                waiter.served();
                open(connections, waiter.taker);
            }
        }
    }

    private void dropIfUnused(Connections connections) {
        if (connections.unused()) {
            destinations.remove(connections.destination, connections);
        }
    }

    private static void stopIdleTimer(Connections connections, OriginConnection connection) {
        Future<?> timer = connections.idleTimers.remove(connection);
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /**
     * Serves those who use it to their end, but keeps no connection that nobody uses: another pool
     * has taken its place.
     */
    public void retire() {
        retired = true;
        for (Connections connections : List.copyOf(destinations.values())) {
            for (OriginConnection connection : List.copyOf(connections.idle)) {
                connection.close();
            }
        }
    }

    /** Closes what is idle, and what is in use. */
    public void close() {
        for (OriginConnection connection : Set.copyOf(owners.keySet())) {
            connection.close();
        }
    }
}
