package dev.vellum.proxy;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@code redis-server} (Debian's package of that name) on loopback, which a test may stop and
 * start.
 */
final class RedisServer implements AutoCloseable {

    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 16));

    private final Path directory;
    private final int port;
    private final List<String> options;
    private @Nullable Process process;

    /**
     * Starts it and waits until it answers. It keeps what it has in {@code directory}.
     *
     * @param options of the command line
     */
    RedisServer(Path directory, String... options) throws IOException, InterruptedException {
        this.directory = directory;
        this.options = List.of(options);
        this.port = freePort();
        start();
    }

    /**
     * A free port below those that the system gives to clients, which might take it while the
     * server is stopped; plus 10000, where members of a cluster meet, it is still below them.
     */
    private static int freePort() {
        while (true) {
            int port = 11_000 + (NEXT.getAndIncrement() & 0x1fff);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException taken) {
                // then another
            }
        }
    }

    void start() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of("redis-server", "--bind", "127.0.0.1", "--port", Integer.toString(port)));
        command.addAll(List.of("--dir", directory.toString(), "--save", "", "--appendonly", "yes"));
        command.addAll(options);
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        for (int i = 0; !answers(); i++) {
            if (i == 600 || !process.isAlive()) {
                throw new IllegalStateException(
                        "redis-server does not answer (expected: Debian's package redis-server)");
            }
            Thread.sleep(50);
        }
    }

    private boolean answers() {
        try {
            return ask(commands -> commands.ping()).equals("PONG");
        } catch (RedisException notYet) {
            return false;
        }
    }

    URI address() {
        return URI.create("redis://127.0.0.1:" + port);
    }

    int port() {
        return port;
    }

    /** What the server says to commands. */
    <T> T ask(Function<RedisCommands<String, byte[]>, T> question) {
        RedisURI uri = RedisURI.create("127.0.0.1", port);
        uri.setTimeout(Duration.ofSeconds(20));
        try (RedisClient client = RedisClient.create(uri)) {
            client.setOptions(ClientOptions.builder().autoReconnect(false).build());
            try (StatefulRedisConnection<String, byte[]> connection =
                    client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE))) {
                return question.apply(connection.sync());
            }
        }
    }

    /** Ends it, as a crash of its machine would. */
    void stop() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** Sends a signal such as {@code STOP}. */
    void signal(String name) throws IOException, InterruptedException {
        Process running = process;
        if (running != null) {
            new ProcessBuilder("kill", "-" + name, Long.toString(running.pid())).start().waitFor();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
