package dev.vellum.proxy.store.shared;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Two connections to a server or cluster: one for commands, one that waits for news. A link that
 * broke does not mend itself: another one takes its place, when all that was missed is known.
 */
final class RedisLink implements AutoCloseable {

    /** What connecting, and a command that nobody's request waits for, may take. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Commands without an answer yet; those beyond fail at once. */
    private static final int QUEUE = 1024;

    private static final RedisCodec<String, byte[]> CODEC =
            RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    private final StatefulConnection<String, byte[]> connection;
    private final StatefulConnection<String, byte[]> waiting;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private RedisLink(
            StatefulConnection<String, byte[]> connection,
            StatefulConnection<String, byte[]> waiting) {
        this.connection = connection;
        this.waiting = waiting;
    }

    /** Makes links to what a configuration names. */
    interface Maker extends AutoCloseable {

        /**
         * A new link.
         *
         * @throws io.lettuce.core.RedisException if nobody answers
         */
        RedisLink connect();

        @Override
        void close();
    }

    /** A maker of links; it connects to nobody yet. */
    static Maker maker(SharedConfig config, ClientResources resources) {
        List<RedisURI> servers =
                config.servers().stream().map(server -> address(config, server)).toList();
        SocketOptions socket = SocketOptions.builder().connectTimeout(PATIENCE).build();
        if (config.cluster()) {
            RedisClusterClient client = RedisClusterClient.create(resources, servers);
            client.setOptions(
                    ClusterClientOptions.builder()
                            .socketOptions(socket)
                            .requestQueueSize(QUEUE)
                            .build());
            return maker(client, () -> client.connect(CODEC));
        }
        RedisClient client = RedisClient.create(resources, servers.getFirst());
        client.setOptions(
                ClientOptions.builder()
                        .socketOptions(socket)
                        .requestQueueSize(QUEUE)
                        .autoReconnect(false)
                        .build());
        return maker(client, () -> client.connect(CODEC));
    }

    private static Maker maker(
            AbstractRedisClient client, Supplier<StatefulConnection<String, byte[]>> connecting) {
        return new Maker() {
            @Override
            public RedisLink connect() {
                StatefulConnection<String, byte[]> first = connecting.get();
                try {
                    return new RedisLink(first, connecting.get());
                } catch (RedisException unreachable) {
                    end(first);
                    throw unreachable;
                }
            }

            @Override
            public void close() {
                client.shutdown(0, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        };
    }

    private static RedisURI address(SharedConfig config, URI server) {
        RedisURI.Builder address =
                RedisURI.builder()
                        .withHost(server.getHost())
                        .withPort(server.getPort() < 0 ? 6379 : server.getPort())
                        .withSsl(server.getScheme().equals("rediss"))
                        .withTimeout(PATIENCE);
        config.passwordFile()
                .ifPresent(file ->
                        address.withAuthentication(
                                RedisCredentialsProvider.from(() -> credentials(config, file))));
        return address.build();
    }

    private static RedisCredentials credentials(SharedConfig config, Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return RedisCredentials.just(
                    config.user().isEmpty() ? null : config.user(), lines.findFirst().orElse(""));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(
                    "shared.password-file: " + file + " (expected: readable)", unreadable);
        }
    }

    boolean isOpen() {
        return open.get();
    }

    /** For commands that are answered at once. */
    RedisClusterAsyncCommands<String, byte[]> commands() {
        return commands(connection);
    }

    /** For commands that wait. */
    RedisClusterAsyncCommands<String, byte[]> waitingCommands() {
        return commands(waiting);
    }

    private static RedisClusterAsyncCommands<String, byte[]> commands(
            StatefulConnection<String, byte[]> connection) {
        return switch (connection) {
            case StatefulRedisClusterConnection<String, byte[]> cluster -> cluster.async();
            case StatefulRedisConnection<String, byte[]> single -> single.async();
            default -> throw new IllegalStateException("connection: " + connection.getClass());
        };
    }

    /** Waits for an answer, but not for ever. */
    static <T> T await(CompletionStage<T> answer) throws IOException, InterruptedException {
        return await(answer, PATIENCE);
    }

    static <T> T await(CompletionStage<T> answer, Duration patience)
            throws IOException, InterruptedException {
        try {
            return answer.toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException none) {
            throw new IOException("no answer: " + none, none);
        }
    }

    /** Makes it useless, at once. */
    @Override
    public void close() {
        if (open.getAndSet(false)) {
            end(connection);
            end(waiting);
        }
    }

    private static void end(StatefulConnection<String, byte[]> one) {
        if (one.isOpen()) {
            CompletableFuture<Void> _ = one.closeAsync();
        }
    }
}
