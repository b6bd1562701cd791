package dev.vellum.proxy.admin;

import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.net.Transport;
import dev.vellum.proxy.pregenerate.Pregenerator;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Listens for operators, on a loop of its own so that busy clients do not keep health waiting. */
public final class AdminServer implements AutoCloseable {

    private static final int TIMEOUT_SECONDS = 30;

    private final EventLoopGroup loop;
    private final Channel listener;

    /**
     * Opens the port.
     *
     * @param ready whether requests of clients are welcome
     * @param purger does what is asked of {@code POST /purge}
     * @param pregenerator does what is asked of {@code POST /pregenerate}
     * @param setup what users of the proxy are told
     * @throws IOException if the port cannot be opened, or the token's file not read or made
     */
    public AdminServer(
            AdminConfig config,
            Transport transport,
            Metrics metrics,
            BooleanSupplier ready,
            Purger purger,
            Pregenerator pregenerator,
            SetupPages setup)
            throws IOException {
        AdminPages pages =
                new AdminPages(
                        config.names(),
                        AdminToken.of(config.tokenFile()),
                        metrics,
                        ready,
                        new PurgePage(purger),
                        new PregeneratePage(pregenerator),
                        setup);
        loop = transport.loops("vellum-admin", 1);
        var bound =
                new ServerBootstrap()
                        .group(loop)
                        .channel(transport.server())
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(new ReadTimeoutHandler(TIMEOUT_SECONDS));
                                        new AdminConnection(pages).install(channel, Limits.DEFAULT);
                                    }
                                })
                        .bind(config.host(), config.port())
                        .awaitUninterruptibly();
        listener = bound.channel();
        if (!bound.isSuccess()) {
            close();
            throw new IOException(
                    "admin: %s:%d (expected: a free port of this machine)"
                            .formatted(config.host(), config.port()),
                    bound.cause());
        }
    }

    /** The port that is open. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
