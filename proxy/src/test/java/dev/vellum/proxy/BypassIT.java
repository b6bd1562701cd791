package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.admin.Metrics;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Efforts;
import dev.vellum.proxy.picture.Floor;
import dev.vellum.proxy.picture.Guard;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.picture.PictureLimits;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.picture.TranscoderConfig;
import dev.vellum.proxy.units.ByteSize;
import dev.vellum.proxy.variant.PictureConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reason for which a picture goes out as it came, told to the client and counted. */
@Timeout(120)
class BypassIT {

    private static final String CHROME = "image/avif,image/webp,image/*,*/*;q=0.8";
    private static final String STORED = "Cache-Control: max-age=600\r\n";

    /**
     * They end work that nobody sees the outcome of, or an encoder that no picture breaks; what is
     * unexpected is so after many others, as {@code ExpectationTest} has it.
     */
    private static final Set<Bypass> UNSEEN =
            EnumSet.of(Bypass.UNEXPECTED, Bypass.CANCELLED, Bypass.FAILED);

    /**
     * A picture and who asks for it.
     *
     * @param fields of the response, beside its type
     * @param asks fields of the request
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Case(Bypass reason, PictureConfig config, String fields, byte[] file, String asks) {

        Case(Bypass reason, byte[] file) {
            this(reason, quick(), STORED, file, accept(CHROME));
        }

        Case with(PictureConfig other) {
            return new Case(reason, other, fields, file, asks);
        }

        Case answered(String other) {
            return new Case(reason, config, other, file, asks);
        }

        Case asking(String other) {
            return new Case(reason, config, fields, file, other);
        }

        @Override
        public String toString() {
            return reason.label();
        }
    }

    private static String accept(String types) {
        return "Accept: " + types + "\r\n";
    }

    private static PictureConfig quick() {
        return within(PictureLimits.DEFAULT);
    }

    private static PictureConfig within(PictureLimits limits) {
        return config(Guard.DEFAULT, 4, limits, 1, 128);
    }

    /** Of one trial for each form. */
    private static PictureConfig guarded(double margin, Floor floor) {
        Map<QualityClass, Floor> floors =
                Map.of(
                        QualityClass.FINE, floor,
                        QualityClass.STANDARD, floor,
                        QualityClass.SAVING, floor);
        Guard guard = new Guard(margin, 500, floors, floor);
        return config(guard, 1, PictureLimits.DEFAULT, 1, 128);
    }

    /** Makes nothing, and has a queue of so many bytes. */
    private static PictureConfig idle(int mib) {
        return config(Guard.DEFAULT, 4, PictureLimits.DEFAULT, 0, mib);
    }

    private static PictureConfig config(
            Guard guard, int trials, PictureLimits limits, int threads, int mib) {
        return new PictureConfig(
                true,
                Offer.ORDINARY,
                guard,
                new Efforts(1, 0, trials),
                limits,
                new TranscoderConfig(threads, ByteSize.ofMib(mib), 0.5));
    }

