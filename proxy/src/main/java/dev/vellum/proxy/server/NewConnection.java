package dev.vellum.proxy.server;

import dev.vellum.proxy.exchange.Services;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.net.Channels;
import dev.vellum.proxy.tls.ServerCertificates;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.Mapping;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection from when it is accepted until it is known who it is from and what it speaks, and
 * then what serves it.
 */
final class NewConnection implements Served {

    private final Channel channel;
    private final Supplier<Serving> serving;
    private final ClientCounts counts;
    private @Nullable Served served;
    private boolean draining;

    NewConnection(Channel channel, Supplier<Serving> serving, ClientCounts counts) {
        this.channel = channel;
        this.serving = serving;
        this.counts = counts;
    }

    private Services services() {
        return serving.get().services();
    }

    private Duration patience() {
        return services().timeouts().requestHeader();
    }

    /**
     * Puts into the channel's pipeline what comes first.
     *
     * @param proxied whether it begins with a PROXY header
     * @param certificates ours; none where TLS is not spoken
     */
    void install(boolean proxied, Optional<ServerCertificates> certificates) {
        InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
        if (!proxied) {
            admit(peer, certificates);
            return;
        }
        channel.pipeline()
                .addLast("proxied", new ProxyHeader(peer, client -> admit(client, certificates)));
        Channels.later(
                channel,
                patience(),
                () -> {
                    if (channel.pipeline().get(ProxyHeader.class) != null) {
                        Channels.close(channel);
                    }
                });
    }

    private void admit(InetSocketAddress client, Optional<ServerCertificates> certificates) {
        if (!counts.connect(client.getAddress())) {
            services().journal().refused(Failure.TOO_MANY_CONNECTIONS);
            Channels.close(channel);
            return;
        }
        Channels.onClose(channel, () -> counts.disconnect(client.getAddress()));
        if (certificates.isPresent()) {
            secure(channel, client, certificates.get()::find, null);
        } else {
            sniff(client);
        }
    }

    /** HTTP/2 without TLS is known by how it begins (RFC 9113 section 3.3). */
    private void sniff(InetSocketAddress client) {
        PrefaceSniffer sniffer =
                new PrefaceSniffer(http2 -> serve(channel, client, false, http2, null));
        channel.pipeline().addLast("sniffer", sniffer);
        // a client that says nothing for so long is waited for as on HTTP/1
        Channels.later(channel, patience(), sniffer::end);
    }

    private void secure(
            Channel transport,
            InetSocketAddress client,
            Mapping<String, SslContext> contexts,
            @Nullable Inside inside) {
        transport
                .pipeline()
                .addLast("sni", new SniHandler(contexts, 0, patience().toMillis()))
                .addLast("handshake", new Handshake(transport, client, inside));
    }

    /** Serves the inside of a tunnel that a client has asked for. */
    private void open(Channel tunnel, InetSocketAddress client, Inside inside) {
        if (tunnel.equals(channel)) {
            served = null;
        }
        secure(tunnel, client, inside.tunnel()::context, inside);
        tunnel.config().setAutoRead(true);
    }

    private void serve(
            Channel transport,
            InetSocketAddress client,
            boolean secure,
            boolean http2,
            @Nullable Inside inside) {
        Opener opener = (tunnel, opened) -> open(tunnel, client, opened);
        Served made;
        if (http2) {
            Http2ClientConnection connection =
                    new Http2ClientConnection(
                            transport, client, secure, inside, opener, serving, counts);
            transport.pipeline().addLast("http2", connection);
            made = connection;
        } else {
            ClientConnection connection =
                    new ClientConnection(
                            transport, client, secure, inside, opener, serving, counts);
            connection.install();
            made = connection;
        }
        if (transport.equals(channel)) {
            served = made;
        }
        if (draining) {
            made.drain();
        }
    }

    private final class Handshake extends ChannelInboundHandlerAdapter {

        private final Channel transport;
        private final InetSocketAddress client;
        private final @Nullable Inside inside;

        Handshake(Channel transport, InetSocketAddress client, @Nullable Inside inside) {
            this.transport = transport;
            this.client = client;
            this.inside = inside;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent completion) {
                if (completion.isSuccess()) {
                    serve(transport, client, true, speaksHttp2(context), inside);
                    context.pipeline().remove(this);
                } else {
                    if (inside != null) {
                        inside.tunnel().rejected();
                    }
                    Channels.close(transport);
                }
            }
            context.fireUserEventTriggered(event);
        }

        private static boolean speaksHttp2(ChannelHandlerContext context) {
            SslHandler tls = context.pipeline().get(SslHandler.class);
            return tls != null && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
        }

        /** A peer that speaks no TLS, or breaks off, is no news. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            Channels.close(transport);
        }
    }

    @Override
    public EventLoop loop() {
        return channel.eventLoop();
    }

    @Override
    public void drain() {
        draining = true;
        if (served != null) {
            served.drain();
        }
    }

    @Override
    public void closeIfIdle() {
        if (served == null) {
            Channels.close(channel);
        } else {
            served.closeIfIdle();
        }
    }

    @Override
    public void abort() {
        if (served == null) {
            Channels.close(channel);
        } else {
            served.abort();
        }
    }
}
