package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.picture.Efforts;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.picture.SizeKey;
import dev.vellum.proxy.picture.Sniffer;
import dev.vellum.proxy.picture.Sniffing;
import dev.vellum.proxy.picture.TranscoderConfig;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.units.ByteSize;
import dev.vellum.proxy.variant.PictureConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures on the way to clients, through real sockets. */
@Timeout(90)
class PicturesIT {

    private static final String CHROME = "Accept: image/avif,image/webp,image/*,*/*;q=0.8\r\n";
    private static final String WEBP_ONLY = "Accept: image/webp,image/*,*/*;q=0.8\r\n";
    private static final String CURL = "Accept: */*\r\n";
    private static final String FRESH =
            String.join(
                    "\r\n",
                    "Content-Type: image/jpeg",
                    "Cache-Control: max-age=600",
                    "ETag: \"v\"",
                    "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT",
                    "");
    private static final String ORIGINAL =
            new String(SamplePictures.photograph(1, 320, 240), StandardCharsets.ISO_8859_1);

    @TempDir Path directory;

    static PictureConfig quick(int threads) {
        PictureConfig standard = PictureConfig.DEFAULT;
        return new PictureConfig(
                true,
                standard.offer(),
                standard.guard(),
                new Efforts(1, 0, 4),
                standard.limits(),
                new TranscoderConfig(threads, ByteSize.ofMib(128), 0.5));
    }

    private static ProxyRunner edge(ScriptedOrigin origin) {
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.pictures = quick(1);
        return runner;
    }

    private ProxyRunner onDisk(ScriptedOrigin origin, int threads) {
        ProxyRunner runner = edge(origin);
        runner.pictures = quick(threads);
        runner.disk = Optional.of(DiskConfig.of(directory, ByteSize.ofMib(64)));
        return runner;
    }

    /** Asks until the answer is of that type. */
    private static Response until(Proxy proxy, String path, String fields, String type)
            throws IOException, InterruptedException {
        while (true) { // the test has a timeout
            Response response = RawClient.get(proxy.port(), path, fields);
            if (response.field("Content-Type").equals(type)) {
                return response;
            }
            assertThat(response.status()).isEqualTo(200);
            Thread.sleep(50);
        }
    }

    /** Asks until the original goes out for that reason. */
    private static void untilReason(Proxy proxy, String path, String fields, String reason)
            throws IOException, InterruptedException {
        String timing = "picture;desc=\"" + reason + '"';
        while (!RawClient.get(proxy.port(), path, fields).field("Server-Timing").equals(timing)) {
            Thread.sleep(50);
        }
    }

    private static String format(String body) {
        return String.valueOf(Sniffer.format(body.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void theFirstViewIsTheOriginalAndLaterOnesAreWhatTheClientAccepts() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, ORIGINAL);
                Proxy proxy = edge(origin).start()) {
            Response first = RawClient.get(proxy.port(), "/a.jpg", CHROME);
            assertThat(first.body()).isEqualTo(ORIGINAL);
            assertThat(first.field("Vary")).isEqualTo("Accept, Save-Data");
            assertThat(first.field("ETag")).isEqualTo("\"v\"");
            assertThat(first.field("Server-Timing")).isEqualTo("picture;desc=\"not-yet\"");

            Response avif = until(proxy, "/a.jpg", CHROME, "image/avif");
            assertThat(format(avif.body())).isEqualTo("AVIF");
            assertThat(avif.body().length()).isLessThan(ORIGINAL.length() * 9 / 10);
            assertThat(avif.field("Vary")).isEqualTo("Accept, Save-Data");
            assertThat(avif.field("ETag")).startsWith("\"").endsWith("~vellum\"");
            assertThat(avif.field("Cache-Control")).isEqualTo("max-age=600");
            assertThat(avif.field("Cache-Status")).startsWith("vellum;hit");
            assertThat(avif.field("Server-Timing")).isEqualTo("picture;desc=\"image/avif\"");

            Response webp = until(proxy, "/a.jpg", WEBP_ONLY, "image/webp");
            assertThat(format(webp.body())).isEqualTo("WEBP");
            assertThat(webp.field("ETag")).isNotEqualTo(avif.field("ETag"));

            Response jpeg = RawClient.get(proxy.port(), "/a.jpg", CURL);
            assertThat(jpeg.field("Content-Type")).isEqualTo("image/jpeg");
            assertThat(origin.received()).hasSize(1);
        }
    }

