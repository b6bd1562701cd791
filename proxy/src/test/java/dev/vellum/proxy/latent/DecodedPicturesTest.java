package dev.vellum.proxy.latent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Terms;
import dev.vellum.proxy.latent.DecodedPictures.Showing;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.TranscoderConfig;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.units.ByteSize;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodedPicturesTest {

    private static final Path FOLDER = Path.of("../codec/src/test/resources/golden");
    private static final String BROWSER = "image/avif,image/*";

    private final CodecConfig config = CodecConfig.DEFAULT.with(FOLDER);
    private final LatentModels models = LatentModels.open(config);
    private final Chunks chunks = new Chunks(ByteSize.ofMib(16).bytes(), 0);
    private final EventExecutor loop = new DefaultEventExecutor();
    private final DecodedPictures pictures = open(128);

    private DecodedPictures open(int mib) {
        TranscoderConfig threads = new TranscoderConfig(1, ByteSize.ofMib(mib), 0.5);
        return DecodedPictures.open(models, config, threads, chunks, "vellum");
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        pictures.close();
        models.close();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        assertThat(chunks.used()).isZero();
    }

    private static RequestHead request(String method, Fields fields) {
        return new RequestHead(
                method,
                new RequestTarget.Absolute("http", new Authority("example.test", 80), "/a"),
                HttpVersion.HTTP_1_1,
                fields);
    }

    private static RequestHead request() {
        return request("GET", Fields.of("Accept", BROWSER));
    }

    /** The caller releases the body. */
    private Stored stored(byte[] stream) {
        Fields fields =
                Fields.of(
                        "Content-Type",
                        models.form().orElseThrow().mediaType(),
                        "ETag",
                        "\"l~vellum\"",
                        "Cache-Control",
                        "max-age=60");
        ResponseHead head = new ResponseHead(HttpVersion.HTTP_1_1, 200, "", fields);
        Instant now = Instant.EPOCH;
        StoredResponse response =
                new StoredResponse(
                        request(),
                        head,
                        now,
                        now,
                        new Content.Complete(stream.length),
                        Terms.of(head, now, now, CachePolicy.FORWARD),
                        false);
        Body body = new Body(chunks, stream.length, true);
        body.append(Unpooled.copiedBuffer(stream));
        body.complete(Fields.of(), () -> {});
        return new Stored(response, body, new byte[0]);
    }

    private static byte[] golden() throws IOException {
        return Files.readAllBytes(FOLDER.resolve("257x300-q50.vlm"));
    }

    /** What comes of it, as text, since the pixels' body is the cache's afterwards. */
    private String show(DecodedPictures by, Stored latents, RequestHead request) throws Exception {
        CompletableFuture<String> shown = new CompletableFuture<>();
        CacheKey at =
                CacheKey.of(
                        new RequestTarget.Absolute(
                                "http", new Authority("example.test", 80), "/a"));
        by.show(at, latents, request, loop, showing -> shown.complete(text(showing)));
        return shown.get(3, TimeUnit.MINUTES);
    }

    private static String text(Showing showing) {
        return switch (showing) {
            case Showing.Unusable(var why, var damaged) -> why + " " + damaged;
            case Showing.Shown(var selected) -> {
                Stored pixels = selected.stored();
                yield "%s %s %d"
                        .formatted(
                                pixels.response().head().fields().first("Content-Type"),
                                pixels.response().head().fields().first("ETag"),
                                pixels.body().length());
            }
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | Accept: image/avif,image/* | true",
                "GET | Accept: image/png | true",
                "GET | Accept: image/webp | false",
                "GET | Accept: */* | false",
                "GET | X: none | false",
                "HEAD | Accept: image/* | false",
            })
    void aRequestForAPictureThatMayBePixelsMayAskForLatents(
            String method, String field, boolean may) {
        String[] parts = field.split(": ", 2);
        RequestHead request = request(method, Fields.of(parts[0], parts[1]));
        assertThat(pictures.mayAsk(request)).isEqualTo(may);
    }

    @Test
    void aPartAndWhatMustNotBeTransformedAreNotAskedForAsLatents() {
        Fields accept = Fields.of("Accept", BROWSER);
        assertThat(pictures.mayAsk(request("GET", accept.plus("Range", "bytes=0-1")))).isFalse();
        assertThat(pictures.mayAsk(request("GET", accept.plus("Cache-Control", "no-transform"))))
                .isFalse();
    }

    @Test
    void theParentIsAskedForLatentsBeforeAllElseAndToldTheMeasuredRate() {
        String type = models.form().orElseThrow().mediaType();
        Fields asked = pictures.asking(request()).fields();
        assertThat(asked.combined("Accept")).isEqualTo(type + "," + BROWSER);
        assertThat(asked.contains("Downlink")).isFalse();
        pictures.link().arrived(64_000, Duration.ofSeconds(1).toNanos());
        assertThat(pictures.asking(request()).fields().first("Downlink")).isEqualTo("0.441");
    }

    @Test
    void theLastPicturesStayDecoded() throws Exception {
        Stored latents = stored(golden());
        String first = show(pictures, latents, request());
        assertThat(first)
                .startsWith("image/bmp \"l.vellum.BMP~vellum\" ")
                .endsWith(" " + (54 + 772 * 300)); // rows are padded to four bytes
        long used = chunks.used();
        assertThat(show(pictures, latents, request())).isEqualTo(first);
        assertThat(chunks.used()).isEqualTo(used);
        latents.body().release();
    }

    @Test
    void damageIsToldFromWhatMayPass() throws Exception {
        byte[] damaged = golden();
        damaged[damaged.length / 2] ^= 0x55;
        Stored latents = stored(damaged);
        assertThat(show(pictures, latents, request())).isEqualTo(Bypass.MALFORMED + " true");
        latents.body().release();

        Stored nonsense = stored(new byte[100]);
        assertThat(show(pictures, nonsense, request())).isEqualTo(Bypass.MALFORMED + " true");
        nonsense.body().release();
    }

    @Test
    void aPoolWithoutRoomForThePictureSaysSo() throws Exception {
        Stored latents = stored(golden());
        try (DecodedPictures tiny = open(1)) {
            assertThat(show(tiny, latents, request())).isEqualTo(Bypass.TOO_MANY_PIXELS + " false");
        }
        latents.body().release();
    }

    @Test
    void latentsThatAreGoneOrWantedAsSomethingElseAreNotShown() throws Exception {
        Stored latents = stored(golden());
        RequestHead webp = request("GET", Fields.of("Accept", "image/webp"));
        assertThat(show(pictures, latents, webp)).isEqualTo(Bypass.NOT_ACCEPTED + " false");
        latents.body().release();
        assertThat(show(pictures, latents, request())).isEqualTo(Bypass.OVERLOADED + " false");
    }

    @Test
    void withoutAModelNobodyIsAskedForLatents() {
        CodecConfig none = CodecConfig.DEFAULT.with(Path.of("no-such-folder"));
        try (LatentModels missing = LatentModels.open(none)) {
            TranscoderConfig threads = new TranscoderConfig(1, ByteSize.ofMib(16), 0.5);
            try (DecodedPictures opened =
                    DecodedPictures.open(missing, none, threads, chunks, "vellum")) {
                assertThat(opened.mayAsk(request())).isFalse();
            }
        }
    }
}
