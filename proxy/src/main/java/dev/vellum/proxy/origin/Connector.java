package dev.vellum.proxy.origin;

import dev.vellum.proxy.access.Destinations;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.net.Channels;
import dev.vellum.proxy.net.Transport;
import dev.vellum.proxy.tls.OriginTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections: resolves, asks {@link Destinations} about every address found, and races those
 * allowed (RFC 8305). What is connected to is the very address that was asked about.
 */
public final class Connector {

    private final Transport transport;
    private final Resolver resolver;
    private final Destinations destinations;
    private final OriginTls tls;
    private final Duration timeout;

    /** What came of an attempt to connect. */
    public sealed interface Connection {
        /** Open and, where the address says so, verified by TLS. */
        record Opened(Channel channel) implements Connection {}

        record Failed(Failure failure) implements Connection {}
    }

    /**
     * @param timeout for everything together: resolution, all addresses, TLS
     */
    public Connector(
            Transport transport,
            Resolver resolver,
            Destinations destinations,
            OriginTls tls,
            Duration timeout) {
        this.transport = transport;
        this.resolver = resolver;
        this.destinations = destinations;
        this.tls = tls;
        this.timeout = timeout;
    }

    /**
     * Connects to {@code address}.
     *
     * @param loop of the connection, and where {@code done} is called, once
     * @param configured whether the configuration names the address, which exempts it from all
     *     rules but the one against loops
     */
    public void connect(
            EventLoop loop, OriginAddress address, boolean configured, Consumer<Connection> done) {
        connect(loop, address, configured, true, done);
    }

    /**
     * As {@link #connect(EventLoop, OriginAddress, boolean, Consumer)}.
     *
     * @param http1 whether only HTTP/1.1 may be agreed upon by TLS
     */
    void connect(
            EventLoop loop,
            OriginAddress address,
            boolean configured,
            boolean http1,
            Consumer<Connection> done) {
        ConnectionRace race =
                new ConnectionRace(
                        bootstrap(loop),
                        loop,
                        timeout,
                        outcome -> {
                            if (outcome instanceof Connection.Opened(var channel)
                                    && address.secure()) {
                                secure(channel, address, configured, http1, done);
                            } else {
                                done.accept(outcome);
                            }
                        });
        resolver.resolve(address.host())
                .whenComplete((found, trouble) ->
                        onLoop(loop, () -> resolved(race, address, configured, found, trouble)));
    }

    private void resolved(
            ConnectionRace race,
            OriginAddress address,
            boolean configured,
            @Nullable List<InetAddress> found,
            @Nullable Throwable trouble) {
        if (found == null || found.isEmpty()) {
            race.lose(dnsFailure(trouble));
            return;
        }
        List<InetSocketAddress> allowed = new ArrayList<>(found.size());
        Failure refusal = Failure.DESTINATION_NOT_ALLOWED;
        for (InetAddress candidate : found) {
            InetSocketAddress target = new InetSocketAddress(candidate, address.port());
            Destinations.Verdict verdict =
                    configured ? destinations.checkConfigured(target) : destinations.check(target);
            if (verdict == Destinations.Verdict.ALLOWED) {
                allowed.add(target);
            } else if (verdict == Destinations.Verdict.OURSELVES) {
                refusal = Failure.LOOP;
            }
        }
        if (allowed.isEmpty()) {
            race.lose(refusal);
        } else {
            race.start(interleave(allowed));
        }
    }

    private static Failure dnsFailure(@Nullable Throwable trouble) {
        Throwable cause =
                trouble instanceof CompletionException wrapped ? wrapped.getCause() : trouble;
        return cause instanceof TimeoutException
                ? Failure.ORIGIN_NAME_TIMEOUT
                : Failure.ORIGIN_NAME_UNKNOWN;
    }

    /**
     * Alternates address families, version 6 first, and keeps the resolver's order within each (RFC
     * 8305 section 4).
     */
    static List<InetSocketAddress> interleave(List<InetSocketAddress> addresses) {
        List<InetSocketAddress> six =
                addresses.stream().filter(a -> a.getAddress().getAddress().length == 16).toList();
        List<InetSocketAddress> four =
                addresses.stream().filter(a -> a.getAddress().getAddress().length == 4).toList();
        List<InetSocketAddress> order = new ArrayList<>(addresses.size());
        for (int i = 0; i < Math.max(six.size(), four.size()); i++) {
            if (i < six.size()) {
                order.add(six.get(i));
            }
            if (i < four.size()) {
                order.add(four.get(i));
            }
        }
        return order;
    }

    private void secure(
            Channel channel,
            OriginAddress address,
            boolean configured,
            boolean http1,
            Consumer<Connection> done) {
        SslHandler handler =
                tls.handler(channel.alloc(), address.host(), address.port(), configured, http1);
        handler.setHandshakeTimeoutMillis(timeout.toMillis());
        handler.handshakeFuture()
                .addListener(handshake -> {
                    if (handshake.isSuccess()) {
                        done.accept(new Connection.Opened(channel));
                    } else {
                        Channels.close(channel);
                        done.accept(new Connection.Failed(tlsFailure(handshake.cause())));
                    }
                });
        channel.pipeline().addLast("tls", handler).addLast("quiet", new Nothing());
    }

    /** Whether HTTP/2 was agreed upon. */
    static boolean agreedOnHttp2(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        return handler != null
                && ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol());
    }

    /** Whether HTTP/2 can be agreed upon at all. */
    boolean offersHttp2() {
        return tls.offersHttp2();
    }

    private static Failure tlsFailure(Throwable trouble) {
        for (Throwable at = trouble; at != null; at = at.getCause()) {
            if (at instanceof CertificateException) {
                return Failure.ORIGIN_CERTIFICATE;
            }
        }
        return Failure.ORIGIN_TLS;
    }

    private Bootstrap bootstrap(EventLoop loop) {
        return new Bootstrap()
                .group(loop)
                .channel(transport.client())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new Nothing());
    }

    /** Handlers are added once the race is won; until then whoever waits is told of failures. */
    @ChannelHandler.Sharable
    private static final class Nothing extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (context.pipeline().last().equals(this)) {
                Channels.close(context.channel());
            } else {
                context.fireExceptionCaught(cause);
            }
        }
    }

    private static void onLoop(EventLoop loop, Runnable action) {
        if (loop.inEventLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }
}