    @Test
    void conditionsAndRangesAreAnsweredForTheFormThatTheClientHas() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, ORIGINAL);
                Proxy proxy = edge(origin).start()) {
            RawClient.get(proxy.port(), "/a.jpg", CHROME);
            Response avif = until(proxy, "/a.jpg", CHROME, "image/avif");
            String tag = avif.field("ETag");

            Response same =
                    RawClient.get(
                            proxy.port(), "/a.jpg", CHROME + "If-None-Match: " + tag + "\r\n");
            assertThat(same.status()).isEqualTo(304);
            assertThat(same.field("ETag")).isEqualTo(tag);
            assertThat(same.field("Vary")).isEqualTo("Accept, Save-Data");
            Response other =
                    RawClient.get(proxy.port(), "/a.jpg", CHROME + "If-None-Match: \"v\"\r\n");
            assertThat(other.status()).isEqualTo(200);
            assertThat(other.body()).isEqualTo(avif.body());

            String part = "Range: bytes=10-99\r\n";
            Response rest =
                    RawClient.get(proxy.port(), "/a.jpg", part + "If-Range: " + tag + "\r\n");
            assertThat(rest.status()).isEqualTo(206);
            assertThat(rest.body()).isEqualTo(avif.body().substring(10, 100));
            assertThat(rest.field("Content-Type")).isEqualTo("image/avif");
            Response ofTheOriginal = RawClient.get(proxy.port(), "/a.jpg", CHROME + part);
            assertThat(ofTheOriginal.status()).isEqualTo(206);
            assertThat(ofTheOriginal.body()).isEqualTo(ORIGINAL.substring(10, 100));
            assertThat(ofTheOriginal.field("ETag")).isEqualTo("\"v\"");
            Response named =
                    RawClient.get(proxy.port(), "/a.jpg", CHROME + part + "If-Range: \"v\"\r\n");
            assertThat(named.body()).isEqualTo(ORIGINAL.substring(10, 100));
            Response byDate =
                    RawClient.get(
                            proxy.port(),
                            "/a.jpg",
                            CHROME + part + "If-Range: Mon, 01 Jan 2024 00:00:00 GMT\r\n");
            assertThat(byDate.status()).isEqualTo(200);
            assertThat(byDate.body()).isEqualTo(avif.body());
            Response unknown =
                    RawClient.get(proxy.port(), "/a.jpg", CHROME + part + "If-Range: \"w\"\r\n");
            assertThat(unknown.status()).isEqualTo(200);
            assertThat(origin.received()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cache-Control: max-age=600, no-transform\r\n",
                "Cache-Control: max-age=600\r\nContent-Digest: sha-256=:AAAA:\r\n",
                "Cache-Control: max-age=600\r\nRepr-Digest: sha-256=:AAAA:\r\n",
                "Cache-Control: max-age=600\r\nSignature: s=:AAAA:\r\n",
                "Cache-Control: private, max-age=600\r\n"
            })
    void whatMustNotBeTransformedIsLeftAlone(String fields) throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.always("Content-Type: image/jpeg\r\n" + fields, ORIGINAL);
                Proxy proxy = edge(origin).start()) {
            for (int i = 0; i < 3; i++) {
                Response response = RawClient.get(proxy.port(), "/a.jpg", CHROME);
                assertThat(response.body()).isEqualTo(ORIGINAL);
                assertThat(response.field("Vary")).isEmpty();
            }
        }
    }

    @Test
    void aClientThatForbidsItGetsTheOriginal() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, ORIGINAL);
                Proxy proxy = edge(origin).start()) {
            RawClient.get(proxy.port(), "/a.jpg", CHROME);
            until(proxy, "/a.jpg", CHROME, "image/avif");
            Response plain =
                    RawClient.get(
                            proxy.port(), "/a.jpg", CHROME + "Cache-Control: no-transform\r\n");
            assertThat(plain.body()).isEqualTo(ORIGINAL);
            assertThat(plain.field("Vary")).isEqualTo("Accept, Save-Data");
            assertThat(plain.field("Server-Timing")).isEqualTo("picture;desc=\"no-transform\"");
        }
    }

    @Test
    void variantsOutliveARestartAndNothingIsMadeTwice() throws Exception {
        String drawing =
                new String(SamplePictures.drawing(2, 300, 200), StandardCharsets.ISO_8859_1);
        try (ScriptedOrigin origin =
                new ScriptedOrigin((request, wire) ->
                        wire.respond(
                                "200 OK",
                                FRESH,
                                request.path().equals("/a.jpg") ? ORIGINAL : drawing))) {
            Response avif;
            String ofTheDrawing;
            try (Proxy proxy = onDisk(origin, 1).start()) {
                RawClient.get(proxy.port(), "/a.jpg", CHROME);
                RawClient.get(proxy.port(), "/b.png", CHROME);
                avif = until(proxy, "/a.jpg", CHROME, "image/avif");
                // AVIF is ruled out for it, which is remembered too
                ofTheDrawing = until(proxy, "/b.png", CHROME, "image/webp").field("ETag");
            }
            try (Proxy proxy = onDisk(origin, 0).start()) { // which makes nothing
                Response first = RawClient.get(proxy.port(), "/a.jpg", CHROME);
                assertThat(first.field("Cache-Status")).startsWith("vellum;hit");
                assertThat(first.field("ETag")).isEqualTo(avif.field("ETag"));
                assertThat(first.body()).isEqualTo(avif.body());
                assertThat(RawClient.get(proxy.port(), "/b.png", CHROME).field("ETag"))
                        .isEqualTo(ofTheDrawing);
                proxy.purge(List.of(new Purge(Purge.url("http://example.test/a.jpg"), false)));
                for (int i = 0; i < 3; i++) {
                    assertThat(RawClient.get(proxy.port(), "/a.jpg", CHROME).body())
                            .isEqualTo(ORIGINAL);
                }
                assertThat(origin.received()).hasSize(3);
            }
        }
    }

    @Test
    void aConfirmedSourceKeepsItsVariantsAndANewOneOrphansThem() throws Exception {
        byte[] changed = SamplePictures.photograph(7, 320, 240);
        boolean[] replaced = {false};
        String always = "Content-Type: image/jpeg\r\nCache-Control: no-cache\r\nETag: ";
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            String tag = replaced[0] ? "\"new\"" : "\"old\"";
                            if (request.field("If-None-Match").equals(tag)) {
                                wire.send("HTTP/1.1 304 Not Modified\r\nETag: " + tag + "\r\n\r\n");
                            } else {
                                wire.respond(
                                        "200 OK",
                                        always + tag + "\r\n",
                                        replaced[0]
                                                ? new String(changed, StandardCharsets.ISO_8859_1)
                                                : ORIGINAL);
                            }
                        });
                Proxy proxy = edge(origin).start()) {
            RawClient.get(proxy.port(), "/a.jpg", CHROME);
            Response before = until(proxy, "/a.jpg", CHROME, "image/avif");
            assertThat(before.field("Cache-Status")).contains("fwd-status=304");
            Response known =
                    RawClient.get(
                            proxy.port(),
                            "/a.jpg",
                            CHROME + "If-None-Match: " + before.field("ETag") + "\r\n");
            assertThat(known.status()).isEqualTo(304);
            assertThat(origin.received().getLast().field("If-None-Match")).isEqualTo("\"old\"");
            replaced[0] = true;
            assertThat(RawClient.get(proxy.port(), "/a.jpg", CHROME).field("ETag"))
                    .isEqualTo("\"new\"");
            Response after = until(proxy, "/a.jpg", CHROME, "image/avif");
            assertThat(after.field("ETag")).isNotEqualTo(before.field("ETag"));
        }
    }

    @Test
    void hintsChooseAWidthOfTheLadder() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, ORIGINAL)) {
            ProxyRunner runner = edge(origin);
            Offer standard = Offer.ORDINARY;
            runner.pictures =
                    quick(1).with(
                                    new Offer(
                                            standard.forms(),
                                            standard.quality(),
                                            true,
                                            false,
                                            List.of(100, 200)));
            try (Proxy proxy = runner.start()) {
                String hint = CHROME + "Sec-CH-Width: 90\r\n";
                assertThat(RawClient.get(proxy.port(), "/a.jpg", hint).field("Vary"))
                        .contains("Sec-CH-Width");
                Response narrow = until(proxy, "/a.jpg", hint, "image/avif");
                Response wide = until(proxy, "/a.jpg", CHROME, "image/avif");
                assertThat(narrow.body().length()).isLessThan(wide.body().length() / 2);
                assertThat(width(narrow.body())).isEqualTo(100);
                assertThat(width(wide.body())).isEqualTo(320);
            }
        }
    }

    @Test
    void aPictureThatIsAskedForOftenGetsTheFormsOfOtherBrowsers() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, ORIGINAL)) {
            try (Proxy proxy = onDisk(origin, 1).start()) {
                RawClient.get(proxy.port(), "/a.jpg", CHROME);
                until(proxy, "/a.jpg", CHROME, "image/avif");
                for (int round = 0; round < 3; round++) {
                    while (proxy.pictureBytes() > 0) { // until no work is left
                        Thread.sleep(20);
                    }
                    for (int i = 0; i < 8; i++) {
                        RawClient.get(proxy.port(), "/a.jpg", CHROME);
                    }
                }
                while (proxy.pictureBytes() > 0) {
                    Thread.sleep(20);
                }
            }
            try (Proxy proxy = onDisk(origin, 0).start()) { // which makes nothing
                Response webp = RawClient.get(proxy.port(), "/a.jpg", WEBP_ONLY);
                assertThat(webp.field("Content-Type")).isEqualTo("image/webp");
                assertThat(origin.received()).hasSize(1);
            }
        }
    }

    @Test
    void aSignedQueryChoosesAnyWidthAndTheOriginDoesNotSeeIt() throws Exception {
        SizeKey key = SizeKey.of("a", "a secret of some length");
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, ORIGINAL)) {
            ProxyRunner runner = edge(origin);
            Offer ordinary = Offer.ORDINARY;
            runner.pictures =
                    quick(1).with(
                                    new Offer(
                                            ordinary.forms(),
                                            ordinary.quality(),
                                            true,
                                            false,
                                            List.of(),
                                            0,
                                            List.of(key)));
            try (Proxy proxy = runner.start()) {
                String path = "/a.jpg?vellum-width=123&vellum-expires=99999999999&vellum-key=a";
                String signed = path + "&vellum-signature=" + key.sign("example.test" + path);
                Response narrow = until(proxy, signed, CHROME, "image/avif");
                assertThat(width(narrow.body())).isEqualTo(123);
                Response own = until(proxy, "/a.jpg", CHROME, "image/avif");
                assertThat(width(own.body())).isEqualTo(320);
                assertThat(origin.received()).hasSize(1);
                assertThat(origin.received().getFirst().path()).isEqualTo("/a.jpg");
                Response forged = RawClient.get(proxy.port(), signed.replace("123", "124"), CHROME);
                assertThat(forged.status()).isEqualTo(403);
            }
        }
    }

    @Test
    void aRouteBoundsTheWidthOfItsPictures() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, ORIGINAL)) {
            ProxyRunner runner = edge(origin);
            runner.pictures = quick(1);
            runner.routes.replaceAll(route ->
                    new RouteConfig(route.hosts(), route.origins(), "", route.health(), 160));
            try (Proxy proxy = runner.start()) {
                Response narrow = until(proxy, "/a.jpg", CHROME, "image/avif");
                assertThat(width(narrow.body())).isEqualTo(160);
            }
        }
    }

    private static int width(String body) {
        return Sniffer.sniff(body.getBytes(StandardCharsets.ISO_8859_1))
                        instanceof Sniffing.Found(var header)
                ? header.width()
                : 0;
    }

    @Test
    void anEntityTagOfAVariantIsNotShownToTheOrigin() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, ORIGINAL);
                Proxy proxy = edge(origin).start()) {
            Response fresh =
                    RawClient.get(
                            proxy.port(),
                            "/a.jpg",
                            String.join(
                                    "\r\n",
                                    "If-None-Match: \"0123~vellum\", \"w\"",
                                    "If-Range: \"0123~vellum\"",
                                    "Range: bytes=0-9",
                                    CHROME));
            assertThat(fresh.status()).isEqualTo(200);
            assertThat(origin.received().getFirst().field("If-None-Match")).isEqualTo("\"w\"");
            assertThat(origin.received().getFirst().field("If-Range")).isEmpty();
            assertThat(origin.received().getFirst().field("Range")).isEmpty();
        }
    }

    @Test
    void whatIsNoPictureOrABrokenOnePassesAndTheNextPictureIsMade() throws Exception {
        String[] files = {
            "garbage",
            ORIGINAL.substring(0, ORIGINAL.length() / 2),
            ORIGINAL.substring(0, 2000) + "x".repeat(2000),
        };
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            String path = request.path();
                            wire.respond(
                                    "200 OK",
                                    FRESH,
                                    path.equals("/a.jpg")
                                            ? ORIGINAL
                                            : files[Integer.parseInt(path.substring(1))].repeat(
                                                    path.equals("/0") ? 1000 : 1));
                        });
                Proxy proxy = edge(origin).start()) {
            String[] reasons = {"not-a-picture", "malformed", "malformed"};
            for (int i = 0; i < files.length; i++) {
                String path = "/" + i;
                Response first = RawClient.get(proxy.port(), path, CHROME);
                assertThat(first.whole()).isTrue();
                untilReason(proxy, path, CHROME, reasons[i]);
                assertThat(RawClient.get(proxy.port(), path, CHROME).body())
                        .isEqualTo(first.body());
            }
            RawClient.get(proxy.port(), "/a.jpg", CHROME);
            until(proxy, "/a.jpg", CHROME, "image/avif");
        }
    }
}
