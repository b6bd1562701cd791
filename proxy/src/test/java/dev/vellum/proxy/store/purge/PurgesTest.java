package dev.vellum.proxy.store.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.Storability;
import dev.vellum.proxy.http.StoredResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PurgesTest {

    private static final RequestTarget.Absolute TARGET = target("http://a.example/shop/shoe?s=9");
    private static final CacheKey KEY = CacheKey.of(TARGET);

    private static final String DIGEST_TAIL =
            "23456789abcdef0" + "123456789abcdef0" + "123456789abcdef0" + "123456789abcdef0";
    private static final String DIGEST = "0" + DIGEST_TAIL;

    private final Time time = new Time();

    @TempDir Path directory;

    private static final class Time implements InstantSource {
        private Instant now = Instant.parse("2026-11-20T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        void pass(long millis) {
            now = now.plusMillis(millis);
        }
    }

    private static RequestTarget.Absolute target(String uri) {
        return switch (RequestTarget.read("GET", uri, List.of(), HttpVersion.HTTP_1_0, "http")) {
            case RequestTarget.Reading.Accepted(RequestTarget.Absolute target) -> target;
            default -> throw new AssertionError(uri);
        };
    }

    private static StoredResponse askedFor(Instant when, String... fields) {
        RequestHead request = new RequestHead("GET", TARGET, HttpVersion.HTTP_1_1, Fields.of());
        ResponseHead head =
                new ResponseHead(
                        HttpVersion.HTTP_1_1,
                        200,
                        "OK",
                        Fields.of(fields).plus("Cache-Control", "max-age=1000"));
        Storability assessed =
                Storability.assess(request, head, when, when.plusMillis(1), CachePolicy.EDGE);
        return ((Storability.Store) assessed).response().withLength(0);
    }

    private static Purge hard(Purge.Target target) {
        return new Purge(target, false);
    }

    private static Purge soft(Purge.Target target) {
        return new Purge(target, true);
    }

    private static Purge.Target target(String kind, String origin, String name) {
        return switch (kind) {
            case "url" -> Purge.url(name);
            case "prefix" -> Purge.prefix(name);
            case "tag" -> Purge.tag(origin, name);
            case "group" -> Purge.group(origin, name);
            case "model" -> Purge.model(name);
            case "source" -> Purge.source(name);
            case "everything" -> new Purge.Target.Everything();
            default -> throw new AssertionError(kind);
        };
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "url, '', http://a.example/shop/shoe?s=9, true",
                "url, '', HTTP://A.EXAMPLE:80/shop/shoe?s=9, true",
                "url, '', http://a.example/shop/shoe, false",
                "url, '', https://a.example/shop/shoe?s=9, false",
                "url, '', http://a.example:81/shop/shoe?s=9, false",
                "prefix, '', http://a.example, true",
                "prefix, '', http://a.example/, true",
                "prefix, '', http://a.example/sho, true",
                "prefix, '', http://a.example/shop/shoe?s=9, true",
                "prefix, '', http://a.example/shop/shoe?s=99, false",
                "prefix, '', http://a.example/hat, false",
                "prefix, '', http://a.example.org/, false",
                "tag, '', shoes, true",
                "tag, '', sale, true",
                "tag, '', new season, true",
                "tag, '', Shoes, false",
                "tag, '', shoe, false",
                "tag, http://a.example, shoes, true",
                "tag, http://b.example, shoes, false",
                "group, '', g1, true",
                "group, http://a.example/, g1, true",
                "group, https://a.example, g1, false",
                "group, '', shoes, false",
                "everything, '', '', true"
            })
    void aPurgeMeansWhatItNamesAndNothingElse(
            String kind, String origin, String name, boolean meant) throws IOException {
        Purges purges = Purges.inMemory(time);
        StoredResponse response =
                askedFor(
                        purges.clock().instant(),
                        "Surrogate-Key",
                        "shoes red",
                        "Cache-Tag",
                        "sale, new season",
                        "Cache-Groups",
                        "\"g1\"");
        assertThat(purges.standing(KEY, response)).isEqualTo(Standing.CURRENT);
        purges.purge(List.of(hard(target(kind, origin, name))));
        assertThat(purges.standing(KEY, response))
                .isEqualTo(meant ? Standing.PURGED : Standing.CURRENT);
    }

    @ParameterizedTest
    @CsvSource({
        "model, 0123456789, true",
        "model, 0123456789ABCDEF, true",
        "model, 1123456789, false",
        "source, " + DIGEST + ", true",
        "source, 1" + DIGEST_TAIL + ", false"
    })
    void bytesAreAPurgeOfTheirOwnAndAModelsLatentsToo(String kind, String name, boolean meant)
            throws IOException {
        Purges purges = Purges.inMemory(time);
        StoredResponse response =
                askedFor(purges.clock().instant(), "Content-Type", "image/vnd.vellum;m=0123456789")
                        .withBytes(7, DIGEST);
        purges.purge(List.of(hard(target(kind, "", name))));
        assertThat(purges.standing(KEY, response))
                .isEqualTo(meant ? Standing.PURGED : Standing.CURRENT);
    }

    @Test
    void aModelAndASourceAreHexadecimal() {
        for (String text : List.of("", "012345678", "0123456789x", "é".repeat(10))) {
            assertThatThrownBy(() -> Purge.model(text)).hasMessageContaining("hex digits");
            assertThatThrownBy(() -> Purge.source(text)).hasMessageContaining("64 hex digits");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a.example",
                "/path",
                "ftp://a.example/",
                "http://",
                "http://a b/",
                "http://a/#f"
            })
    void whatIsNoUriIsRefused(String text) {
        assertThatThrownBy(() -> Purge.url(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: an http or https URI");
    }

    @Test
    void anOriginWithAPathAndAnEmptyTagAreRefused() {
        assertThatThrownBy(() -> Purge.tag("http://a.example/x", "t"))
                .hasMessageContaining("without a path");
        assertThatThrownBy(() -> Purge.tag("", " ")).hasMessageContaining("expected: a name");
    }

    @Test
    void whatWasAskedForAfterThePurgeIsCurrentAndWhatWasUnderWayIsNot() throws IOException {
        Purges purges = Purges.inMemory(time);
        Instant underWay = purges.clock().instant();
        time.pass(1);
        purges.purge(List.of(hard(Purge.url(KEY.uri()))));
        time.pass(1);
        Instant afterwards = purges.clock().instant();
        assertThat(purges.standing(KEY, askedFor(underWay))).isEqualTo(Standing.PURGED);
        assertThat(purges.standing(KEY, askedFor(afterwards))).isEqualTo(Standing.CURRENT);
    }

    @Test
    void aPurgeIsNotUndoneByAClockThatGoesBack() throws IOException {
        Purges purges = Purges.inMemory(time);
        Instant asked = purges.clock().instant();
        time.pass(-3_600_000);
        purges.purge(List.of(hard(Purge.url(KEY.uri()))));
        assertThat(purges.standing(KEY, askedFor(asked))).isEqualTo(Standing.PURGED);
        time.pass(-3_600_000);
        assertThat(purges.standing(KEY, askedFor(purges.clock().instant().plusNanos(1))))
                .isEqualTo(Standing.CURRENT);
    }

    @Test
    void aSoftPurgeOutdatesAndAHardOneWins() throws IOException {
        Purges purges = Purges.inMemory(time);
        StoredResponse response = askedFor(purges.clock().instant(), "Surrogate-Key", "t");
        purges.purge(List.of(soft(Purge.tag("", "t"))));
        assertThat(purges.standing(KEY, response)).isEqualTo(Standing.OUTDATED);
        purges.purge(List.of(hard(Purge.prefix("http://a.example/"))));
        assertThat(purges.standing(KEY, response)).isEqualTo(Standing.PURGED);
        purges.purge(List.of(soft(Purge.prefix("http://a.example/"))));
        assertThat(purges.standing(KEY, response)).isEqualTo(Standing.PURGED);
    }

    @Test
    void purgesOfAllKindsHoldAfterARestart() throws IOException {
        Path file = directory.resolve("deep/purges");
        List<Purge> all =
                List.of(
                        hard(Purge.url("http://a.example/shop/shoe?s=9")),
                        hard(Purge.prefix("http://a.example/shop")),
                        hard(Purge.tag("http://a.example", "t 1+%")),
                        hard(Purge.group("", "g \"é\"")),
                        soft(Purge.tag("", "t")),
                        hard(Purge.model("0123456789")),
                        hard(Purge.source(DIGEST)),
                        hard(new Purge.Target.Everything()));
        for (Purge purge : all) {
            Files.deleteIfExists(file);
            Instant asked;
            try (Purges purges = Purges.open(file, time)) {
                asked = purges.clock().instant();
                purges.purge(List.of(purge));
            }
            try (Purges purges = Purges.open(file, time)) {
                StoredResponse response =
                        askedFor(
                                        asked,
                                        "Surrogate-Key",
                                        "t",
                                        "Cache-Tag",
                                        "t 1+%",
                                        "Content-Type",
                                        "image/vnd.vellum;m=0123456789")
                                .withBytes(0, DIGEST);
                boolean group = purge.target() instanceof Purge.Target.Group;
                assertThat(purges.standing(KEY, response))
                        .as("%s", purge)
                        .isEqualTo(
                                group
                                        ? Standing.CURRENT
                                        : purge.soft() ? Standing.OUTDATED : Standing.PURGED);
                assertThat(purges.size()).isEqualTo(1);
                // no fetch from now on is taken for an earlier one
                time.pass(1);
                assertThat(purges.standing(KEY, askedFor(purges.clock().instant())))
                        .isEqualTo(Standing.CURRENT);
            }
        }
    }

    @Test
    void aTornLastLineIsForgottenAndTheNextPurgeHolds() throws IOException {
        Path file = directory.resolve("purges");
        StoredResponse response = askedFor(time.instant(), "Surrogate-Key", "t");
        try (Purges purges = Purges.open(file, time)) {
            purges.purge(List.of(hard(Purge.tag("", "other"))));
        }
        Files.writeString(file, "12345678 2026-11-2", StandardOpenOption.APPEND);
        try (Purges purges = Purges.open(file, time)) {
            assertThat(purges.size()).isEqualTo(1);
            assertThat(purges.standing(KEY, response)).isEqualTo(Standing.CURRENT);
            purges.purge(List.of(hard(Purge.tag("", "t"))));
        }
        try (Purges purges = Purges.open(file, time)) {
            assertThat(purges.size()).isEqualTo(2);
            assertThat(purges.standing(KEY, response)).isEqualTo(Standing.PURGED);
        }
    }

    @Test
    void aDamagedLineMayHaveBeenAnyPurgeSoEverythingIsPurged() throws IOException {
        Path file = directory.resolve("purges");
        StoredResponse response = askedFor(time.instant());
        try (Purges purges = Purges.open(file, time)) {
            purges.purge(List.of(hard(Purge.tag("", "t")), hard(Purge.tag("", "u"))));
        }
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < bytes.length - 1; at++) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= 4;
            Files.write(file, flipped);
            try (Purges purges = Purges.open(file, time)) {
                assertThat(purges.standing(KEY, response))
                        .as("octet %d flipped", at)
                        .isEqualTo(Standing.PURGED);
            }
            try (Purges purges = Purges.open(file, time)) {
                assertThat(purges.standing(KEY, response)).isEqualTo(Standing.PURGED);
            }
        }
    }

    @Test
    void beyondTheGreatestNumberTheOldestAreTakenTogetherAndNoneIsLost() throws IOException {
        Path file = directory.resolve("purges");
        Instant first = time.instant();
        int count = Purges.MAX_TARGETS + 1;
        try (Purges purges = Purges.open(file, time)) {
            for (int batch = 0; batch < 100; batch++) {
                time.pass(10);
                List<Purge> some = new ArrayList<>();
                for (int i = batch; i < count; i += 100) {
                    some.add(hard(Purge.tag("", "t" + i)));
                }
                purges.purge(some);
            }
            assertThat(purges.size()).isLessThan(count);
            assertThat(purges.standing(KEY, askedFor(first))).isEqualTo(Standing.PURGED);
            for (String tag : List.of("t0", "t50", "t99")) {
                assertThat(
                                purges.standing(
                                        KEY,
                                        askedFor(
                                                time.instant().minusMillis(1_001),
                                                "Cache-Tag",
                                                tag)))
                        .isEqualTo(Standing.PURGED);
            }
            assertThat(purges.standing(KEY, askedFor(time.instant()))).isEqualTo(Standing.CURRENT);
        }
        try (Purges purges = Purges.open(file, time)) {
            assertThat(purges.standing(KEY, askedFor(first))).isEqualTo(Standing.PURGED);
            assertThat(purges.standing(KEY, askedFor(time.instant()))).isEqualTo(Standing.CURRENT);
        }
    }

    @Test
    void purgingTakesAsLongAsForcingALineToDisk() throws IOException {
        try (Purges purges = Purges.open(directory.resolve("purges"), InstantSource.system())) {
            List<Duration> taken = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                long start = System.nanoTime();
                purges.purge(List.of(hard(Purge.tag("", "t" + i))));
                taken.add(Duration.ofNanos(System.nanoTime() - start));
            }
            taken.sort(null);
            System.out.printf(
                    "purge: median %d us, slowest %d us%n",
                    taken.get(12).toNanos() / 1_000, taken.getLast().toNanos() / 1_000);
            assertThat(taken.get(12)).isLessThan(Duration.ofMillis(50));
        }
        assertThat(Files.readString(directory.resolve("purges"), StandardCharsets.US_ASCII))
                .hasLineCount(25);
    }
}
