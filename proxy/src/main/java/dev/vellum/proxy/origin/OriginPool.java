package dev.vellum.proxy.origin;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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

    private static final int MOST_REMEMBERED = 1024;

    private final EventLoop loop;
    private final Connector connector;
    private final PoolConfig config;
    private final Limits limits;
    private final Timeouts timeouts;
    private final Map<Destination, Connections> destinations = new HashMap<>();
    private final Map<Http1OriginConnection, Connections> owners = new HashMap<>();
    private boolean retired;

    private final Map<Http2OriginConnection, Connections> sharedOwners = new HashMap<>();

    /** What was agreed upon last, so that a host that speaks HTTP/2 is connected to once. */
    private final Map<Destination, Boolean> speakHttp2 = new LinkedHashMap<>();

    /**
     * @param http1 whether only HTTP/1.1 will do
     */
    private record Destination(OriginAddress address, boolean configured, boolean http1) {}

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
        final Deque<Http1OriginConnection> idle = new ArrayDeque<>();
        final Map<Http1OriginConnection, Future<?>> idleTimers = new HashMap<>();
        final Set<Http1OriginConnection> open = new HashSet<>();
        final Set<Http2OriginConnection> shared = new LinkedHashSet<>();
        final Deque<Waiter> waiting = new ArrayDeque<>();
        int opening;

        Connections(Destination destination) {
            this.destination = destination;
        }

        boolean unused() {
            return open.isEmpty() && shared.isEmpty() && opening == 0 && waiting.isEmpty();
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
     * @param fresh whether it must be a new connection, if it is one of HTTP/1
     * @param http1 whether it must be one of HTTP/1
     */
    public void acquire(
            OriginAddress address,
            boolean configured,
            boolean fresh,
            boolean http1,
            Consumer<Lease> taker) {
        Connections connections =
                destinations.computeIfAbsent(
                        new Destination(address, configured, http1), Connections::new);
        for (Http2OriginConnection shared : connections.shared) {
            if (shared.hasRoom()) {
                taker.accept(new Lease.Ready(shared.open()));
                return;
            }
        }
        Http1OriginConnection idle = fresh ? null : takeIdle(connections);
        if (idle != null) {
            taker.accept(new Lease.Ready(idle));
            return;
        }
        if (isFull(connections) && !connections.idle.isEmpty()) {
            connections.idle.getFirst().close();
        }
        if (!isFull(connections) && !mayShareSoon(connections)) {
            open(connections, taker);
        } else if (connections.waiting.size() < config.waiting()) {
            await(connections, taker);
        } else {
            taker.accept(new Lease.Unavailable(Failure.POOL_EXHAUSTED));
        }
    }

    /**
     * Makes sure that an origin can be reached, and proves who it is; the connection stays.
     *
     * @param done told why not, or null; once, on the loop
     */
    public void verify(OriginAddress address, Consumer<@Nullable Failure> done) {
        acquire(
                address,
                false,
                false,
                false,
                lease -> {
                    switch (lease) {
                        case Lease.Ready(var connection) -> {
                            connection.putBack();
                            done.accept(null);
                        }
                        case Lease.Unavailable(var failure) -> done.accept(failure);
                    }
                });
    }

    private boolean isFull(Connections connections) {
        return connections.open.size() + connections.shared.size() + connections.opening
                >= config.connectionsPerOrigin();
    }

    /** Whether a connection is on its way that all who want one may share. */
    private boolean mayShareSoon(Connections connections) {
        return connections.opening > 0 && mayBeHttp2(connections.destination);
    }

    private boolean mayBeHttp2(Destination destination) {
        if (destination.http1()) {
            return false;
        }
        return destination.address().knownHttp2()
                || (destination.address().secure()
                        && connector.offersHttp2()
                        && speakHttp2.getOrDefault(destination, true));
    }

    private void remember(Destination destination, boolean http2) {
        speakHttp2.put(destination, http2);
        if (speakHttp2.size() > MOST_REMEMBERED) {
            speakHttp2.remove(speakHttp2.keySet().iterator().next());
        }
    }

    private @Nullable Http1OriginConnection takeIdle(Connections connections) {
        // the latest used is the least likely to have been closed meanwhile
        Http1OriginConnection connection = connections.idle.pollLast();
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
                !mayBeHttp2(destination),
                outcome -> {
                    connections.opening--;
                    switch (outcome) {
                        case Connector.Connection.Opened(var channel) ->
                                opened(connections, channel, taker);
                        case Connector.Connection.Failed(var failure) -> {
                            serveNext(connections);
                            dropIfUnused(connections);
                            taker.accept(new Lease.Unavailable(failure));
                        }
                    }
                });
    }

    private void opened(Connections connections, Channel channel, Consumer<Lease> taker) {
        Destination destination = connections.destination;
        boolean http2 =
                (destination.address().knownHttp2() && !destination.http1())
                        || Connector.agreedOnHttp2(channel);
        if (destination.address().secure() && !destination.http1()) {
            remember(destination, http2);
        }
        if (http2) {
            share(connections, channel, taker);
        } else {
            Http1OriginConnection connection =
                    new Http1OriginConnection(
                            channel, this, destination.address(), limits, timeouts);
            connections.open.add(connection);
            owners.put(connection, connections);
            taker.accept(new Lease.Ready(connection));
            // those who hoped to share it
            for (int i = connections.waiting.size(); i > 0; i--) {
                serveNext(connections);
            }
        }
    }

    private void share(Connections connections, Channel channel, Consumer<Lease> taker) {
        Http2OriginConnection shared =
                new Http2OriginConnection(
                        channel, this, connections.destination.address(), limits, timeouts);
        connections.shared.add(shared);
        sharedOwners.put(shared, connections);
        shared.install();
        taker.accept(
                shared.hasRoom()
                        ? new Lease.Ready(shared.open())
                        : new Lease.Unavailable(Failure.ORIGIN_CLOSED));
        roomAt(shared);
        if (retired) {
            shared.retire();
        }
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

    /** A shared connection takes more exchanges than before. */
    void roomAt(Http2OriginConnection shared) {
        Connections connections = sharedOwners.get(shared);
        if (connections == null) {
            return;
        }
        while (!connections.waiting.isEmpty() && shared.hasRoom()) {
            Waiter waiter = connections.waiting.remove();
            waiter.served();
            waiter.taker.accept(new Lease.Ready(shared.open()));
        }
        if (!connections.waiting.isEmpty() && connections.opening == 0) {
            serveNext(connections);
        }
    }

    /** A shared connection that takes no more exchanges. */
    void forget(Http2OriginConnection shared) {
        Connections connections = sharedOwners.remove(shared);
        if (connections != null) {
            connections.shared.remove(shared);
            serveNext(connections);
            dropIfUnused(connections);
        }
    }

    /** The far end of a shared connection wants HTTP/1.1 (RFC 9113 section 7). */
    void fallBack(Http2OriginConnection shared) {
        Connections connections = sharedOwners.get(shared);
        if (connections != null) {
            remember(connections.destination, false);
            forget(shared);
        }
    }

    /** A connection whose exchange is over, and which can carry another. */
    void release(Http1OriginConnection connection) {
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

    private void handOver(Http1OriginConnection connection, Waiter waiter) {
        Connections connections = owners.get(connection);
        if (connection.open() && connections != null) {
            waiter.taker.accept(new Lease.Ready(connection));
        } else {
            waiter.taker.accept(new Lease.Unavailable(Failure.ORIGIN_CLOSED));
        }
    }

    /** A connection that is closed, or no longer ours. */
    void forget(Http1OriginConnection connection) {
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

    private static void stopIdleTimer(Connections connections, Http1OriginConnection connection) {
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
            for (Http1OriginConnection connection : List.copyOf(connections.idle)) {
                connection.close();
            }
        }
        for (Http2OriginConnection shared : List.copyOf(sharedOwners.keySet())) {
            shared.retire();
        }
    }

    /** Closes what is idle, and what is in use. */
    public void close() {
        for (Http1OriginConnection connection : Set.copyOf(owners.keySet())) {
            connection.close();
        }
        for (Http2OriginConnection shared : Set.copyOf(sharedOwners.keySet())) {
            shared.close();
        }
    }
}
