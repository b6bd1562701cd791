package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * Whatever fields an origin and its clients send, no rule fails and none contradicts itself. An
 * input is a request's target and fields, an empty line, and a response's fields, line by line.
 */
class RulesFuzzTest {

    private static final Hop HOP = new Hop(Hop.Role.EDGE, "box", "192.0.2.1", "http");

    @FuzzTest(maxDuration = "20s")
    void noFieldsMakeARuleFail(byte[] data) {
        List<String> lines = new String(data, StandardCharsets.ISO_8859_1).lines().toList();
        if (lines.isEmpty()) {
            return;
        }
        int end = lines.indexOf("");
        int split = end < 1 ? lines.size() : end;
        RequestTarget.Reading reading =
                RequestTarget.read(
                        "GET",
                        lines.getFirst(),
                        List.of("example.com"),
                        HttpVersion.HTTP_1_1,
                        "http");
        if (!(reading instanceof RequestTarget.Reading.Accepted(RequestTarget.Absolute target))) {
            return;
        }
        assertThat(Responses.target(target.uri())).isEqualTo(target);
        check(
                new RequestHead(
                        "GET", target, HttpVersion.HTTP_1_1, fields(lines.subList(1, split))),
                Responses.ok().with(fields(lines.subList(split, lines.size()))));
    }

    private static void check(RequestHead client, ResponseHead response) {
        if (!(Forwarding.request(client, HOP) instanceof Forwarding.Forward(RequestHead request))) {
            return;
        }
        assertThat(request.fields().all("Host")).containsExactly("example.com");
        Invalidation.of(
                new RequestHead("POST", client.target(), HttpVersion.HTTP_1_1, client.fields()),
                response);
        for (CachePolicy policy : List.of(CachePolicy.EDGE, CachePolicy.FORWARD)) {
            if (Storability.assess(request, response, NOW, NOW.plusSeconds(1), policy)
                    instanceof Storability.Store(StoredResponse arriving)) {
                checkStored(request, arriving.withLength(1_000), policy);
            }
        }
    }

    private static void checkStored(
            RequestHead request, StoredResponse stored, CachePolicy policy) {
        Instant later = NOW.plusSeconds(100);
        assertThat(Vary.matches(request, stored)).isTrue();
        assertThat(stored.age(later).isNegative()).isFalse();
        if (Reuse.decide(request, stored, later, policy) instanceof Reuse.Serve) {
            assertThat(
                            stored.remaining(later).isPositive()
                                    || request.fields().contains("Cache-Control"))
                    .isTrue();
            assertThat(stored.terms().mustAlwaysValidate()).isFalse();
        }
        Conditional.evaluate(request, stored);
        long last = -2;
        for (Ranges.Range range : ranges(Ranges.evaluate(request, stored))) {
            assertThat(range.first()).isGreaterThan(last + 1);
            assertThat(range.last()).isBetween(range.first(), 999L);
            last = range.last();
        }
        StoredResponse fresh =
                Validation.freshen(
                        stored,
                        new ResponseHead(HttpVersion.HTTP_1_1, 304, "", stored.head().fields()),
                        later,
                        later,
                        policy);
        assertThat(fresh.terms().entityTag()).isEqualTo(stored.terms().entityTag());
        assertThat(fresh.head().status()).isEqualTo(200);
        assertThat(Forwarding.response(stored.head(), HOP).fields().contains("Connection"))
                .isFalse();
    }

    private static List<Ranges.Range> ranges(Ranges ranges) {
        return switch (ranges) {
            case Ranges.Single(Ranges.Range range) -> List.of(range);
            case Ranges.Several(List<Ranges.Range> several) -> several;
            case Ranges.Whole whole -> List.of();
            case Ranges.Unsatisfiable none -> List.of();
            case Ranges.NotHeld none -> List.of();
        };
    }

    private static Fields fields(List<String> lines) {
        Fields.Builder fields = Fields.builder();
        for (String line : lines) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                fields.add(line.substring(0, colon), line.substring(colon + 2).strip());
            }
        }
        return fields.build();
    }
}
