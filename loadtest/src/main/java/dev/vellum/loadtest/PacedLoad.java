package dev.vellum.loadtest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * An open loop: requests begin at fixed times, whether or not earlier ones are done. One that finds
 * no idle connection waits for one, and its time runs from when it should have begun ("coordinated
 * omission", Tene 2013). One thread, which never sleeps: give it a core of its own.
 */
final class PacedLoad implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int HIGHEST = (int) TimeUnit.MINUTES.toMicros(2);

    private final Selector selector = Selector.open();
    private final List<PacedConnection> connections = new ArrayList<>();
    private final Deque<PacedConnection> idle = new ArrayDeque<>();

    /**
     * Opens the connections.
     *
     * @param count how many
     * @param path of a GET request
     */
    PacedLoad(InetSocketAddress server, String path, int count) throws IOException {
        byte[] request =
                "GET %s HTTP/1.1\r\nHost: %s:%d\r\n\r\n"
                        .formatted(path, server.getHostString(), server.getPort())
                        .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < count; i++) {
            PacedConnection connection =
                    new PacedConnection(server, ByteBuffer.wrap(request), selector);
            connections.add(connection);
            idle.add(connection);
        }
    }

    /**
     * What was seen.
     *
     * @param micros from when a request should have begun to the last byte of its response
     * @param failed responses that were not 200
     * @param seconds from the first request to the last byte
     */
    record Result(Histogram micros, long failed, double seconds) {}

    /**
     * Sends requests.
     *
     * @param rate requests a second
     * @throws IOException if the server closes a connection, or answers nothing for 30 seconds
     */
    Result run(double rate, Duration duration) throws IOException {
        Histogram micros = new Histogram(HIGHEST, 3);
        long failed = 0;
        long requests = Math.round(rate * duration.toNanos() / 1e9);
        double interval = 1e9 / rate;
        long start = System.nanoTime();
        long begun = 0;
        long done = 0;
        long heard = start;
        while (done < requests) {
            long now = System.nanoTime();
            while (begun < requests && !idle.isEmpty() && now - start >= begun * interval) {
                idle.removeFirst().send(start + Math.round(begun * interval));
                begun++;
            }
            selector.selectNow();
            for (SelectionKey key : selector.selectedKeys()) {
                PacedConnection connection = (PacedConnection) key.attachment();
                if (connection.receive()) {
                    heard = System.nanoTime();
                    long took = (heard - connection.due()) / 1000;
                    micros.recordValue(Math.min(took, HIGHEST));
                    failed += connection.failed() ? 1 : 0;
                    done++;
                    idle.addLast(connection);
                }
            }
            selector.selectedKeys().clear();
            if (now - heard > PATIENCE.toNanos() && begun > done) {
                throw new IOException(
                        "no answer for " + PATIENCE.toSeconds() + " s (expected: one)");
            }
            Thread.onSpinWait();
        }
        return new Result(micros, failed, (heard - start) / 1e9);
    }

    @Override
    public void close() throws IOException {
        for (PacedConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
