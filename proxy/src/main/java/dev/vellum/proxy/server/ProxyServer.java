package dev.vellum.proxy.server;

import dev.vellum.proxy.exchange.Services;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.net.Channels;
import dev.vellum.proxy.net.Transport;
import dev.vellum.proxy.origin.OriginPool;
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
import java.util.List;
import java.util.Map;
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
    private final Set<ClientConnection> connections = ConcurrentHashMap.newKeySet();
    private final Channel listener;
    private volatile boolean draining;

    private record Work(Services services, Map<EventLoop, OriginPool> pools) {}

    /**
     * Opens the port; clients wait until {@link #serve}.
     *
     * @throws IOException if the port cannot be opened
     */
    public ProxyServer(Transport transport, EventLoopGroup loops, ListenConfig listen)
            throws IOException {
        this.transport = transport;
        this.loops = loops;
        this.listen = listen;
        this.listener = open();
    }

    /**
     * Begins to accept clients, or from now on serves requests by other services; those under way
     * end as they began.
     *
     * @param pools one for every loop
     */
    public void serve(Services services, Map<EventLoop, OriginPool> pools) {
        counts.limit(services.limits());
        work = new Work(services, Map.copyOf(pools));
        listener.config().setAutoRead(true);
    }

    private Channel open() throws IOException {
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
                        .childHandler(new ServerPipeline())
                        .bind(listen.host(), listen.port())
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "listen: %s:%d (expected: a free port of this machine)"
                            .formatted(listen.host(), listen.port()),
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

        @Override
        protected void initChannel(Channel channel) {
            InetAddress client = ((InetSocketAddress) channel.remoteAddress()).getAddress();
            if (draining || work == null) {
                Channels.close(channel);
                return;
            }
            if (!counts.connect(client)) {
                serving(channel.eventLoop())
                        .services()
                        .journal()
                        .refused(Failure.TOO_MANY_CONNECTIONS);
                Channels.close(channel);
                return;
            }
            ClientConnection connection =
                    new ClientConnection(channel, () -> serving(channel.eventLoop()), counts);
            connections.add(connection);
            Channels.onClose(
                    channel,
                    () -> {
                        connections.remove(connection);
                        counts.disconnect(client);
                    });
            connection.install();
        }
    }

    /** The port that is open. */
    public int port() {
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
        listener.close().syncUninterruptibly();
        // all are told before the first closes: no response begins that does not say it is the last
        List<Future<?>> told = new ArrayList<>();
        for (ClientConnection connection : connections) {
            told.add(connection.loop().submit(connection::drain));
        }
        for (Future<?> each : told) {
            each.sync();
        }
        for (ClientConnection connection : connections) {
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
        listener.close().syncUninterruptibly();
        for (ClientConnection connection : connections) {
            connection.loop().execute(connection::abort);
        }
    }
}