    static Stream<Case> cases() {
        byte[] jpeg = SamplePictures.photograph(1, 320, 240);
        byte[] animation = SamplePictures.fixture("animation.gif");
        PictureLimits all = PictureLimits.DEFAULT;
        return Stream.of(
                new Case(
                        Bypass.NOT_A_PICTURE,
                        "no picture".repeat(100).getBytes(StandardCharsets.UTF_8)),
                new Case(Bypass.MALFORMED, Arrays.copyOf(jpeg, jpeg.length / 2)),
                new Case(Bypass.TOO_MANY_BYTES, jpeg)
                        .with(
                                within(
                                        new PictureLimits(
                                                ByteSize.ofBytes(2000),
                                                all.pixels(),
                                                all.frames(),
                                                all.time()))),
                new Case(Bypass.TOO_MANY_PIXELS, jpeg)
                        .with(
                                within(
                                        new PictureLimits(
                                                all.sourceBytes(),
                                                1000,
                                                all.frames(),
                                                all.time()))),
                new Case(Bypass.TOO_MANY_FRAMES, animation)
                        .with(
                                within(
                                        new PictureLimits(
                                                all.sourceBytes(), all.pixels(), 1, all.time()))),
                new Case(Bypass.ANIMATION, animation).asking(accept("image/avif,image/png")),
                new Case(Bypass.ALPHA, SamplePictures.translucent(1, 320, 240))
                        .asking(accept("image/jpeg")),
                new Case(Bypass.DRAWING, SamplePictures.drawing(2, 300, 200))
                        .asking(accept("image/jpeg")),
                new Case(Bypass.HIGH_DYNAMIC_RANGE, SamplePictures.bright()),
                new Case(Bypass.TINY, Arrays.copyOf(jpeg, 300)),
                new Case(Bypass.NOT_ACCEPTED, jpeg).asking(accept("text/html")),
                new Case(Bypass.NO_TRANSFORM, jpeg)
                        .answered("Cache-Control: max-age=600, no-transform\r\n"),
                new Case(Bypass.NO_TRANSFORM, jpeg)
                        .asking(accept(CHROME) + "Cache-Control: no-transform\r\n"),
                new Case(Bypass.RANGE, jpeg).asking(accept(CHROME) + "Range: bytes=5-\r\n"),
                new Case(Bypass.CODED, gzipped(jpeg))
                        .answered(STORED + "Content-Encoding: gzip\r\n")
                        .asking(accept(CHROME) + "Accept-Encoding: gzip\r\n"),
                new Case(Bypass.NOT_STORED, jpeg).answered("Cache-Control: private\r\n"),
                new Case(Bypass.NOT_STORED, jpeg).answered("Cache-Control: no-store\r\n"),
                new Case(Bypass.SIGNED, jpeg).answered(STORED + "Signature: s=:AAAA:\r\n"),
                new Case(Bypass.SIGNED, jpeg).answered(STORED + "Repr-Digest: sha-256=:AAAA:\r\n"),
                new Case(Bypass.NOT_SMALLER, jpeg).with(guarded(0.99, new Floor(0.97, 0.92))),
                new Case(Bypass.BELOW_FLOOR, jpeg).with(guarded(0.1, new Floor(0.9999, 0.9999))),
                new Case(Bypass.NOT_YET, jpeg).with(idle(128)),
                new Case(Bypass.OVERLOADED, jpeg).with(idle(3)),
                new Case(Bypass.TIMEOUT, jpeg)
                        .with(
                                within(
                                        new PictureLimits(
                                                all.sourceBytes(),
                                                all.pixels(),
                                                all.frames(),
                                                Duration.ofNanos(1)))));
    }

    private static byte[] gzipped(byte[] file) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(file);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isToldToTheClientAndCounted(Case one) throws Exception {
        String told = "picture;desc=\"" + one.reason().label() + "\"";
        String body = new String(one.file(), StandardCharsets.ISO_8859_1);
        String head = "Content-Type: image/jpeg\r\n" + one.fields();
        try (ScriptedOrigin origin = ScriptedOrigin.always(head, body)) {
            ProxyRunner runner = ProxyRunner.edge(origin);
            runner.pictures = one.config();
            try (Proxy proxy = runner.start()) {
                Response response;
                int asked = 0;
                do { // the first view is told before anything is known
                    // a second picture finds the queue of one full
                    String path = one.reason() == Bypass.OVERLOADED ? "/" + asked % 2 : "/a";
                    response = RawClient.get(proxy.port(), path, one.asks());
                    asked++;
                    Thread.sleep(20);
                } while (asked < 2 || !response.field("Server-Timing").equals(told));
                boolean part = one.asks().contains("Range");
                assertThat(response.status()).isEqualTo(part ? 206 : 200);
                assertThat(response.body()).isEqualTo(part ? body.substring(5) : body);
            }
            Metrics metrics = new Metrics();
            runner.summaries.forEach(metrics::record);
            assertThat(runner.summaries)
                    .anySatisfy(summary ->
                            assertThat(summary.picture()).isEqualTo(one.reason().label()));
            assertThat(metrics.text())
                    .containsPattern(
                            "vellum_pictures_total\\{outcome=\""
                                    + one.reason().label()
                                    + "\"} [1-9]");
        }
    }

    @Test
    void theTableHasEveryReason() {
        Set<Bypass> told = EnumSet.copyOf(cases().map(Case::reason).toList());
        told.addAll(UNSEEN);
        assertThat(List.of(Bypass.values())).allMatch(told::contains);
    }
}
