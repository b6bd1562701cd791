package dev.vellum.proxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ThinLinkTest {

    private static final long SEED = 11;

    @Test
    void everyByteArrivesNoSoonerThanTheLineAllows() throws Exception {
        byte[] content = new byte[50_000];
        new Random(SEED).nextBytes(content);
        Duration delay = Duration.ofMillis(20);
        try (ServerSocket origin = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                ThinLink link = open(origin, 4_000_000, delay);
                Socket near = connect(link)) {
            long start = System.nanoTime();
            Thread serving = Thread.ofVirtual().start(() -> answer(origin, content));
            near.getOutputStream().write(new byte[4]);
            near.shutdownOutput();

            byte[] got = near.getInputStream().readAllBytes();

            Duration took = Duration.ofNanos(System.nanoTime() - start);
            serving.join();
            assertThat(Arrays.equals(got, content)).isTrue();
            assertThat(link.bytesUp()).isEqualTo(4);
            assertThat(link.bytesDown()).isEqualTo(content.length);
            // 400,000 bits, and a delay each way
            assertThat(took).isGreaterThan(Duration.ofMillis(100 + 2 * 20));
        }
    }

    @Test
    void twoConnectionsShareTheLine() throws Exception {
        byte[] content = new byte[25_000];
        try (ServerSocket origin = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                ThinLink link = open(origin, 4_000_000, Duration.ZERO);
                Socket first = connect(link);
                Socket second = connect(link)) {
            long start = System.nanoTime();
            Thread serving = Thread.ofVirtual().start(() -> answer(origin, content));
            Thread servingToo = Thread.ofVirtual().start(() -> answer(origin, content));
            Thread reading = Thread.ofVirtual().start(() -> read(first));
            read(second);
            reading.join();
            serving.join();
            servingToo.join();

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isGreaterThan(Duration.ofMillis(100));
            assertThat(link.bytesDown()).isEqualTo(2L * content.length);
        }
    }

    @Test
    void closingItEndsEveryConnection() throws Exception {
        try (ServerSocket origin = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            ThinLink link = open(origin, 4_000_000, Duration.ZERO);
            try (Socket near = connect(link);
                    Socket far = origin.accept()) {
                link.close();

                assertThat(ends(near)).isTrue();
                assertThat(ends(far)).isTrue();
            }
        }
    }

    private static ThinLink open(ServerSocket origin, long bits, Duration delay)
            throws IOException {
        return ThinLink.open((InetSocketAddress) origin.getLocalSocketAddress(), bits, delay);
    }

    private static Socket connect(ThinLink link) throws IOException {
        return new Socket(link.address().getAddress(), link.address().getPort());
    }

    private static void answer(ServerSocket origin, byte[] content) {
        try (Socket socket = origin.accept()) {
            socket.getOutputStream().write(content);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void read(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            socket.shutdownOutput();
            in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean ends(Socket socket) {
        try {
            socket.setSoTimeout(60_000);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
