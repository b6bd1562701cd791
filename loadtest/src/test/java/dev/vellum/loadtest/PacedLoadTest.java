package dev.vellum.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PacedLoadTest {

    @Test
    void aPauseOfTheServerCountsForEveryRequestThatFallsIntoIt() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(listener));
            InetSocketAddress address =
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), listener.getLocalPort());
            try (PacedLoad load = new PacedLoad(address, "/x", 1)) {
                PacedLoad.Result seen = load.run(100, Duration.ofSeconds(2));

                assertThat(seen.micros().getTotalCount()).isEqualTo(200);
                assertThat(seen.failed()).isZero();
                // one request waits a second, and of those behind it each a hundredth less
                assertThat(seen.micros().getMaxValue()).isGreaterThan(900_000);
                assertThat(seen.micros().getValueAtPercentile(75)).isGreaterThan(400_000);
            }
        }
    }

    /** Answers at once, but once a second late. */
    private static void serve(ServerSocket listener) {
        try (Socket socket = listener.accept();
                Wire wire = new Wire(socket)) {
            int count = 0;
            while (wire.head() != null) {
                if (++count == 20) {
                    Thread.sleep(1000);
                }
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
            }
        } catch (IOException | InterruptedException ended) {
            // with the test
        }
    }
}
