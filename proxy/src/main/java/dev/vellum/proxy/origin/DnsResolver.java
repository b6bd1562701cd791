package dev.vellum.proxy.origin;

import dev.vellum.proxy.net.Transport;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * Asks the name servers that the system is configured with, after its hosts file; answers are kept
 * for as long as their time to live allows, at most {@link #LONGEST}.
 */
public final class DnsResolver implements Resolver, AutoCloseable {

    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration QUERY = Duration.ofSeconds(3);

    private final DnsNameResolver resolver;

    /** A resolver whose queries run on {@code loop}. */
    public DnsResolver(Transport transport, EventLoop loop) {
        resolver =
                new DnsNameResolverBuilder(loop)
                        .datagramChannelFactory(
                                new io.netty.channel.ReflectiveChannelFactory<>(
                                        transport.datagram()))
                        .ttl(0, (int) LONGEST.toSeconds())
                        .negativeTtl(1)
                        .queryTimeoutMillis(QUERY.toMillis())
                        .build();
    }

    @Override
    public CompletionStage<List<InetAddress>> resolve(String host) {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        resolver.resolveAll(host)
                .addListener((io.netty.util.concurrent.Future<List<InetAddress>> future) -> {
                    if (future.isSuccess()) {
                        answer.complete(future.getNow());
                    } else {
                        answer.completeExceptionally(reason(future.cause()));
                    }
                });
        return answer;
    }

    private static Throwable reason(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof DnsNameResolverTimeoutException) {
                TimeoutException timeout = new TimeoutException("no name server answered");
                timeout.initCause(cause);
                return timeout;
            }
        }
        return cause;
    }

    @Override
    public void close() {
        resolver.close();
    }
}
