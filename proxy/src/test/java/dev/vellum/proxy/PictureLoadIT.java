package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.picture.Efforts;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.picture.TranscoderConfig;
import dev.vellum.proxy.store.MemoryConfig;
import dev.vellum.proxy.units.ByteSize;
import dev.vellum.proxy.variant.PictureConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * More pictures than can be made, and pictures made to do harm, through real sockets. The long
 * form, {@code -Dvellum.pictures=20000}, prints the resident memory as it goes.
 */
class PictureLoadIT {

    private static final String CHROME = "Accept: image/avif,image/webp,image/*,*/*;q=0.8\r\n";
    private static final String FRESH =
            "Content-Type: image/jpeg\r\nCache-Control: max-age=600\r\n";
    private static final ByteSize QUEUE = ByteSize.ofMib(16);
    private static final int PICTURES = Integer.getInteger("vellum.pictures", 300);

    private static ProxyRunner edge(ScriptedOrigin origin, ByteSize queue) {
        PictureConfig standard = PictureConfig.DEFAULT;
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.timeouts = Timeouts.DEFAULT; // nobody is late on a busy machine
        runner.pictures =
                new PictureConfig(
                        true,
                        standard.offer(),
                        standard.guard(),
                        new Efforts(1, 0, 4),
                        standard.limits(),
                        new TranscoderConfig(1, queue, 0.5));
        runner.memory =
                new MemoryConfig(
                        ByteSize.ofMib(16),
                        ByteSize.ofMib(4),
                        ByteSize.ofMib(16),
                        ByteSize.ofMib(16),
                        ByteSize.ofMib(1));
        return runner;
    }

    /** A picture for each path: some that were painted, each with a comment of its own. */
    private static String picture(List<byte[]> painted, String path) {
        int number = Integer.parseInt(path.substring(1));
        byte[] jpeg = painted.get(number % painted.size());
        String file = new String(jpeg, StandardCharsets.ISO_8859_1);
        String comment = "%08d".formatted(number);
        return file.substring(0, 2) + "\u00ff\u00fe\0\n" + comment + file.substring(2);
    }

    @Test
    @Timeout(7200)
    void whatCannotBeMadeInTimeGoesOutAsItCame() throws Exception {
        List<byte[]> painted = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            painted.add(SamplePictures.photograph(i, 200, 150));
        }
        AtomicLong mostReserved = new AtomicLong();
        AtomicInteger next = new AtomicInteger();
        try (ScriptedOrigin origin =
                new ScriptedOrigin((request, wire) ->
                        wire.respond("200 OK", FRESH, picture(painted, request.path())))) {
            ProxyRunner runner = edge(origin, QUEUE);
            try (Proxy proxy = runner.start();
                    ExecutorService clients = Executors.newFixedThreadPool(8)) {
                List<Future<?>> runs = new ArrayList<>();
                for (int client = 0; client < 8; client++) {
                    runs.add(
                            clients.submit(() -> {
                                try (RawClient connection = new RawClient(proxy.port())) {
                                    for (int i = next.getAndIncrement();
                                            i < PICTURES;
                                            i = next.getAndIncrement()) {
                                        view(connection, painted, i);
                                        mostReserved.accumulateAndGet(
                                                proxy.pictureBytes(), Math::max);
                                        if (i % 1000 == 999) {
                                            forget(origin, runner);
                                            System.out.println(i + 1 + " pictures: " + resident());
                                        }
                                    }
                                }
                                return null;
                            }));
                }
                for (Future<?> run : runs) {
                    run.get();
                }
                assertThat(mostReserved.get()).isBetween(1L, QUEUE.bytes());
                assertThat(proxy.bodyBytes()).isLessThan(ByteSize.ofMib(64).bytes());
            }
        }
    }

    private static void view(RawClient connection, List<byte[]> painted, int number)
            throws IOException {
        Response cold = connection.exchange("GET", "/" + number, CHROME, "");
        assertThat(cold.status()).isEqualTo(200);
        assertThat(cold.body()).isEqualTo(picture(painted, "/" + number));
    }

    /** What the test alone holds would look like a leak. */
    private static void forget(ScriptedOrigin origin, ProxyRunner runner) {
        origin.received().clear();
        runner.summaries.clear();
    }

    private static String resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .orElse("");
    }

    @Test
    @Timeout(180)
    void hostileFilesPassAsTheyCameAndTheProxyLives() throws Exception {
        Map<String, byte[]> files = SamplePictures.hostile();
        List<String> names = List.copyOf(files.keySet());
        byte[] healthy = SamplePictures.photograph(3, 200, 150);
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            int number = Integer.parseInt(request.path().substring(1));
                            byte[] file =
                                    number < names.size()
                                            ? files.getOrDefault(names.get(number), healthy)
                                            : healthy;
                            wire.respond(
                                    "200 OK", FRESH, new String(file, StandardCharsets.ISO_8859_1));
                        });
                Proxy proxy = edge(origin, ByteSize.ofMib(256)).start()) {
            for (int i = 0; i < names.size(); i++) {
                Response first = RawClient.get(proxy.port(), "/" + i, CHROME);
                assertThat(first.status()).as(names.get(i)).isEqualTo(200);
                assertThat(first.body().getBytes(StandardCharsets.ISO_8859_1))
                        .as(names.get(i))
                        .isEqualTo(files.get(names.get(i)));
            }
            for (int i = 0; i < names.size(); i++) {
                while (told(proxy, i).equals("not-yet")) {
                    Thread.sleep(20);
                }
            }
            String last = "/" + names.size();
            RawClient.get(proxy.port(), last, CHROME);
            while (!told(proxy, names.size()).equals("image/avif")) {
                Thread.sleep(20);
            }
            while (proxy.pictureBytes() > 0) { // the test has a timeout
                Thread.sleep(20);
            }
        }
    }

    private static String told(Proxy proxy, int number) throws IOException {
        Response response = RawClient.get(proxy.port(), "/" + number, CHROME);
        assertThat(response.status()).isEqualTo(200);
        return response.field("Server-Timing").replaceAll("picture;desc=\"(.*)\"", "$1");
    }
}
