package dev.vellum.proxy;

import static dev.vellum.proxy.SampleModel.BROWSER;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.store.MemoryConfig;
import dev.vellum.proxy.units.ByteSize;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many pictures through a forward proxy and a client, each asked for cold and again when its
 * latents are made. The long form, {@code -Dvellum.client.pictures=50000}, prints as it goes what
 * memory is taken by whom, and holds the second half of the run to the level of the first; with
 * {@code JAVA_TOOL_OPTIONS="-Xms512m -Xmx512m -XX:+AlwaysPreTouch"}, since a heap that grows to
 * what it may take is no leak.
 */
class ClientSoakIT {

    private static final int PICTURES = Integer.getInteger("vellum.client.pictures", 80);

    /** How many pictures later one is asked for again. */
    private static final int LATER = 20;

    private static final int STEP = Math.max(1, PICTURES / 20);
    private static final MemoryConfig MEMORY =
            new MemoryConfig(
                    ByteSize.ofMib(16),
                    ByteSize.ofMib(4),
                    ByteSize.ofMib(16),
                    ByteSize.ofMib(16),
                    ByteSize.ofMib(1));

    /** A painted picture with a comment of its own. */
    private static String picture(List<byte[]> painted, int number) {
        byte[] jpeg = painted.get(number % painted.size());
        String file = new String(jpeg, StandardCharsets.ISO_8859_1);
        String comment = "%08d".formatted(number);
        return file.substring(0, 2) + "\u00ff\u00fe\0\n" + comment + file.substring(2);
    }

    @Test
    @Timeout(14_400)
    void memoryStaysLevelHoweverManyPicturesPass() throws Exception {
        List<byte[]> painted = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            painted.add(SamplePictures.photograph(i, 160, 120));
        }
        List<Long> levels = new ArrayList<>();
        AtomicInteger pixels = new AtomicInteger();
        HttpServer origin = origin(painted);
        // nothing here remembers requests, as tests' origins and journals do elsewhere
        try (Proxy parent = Proxy.start(small(SampleModel.parent()).config());
                Proxy client = Proxy.start(small(SampleModel.client(parent.port())).config())) {
            for (int i = 0; i < PICTURES; i++) {
                ask(client, origin, i, painted, pixels);
                if (i >= LATER) {
                    ask(client, origin, i - LATER, painted, pixels);
                }
                if (i % STEP == STEP - 1) {
                    levels.add(residentKib());
                    System.out.printf(
                            "%d pictures, %d as pixels: resident %d KiB, heap %d KiB, bodies %d + %d KiB,"
                                    + " pictures under way %d KiB%n",
                            i + 1,
                            pixels.get(),
                            levels.getLast(),
                            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                                    >> 10,
                            parent.bodyBytes() >> 10,
                            client.bodyBytes() >> 10,
                            parent.pictureBytes() >> 10);
                }
                assertThat(client.bodyBytes()).isLessThan(ByteSize.ofMib(128).bytes());
                assertThat(parent.bodyBytes()).isLessThan(ByteSize.ofMib(64).bytes());
            }
            while (pixels.get() == 0) { // the test has a timeout
                ask(client, origin, PICTURES - 1, painted, pixels);
                Thread.sleep(50);
            }
        } finally {
            origin.stop(0);
        }
        if (PICTURES >= 5000) {
            long half = levels.subList(5, 10).stream().mapToLong(Long::longValue).max().orElse(0);
            long last = levels.subList(15, 20).stream().mapToLong(Long::longValue).max().orElse(0);
            assertThat(last).isLessThan(half * 11 / 10);
        }
    }

    private static HttpServer origin(List<byte[]> painted) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpServer server = HttpServer.create(any, 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        int number =
                                Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
                        byte[] file =
                                picture(painted, number).getBytes(StandardCharsets.ISO_8859_1);
                        exchange.getResponseHeaders().set("Content-Type", "image/jpeg");
                        exchange.getResponseHeaders().set("Cache-Control", "max-age=600");
                        exchange.sendResponseHeaders(200, file.length);
                        exchange.getResponseBody().write(file);
                    }
                });
        server.start();
        return server;
    }

    private static ProxyRunner small(ProxyRunner runner) {
        runner.memory = MEMORY;
        runner.timeouts = Timeouts.DEFAULT;
        CodecConfig usual = runner.codec;
        runner.codec =
                new CodecConfig(
                        true,
                        usual.models(),
                        usual.pins(),
                        usual.effort(),
                        usual.qualities(),
                        1,
                        usual.hold(),
                        ByteSize.ofMib(8));
        return runner;
    }

    private static void ask(
            Proxy client, HttpServer origin, int number, List<byte[]> painted, AtomicInteger pixels)
            throws IOException {
        String authority = "127.0.0.1:" + origin.getAddress().getPort();
        String url = "http://" + authority + "/" + number;
        String host = "Host: " + authority + "\r\n";
        Response response = RawClient.get(client.port(), url, host + BROWSER);
        assertThat(response.status()).isEqualTo(200);
        if (response.field("Content-Type").equals("image/bmp")) {
            assertThat(response.body()).startsWith("BM").hasSize(54 + 480 * 120);
            pixels.incrementAndGet();
        } else {
            assertThat(response.body()).isEqualTo(picture(painted, number));
        }
    }

    private static long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                .findFirst()
                .orElse(0);
    }
}
