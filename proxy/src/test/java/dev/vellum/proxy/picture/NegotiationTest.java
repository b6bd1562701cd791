package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.http.Fields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NegotiationTest {

    private static final String MODEL = "0123456789";
    private static final Form LATENTS = new Form.Latents(MODEL);
    private static final Form AVIF = new Form.Ordinary(Format.AVIF);
    private static final Form WEBP = new Form.Ordinary(Format.WEBP);
    private static final Form JPEG = new Form.Ordinary(Format.JPEG);
    private static final Form PNG = new Form.Ordinary(Format.PNG);

    private static final Offer ALL =
            new Offer(
                    List.of(LATENTS, AVIF, WEBP, JPEG, PNG),
                    QualityClass.STANDARD,
                    true,
                    false,
                    List.of());

    private static final Offer SIZED =
            new Offer(
                    List.of(WEBP),
                    QualityClass.STANDARD,
                    true,
                    true,
                    List.of(320, 640, 1280, 2560));

    /** Every form of a JPEG in stock; the better the format, the fewer the bytes. */
    private static final Stock FULL =
            new Stock(
                    Format.JPEG,
                    2000,
                    Map.of(
                            standard(LATENTS), 10_000L,
                            standard(AVIF), 20_000L,
                            standard(WEBP), 30_000L,
                            standard(JPEG), 40_000L),
                    Map.of());

    private static Variant standard(Form form) {
        return new Variant(form, Variant.OWN_WIDTH, QualityClass.STANDARD);
    }

    private static Fields accept(String value) {
        return Fields.of("Accept", value);
    }

    @Test
    void whatUsualBrowsersLackIsNamedOneAfterTheOther() {
        Stock nothing = Stock.untouched(Format.JPEG, 2000);
        Stock avif =
                new Stock(
                        Format.JPEG,
                        2000,
                        Map.of(standard(AVIF), 20_000L),
                        Map.of(standard(WEBP), Bypass.NOT_SMALLER));
        assertThat(Negotiation.missing(nothing, ALL)).contains(standard(AVIF));
        assertThat(Negotiation.missing(avif, ALL)).contains(standard(JPEG));
        assertThat(Negotiation.missing(FULL, ALL)).isEmpty();
    }

    static Stream<Arguments> browsers() {
        return Stream.of(
                Arguments.of(
                        "Chrome, image",
                        "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
                        AVIF),
                Arguments.of(
                        "Chrome, document",
                        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
                                + "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
                        AVIF),
                Arguments.of("Chrome, XHR", "*/*", JPEG),
                Arguments.of("Chrome 84, image", "image/webp,image/apng,image/*,*/*;q=0.8", WEBP),
                Arguments.of(
                        "Firefox 128, image",
                        "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
                        AVIF),
                Arguments.of("Firefox 92, image", "image/avif,image/webp,*/*", AVIF),
                Arguments.of(
                        "Firefox 128, document",
                        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
                                + "image/png,image/svg+xml,*/*;q=0.8",
                        AVIF),
                Arguments.of(
                        "Firefox 132, document",
                        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                        JPEG),
                Arguments.of("Firefox 65, image", "image/webp,*/*", WEBP),
                Arguments.of("Firefox 60, image", "*/*", JPEG),
                Arguments.of("Firefox, XHR", "*/*", JPEG),
                Arguments.of(
                        "Safari 17, image",
                        "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,"
                                + "video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
                        AVIF),
                Arguments.of(
                        "Safari 14, image",
                        "image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5",
                        WEBP),
                Arguments.of(
                        "Safari 12, image",
                        "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5",
                        JPEG),
                Arguments.of(
                        "Safari, document",
                        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                        JPEG),
                Arguments.of("Safari, XHR", "*/*", JPEG),
                Arguments.of("curl and wget", "*/*", JPEG),
                Arguments.of(
                        "Internet Explorer 11, image",
                        "image/png, image/svg+xml, image/*;q=0.8, */*;q=0.5",
                        JPEG),
                Arguments.of(
                        "Internet Explorer 8, document",
                        "image/gif, image/jpeg, image/pjpeg, application/x-ms-application, */*",
                        JPEG),
                Arguments.of("Opera 12", "text/html, image/webp, image/jpeg, */*;q=0.1", WEBP),
                Arguments.of(
                        "a Vellum client",
                        "image/vnd.vellum;m=0123456789,image/avif,image/webp,image/*,*/*;q=0.8",
                        LATENTS));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("browsers")
    void everyClientGetsTheBestThatItNames(String client, String accept, Form form) {
        assertThat(Negotiation.choose(accept(accept), FULL, ALL))
                .as(client)
                .isInstanceOfSatisfying(
                        Choice.Send.class,
                        send -> assertThat(send.variant()).isEqualTo(standard(form)));
    }

    @Test
    void noAcceptGetsTheOriginsFormatOnly() {
        assertThat(Negotiation.choose(Fields.of(), FULL, ALL))
                .isEqualTo(
                        new Choice.Send(
                                standard(JPEG), Optional.empty(), List.of("Accept", "Save-Data")));
        Stock png = new Stock(Format.PNG, 2000, FULL.bytes(), Map.of());
        assertThat(Negotiation.choose(accept("*/*"), png, ALL))
                .isEqualTo(
                        new Choice.SendOriginal(
                                Bypass.NOT_YET,
                                Optional.of(standard(PNG)),
                                List.of("Accept", "Save-Data")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image/*                                          | false",
                "*/*                                              | false",
                "image/vnd.vellum                                 | false",
                "image/vnd.vellum;m=9999999999                    | false",
                "image/vnd.vellum;m=01234567                      | false",
                "image/vnd.vellum;m=0123456789;q=0                | false",
                "image/vnd.vellum;m=0123456789;q=0.000            | false",
                "image/vnd.vellum;m=0123456789;q=2                | false",
                "image/vnd.vellum;q=0;m=0123456789                | false",
                "image/vnd.vellum;m=0123456789                    | true",
                "IMAGE/Vnd.Vellum ; M=0123456789 ; Q=0.1          | true",
                "image/vnd.vellum;m=\"0123456789\"                | true",
                "image/vnd.vellum;m=9999999999,image/vnd.vellum;m=0123456789 | true",
            })
    void onlyTheVeryModelSelectsLatents(String accept, boolean latents) {
        Choice choice = Negotiation.choose(accept(accept), FULL, ALL);
        assertThat(
                        choice instanceof Choice.Send(Variant v, var _, var _)
                                && v.form().equals(LATENTS))
                .isEqualTo(latents);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image/avif;q=0,image/webp,image/*           | WEBP",
                "image/avif;q=0.0, image/webp;q=0, image/*   | JPEG",
                "image/avif;q=0.5,image/webp,image/*         | WEBP",
                "image/avif;q=x,image/webp                   | WEBP",
                "image/webp;q=0.9,image/avif;q=0.9           | AVIF",
                "image/jpeg,image/*;q=0                      | JPEG",
                "image/avif;level=1,image/webp               | WEBP",
                "image/gif;q=0.5 , ,image/webp;q=0.5         | WEBP",
            })
    void weightsAreHeeded(String accept, Format format) {
        assertThat(Negotiation.choose(accept(accept), FULL, ALL))
                .isInstanceOfSatisfying(
                        Choice.Send.class,
                        send ->
                                assertThat(send.variant())
                                        .isEqualTo(standard(new Form.Ordinary(format))));
    }

    @ParameterizedTest
    @CsvSource({"image/jpeg;q=0", "image/*;q=0", "text/html", "image/gif"})
    void whoAcceptsNoneGetsTheOriginal(String accept) {
        assertThat(Negotiation.choose(accept(accept), FULL, ALL))
                .isEqualTo(
                        new Choice.SendOriginal(
                                Bypass.NOT_ACCEPTED,
                                Optional.empty(),
                                List.of("Accept", "Save-Data")));
    }

    @Test
    void theBestFormIsMadeWhileALesserOneServes() {
        Stock stock = new Stock(Format.JPEG, 2000, Map.of(standard(WEBP), 30_000L), Map.of());
        assertThat(Negotiation.choose(accept("image/avif,image/webp,image/*"), stock, ALL))
                .isEqualTo(
                        new Choice.Send(
                                standard(WEBP),
                                Optional.of(standard(AVIF)),
                                List.of("Accept", "Save-Data")));
    }

    @Test
    void whatWasTriedInVainIsNotTriedAgain() {
        Fields request = accept("image/avif,image/webp");
        Stock stock =
                new Stock(Format.JPEG, 2000, Map.of(), Map.of(standard(AVIF), Bypass.NOT_SMALLER));
        assertThat(Negotiation.choose(request, stock, ALL).wanted()).contains(standard(WEBP));

        Stock exhausted =
                new Stock(
                        Format.JPEG,
                        2000,
                        Map.of(),
                        Map.of(
                                standard(AVIF),
                                Bypass.NOT_SMALLER,
                                standard(WEBP),
                                Bypass.BELOW_FLOOR));
        assertThat(Negotiation.choose(request, exhausted, ALL))
                .isEqualTo(
                        new Choice.SendOriginal(
                                Bypass.NOT_SMALLER,
                                Optional.empty(),
                                List.of("Accept", "Save-Data")));
    }

    @Test
    void noTransformGetsTheOriginal() {
        Fields request =
                Fields.of("Accept", "image/avif", "Cache-Control", "max-age=0, No-Transform");
        assertThat(Negotiation.choose(request, FULL, ALL))
                .isEqualTo(
                        new Choice.SendOriginal(
                                Bypass.NO_TRANSFORM,
                                Optional.empty(),
                                List.of("Accept", "Save-Data")));
    }

    @Test
    void saveDataAsksForItsClassAndOthersNeverGetIt() {
        Variant saving = new Variant(AVIF, Variant.OWN_WIDTH, QualityClass.SAVING);
        Stock stock =
                new Stock(
                        Format.JPEG,
                        2000,
                        Map.of(saving, 9_000L, standard(AVIF), 20_000L),
                        Map.of());
        List<String> vary = List.of("Accept", "Save-Data");
        assertThat(
                        Negotiation.choose(
                                Fields.of("Accept", "image/avif", "Save-Data", "on"), stock, ALL))
                .isEqualTo(new Choice.Send(saving, Optional.empty(), vary));
        assertThat(Negotiation.choose(accept("image/avif"), stock, ALL))
                .isEqualTo(new Choice.Send(standard(AVIF), Optional.empty(), vary));

        Stock standardOnly =
                new Stock(Format.JPEG, 2000, Map.of(standard(AVIF), 20_000L), Map.of());
        assertThat(
                        Negotiation.choose(
                                Fields.of("Accept", "image/avif", "Save-Data", "on"),
                                standardOnly,
                                ALL))
                .isEqualTo(new Choice.Send(standard(AVIF), Optional.of(saving), vary));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ECT         | 2g       | SAVING",
                "ECT         | slow-2g  | SAVING",
                "ECT         | 4g       | STANDARD",
                "Downlink    | 0.35     | SAVING",
                "Downlink    | 10       | STANDARD",
                "Downlink    | 0        | STANDARD",
                "Downlink    | -1e9     | STANDARD",
                "Save-Data   | on       | SAVING",
                "Save-Data   | 1        | STANDARD",
            })
    void theNetworksHintsChooseTheClass(String name, String value, QualityClass quality) {
        Choice choice =
                Negotiation.choose(
                        Fields.of("Accept", "image/webp", name, value),
                        Stock.untouched(Format.JPEG, 2000),
                        SIZED);
        assertThat(choice.wanted()).map(Variant::quality).contains(quality);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sec-CH-Width: 300                               | 320",
                "Sec-CH-Width: 320                               | 320",
                "Width: 321                                      | 640",
                "Sec-CH-Width: 600; Width: 100                   | 640",
                "Sec-CH-Viewport-Width: 400; Sec-CH-DPR: 3       | 1280",
                "Viewport-Width: 300; DPR: 1                     | 320",
                "Viewport-Width: 600                             | 1280",
                "Sec-CH-Width: 2500                              | 0",
                "Sec-CH-Width: 1900                              | 0",
                "Sec-CH-Width: 99999999999999999999              | 0",
                "Sec-CH-Width: 0                                 | 0",
                "Sec-CH-Width: NaN                               | 0",
                "DPR: 2                                          | 0",
            })
    void aHintPicksTheNextWidthOfTheLadder(String hints, int width) {
        Fields.Builder request = Fields.builder().add("Accept", "image/webp");
        for (String hint : hints.split(";", -1)) {
            String[] parts = hint.split(":", 2);
            request.add(parts[0].strip(), parts[1].strip());
        }
        Choice choice =
                Negotiation.choose(request.build(), Stock.untouched(Format.JPEG, 2000), SIZED);
        assertThat(choice.wanted()).map(Variant::width).contains(width);
        assertThat(choice.vary())
                .containsExactly(
                        "Accept",
                        "Save-Data",
                        "ECT",
                        "Downlink",
                        "Sec-CH-Width",
                        "Width",
                        "Sec-CH-Viewport-Width",
                        "Viewport-Width",
                        "Sec-CH-DPR",
                        "DPR");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2000, '', 0",
        "500, 2000, '', 500",
        "500, 2000, 300, 320",
        "500, 2000, 400, 500",
        "500, 400, '', 0",
        "500, 400, 300, 320",
        "500, 500, '', 0"
    })
    void nothingIsWiderThanTheOffersMost(int most, int source, String hint, int expected) {
        Fields request =
                hint.isEmpty()
                        ? accept("image/webp")
                        : Fields.of("Accept", "image/webp", "Width", hint);
        Choice choice =
                Negotiation.choose(
                        request, Stock.untouched(Format.JPEG, source), SIZED.within(most));
        assertThat(choice.wanted()).map(Variant::width).contains(expected);
        Choice sized =
                Negotiation.choose(request, Stock.untouched(Format.JPEG, 2000), SIZED.sized(777));
        assertThat(sized.wanted()).map(Variant::width).contains(777);
        assertThat(sized.vary()).doesNotContain("Width");
    }

    @Test
    void aClientWithoutHintsNeverGetsANarrowVariant() {
        Variant narrow = new Variant(WEBP, 320, QualityClass.STANDARD);
        Variant medium = new Variant(WEBP, 640, QualityClass.STANDARD);
        Stock stock =
                new Stock(Format.JPEG, 2000, Map.of(narrow, 1_000L, medium, 2_000L), Map.of());
        assertThat(Negotiation.choose(accept("image/webp"), stock, SIZED))
                .isInstanceOf(Choice.SendOriginal.class);
        assertThat(
                        Negotiation.choose(
                                Fields.of("Accept", "image/webp", "Width", "500"), stock, SIZED))
                .isInstanceOfSatisfying(
                        Choice.Send.class, send -> assertThat(send.variant()).isEqualTo(medium));
    }

    @Test
    void latentsAreNamedByTheirModel() {
        assertThat(LATENTS.mediaType()).isEqualTo("image/vnd.vellum;m=0123456789");
        assertThatThrownBy(() -> new Form.Latents("0123456789ab"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Fields that decide, each with values that decide otherwise. */
    private static final Map<String, List<String>> DECIDING =
            Map.ofEntries(
                    Map.entry("Accept", List.of("image/avif,image/webp", "image/webp", "*/*")),
                    Map.entry("Save-Data", List.of("on", "off")),
                    Map.entry("ECT", List.of("2g", "4g")),
                    Map.entry("Downlink", List.of("0.3", "30")),
                    Map.entry("Sec-CH-Width", List.of("300", "1200")),
                    Map.entry("Width", List.of("300", "1200")),
                    Map.entry("Sec-CH-Viewport-Width", List.of("300", "1200")),
                    Map.entry("Viewport-Width", List.of("300", "1200")),
                    Map.entry("Sec-CH-DPR", List.of("1", "3")),
                    Map.entry("DPR", List.of("1", "3")),
                    Map.entry("Cache-Control", List.of("no-transform", "max-age=0")),
                    Map.entry("User-Agent", List.of("a", "b")),
                    Map.entry("Referer", List.of("a", "b")));

    @Test
    void requestsAlikeInWhatIsHeededGetTheSame() {
        long seed = 1;
        Random random = new Random(seed);
        List<String> names = DECIDING.keySet().stream().sorted().toList();
        Map<List<String>, List<Choice>> seen = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            Fields request = Fields.of();
            for (String name : names) {
                List<String> values = DECIDING.getOrDefault(name, List.of());
                if (random.nextInt(4) == 0) {
                    request = request.plus(name, values.get(random.nextInt(values.size())));
                }
            }
            List<Choice> choices =
                    List.of(
                            Negotiation.choose(request, FULL, ALL),
                            Negotiation.choose(request, FULL, SIZED),
                            Negotiation.choose(request, FULL, SIZED.within(500)));
            List<Choice> before = seen.putIfAbsent(Negotiation.heeded(request), choices);
            assertThat(before == null || before.equals(choices))
                    .as("%s, seed %d", request, seed)
                    .isTrue();
        }
        assertThat(seen.size()).isBetween(100, 4_500);
    }
}
