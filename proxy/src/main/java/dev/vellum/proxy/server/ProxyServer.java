package dev.vellum.proxy.server;

import dev.vellum.proxy.access.Network;
import dev.vellum.proxy.exchange.Services;
import dev.vellum.proxy.net.Channels;
import dev.vellum.proxy.net.Transport;
import dev.vellum.proxy.origin.OriginPool;
import dev.vellum.proxy.tls.ServerCertificates;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Listens for clients. */
public final class ProxyServer {

    /** Bytes given to a connection before it is asked to wait, and where it may go on. */
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(64 * 1024, 128 * 1024);

    private static final int BACKLOG = 4096;

    private final Transport transport;
    private final EventLoopGroup loops;
    private final ListenConfig listen;
    private final ClientCounts counts = new ClientCounts();
    private volatile @Nullable Work work;
    private final Set<Served> connections = ConcurrentHashMap.newKeySet();
    private final List<Channel> listeners = new ArrayList<>();
    private volatile boolean draining;

    private record Work(
            Services services,
            Map<EventLoop, OriginPool> pools,
            Optional<ServerCertificates> certificates,
            List<Network> proxyProtocol) {}

    /**
     * Opens the port; clients wait until {@link #serve}.
     *
     * @throws IOException if a port cannot be opened
     */
    public ProxyServer(Transport transport, EventLoopGroup loops, ListenConfig listen)
            throws IOException {
        this.transport = transport;
        this.loops = loops;
        this.listen = listen;
        try {
            listeners.add(open(listen.port(), false));
            if (listen.tls().isPresent()) {
                listeners.add(open(listen.tls().get().port(), true));
            }
        } catch (IOException refused) {
            listeners.forEach(listener -> listener.close().syncUninterruptibly());
            throw refused;
        }
    }

    /**
     * Begins to accept clients, or from now on serves requests by other services; those under way
     * end as they began.
     *
     * @param pools one for every loop
     * @param certificates for connections that begin from now on, if there is a port for TLS
     * @param proxyProtocol whose connections begin with a PROXY header
     */
    public void serve(
            Services services,
            Map<EventLoop, OriginPool> pools,
            Optional<ServerCertificates> certificates,
            List<Network> proxyProtocol) {
        counts.limit(services.limits());
        work = new Work(services, Map.copyOf(pools), certificates, proxyProtocol);
        listeners.forEach(listener -> listener.config().setAutoRead(true));
    }

    private Channel open(int port, boolean secured) throws IOException {
        var bound =
                new ServerBootstrap()
                        .group(loops)
                        .channel(transport.server())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(ChannelOption.AUTO_READ, false)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                        .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, new MessageSizes())
                        .childHandler(new ServerPipeline(secured))
                        .bind(listen.host(), port)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "listen: %s:%d (expected: a free port of this machine)"
                            .formatted(listen.host(), port),
                    bound.cause());
        }
        return bound.channel();
    }

    private Serving serving(EventLoop loop) {
        Work at = work;
        OriginPool pool = at == null ? null : at.pools().get(loop);
        if (at == null || pool == null) {
            throw new IllegalStateException("loop: unknown (expected: one with a pool)");
        }
        return new Serving(at.services(), pool);
    }

    private final class ServerPipeline extends ChannelInitializer<Channel> {

        private final boolean secured;

        ServerPipeline(boolean secured) {
            this.secured = secured;
        }

        @Override
        protected void initChannel(Channel channel) {
            Work at = work;
            if (draining || at == null) {
                Channels.close(channel);
                return;
            }
            InetAddress peer = ((InetSocketAddress) channel.remoteAddress()).getAddress();
            NewConnection connection =
                    new NewConnection(channel, () -> serving(channel.eventLoop()), counts);
            connections.add(connection);
            Channels.onClose(channel, () -> connections.remove(connection));
            connection.install(
                    at.proxyProtocol().stream().anyMatch(network -> network.contains(peer)),
                    secured ? at.certificates() : Optional.empty());
        }
    }

    /** The port without TLS. */
    public int port() {
        return port(listeners.getFirst());
    }

    /** The port with TLS; -1 if there is none. */
    public int tlsPort() {
        return listeners.size() == 1 ? -1 : port(listeners.getLast());
    }

    /** Every port that is open. */
    public Collection<Integer> ports() {
        return listeners.stream().map(ProxyServer::port).toList();
    }

    private static int port(Channel listener) {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Connections open now. */
    public int connections() {
        return connections.size();
    }

    /**
     * Takes no more connections, and lets those there are end with the response under way.
     *
     * @param patience how long to wait for that
     * @return whether all have ended
     */
    public boolean drain(Duration patience) throws InterruptedException {
        draining = true;
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        // all are told before the first closes: no response begins that does not say it is the last
        List<Future<?>> told = new ArrayList<>();
        for (Served connection : connections) {
            told.add(connection.loop().submit(connection::drain));
        }
        for (Future<?> each : told) {
            each.sync();
        }
        for (Served connection : connections) {
            connection.loop().execute(connection::closeIfIdle);
        }
        long deadline = System.nanoTime() + patience.toNanos();
        while (!connections.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        return connections.isEmpty();
    }

    /** Closes the port and every connection. */
    public void close() {
        draining = true;
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        for (Served connection : connections) {
            connection.loop().execute(connection::abort);
        }
    }
}
