package dev.vellum.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.CacheStatus.Forward;
import dev.vellum.proxy.http.CacheStatus.Forwarded;
import dev.vellum.proxy.http.CacheStatus.Hit;
import dev.vellum.proxy.http.CacheStatus.Local;
import java.time.Duration;
import java.util.List;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatusFieldsTest {

    /** RFC 9211 section 2. */
    @Test
    void cacheStatusSaysWhatHappened() {
        assertThat(new Hit(Duration.ofSeconds(376)).text("box")).isEqualTo("box;hit;ttl=376");
        assertThat(new Hit(Duration.ofSeconds(-412)).text("box")).isEqualTo("box;hit;ttl=-412");
        assertThat(new Forwarded(Forward.URI_MISS, 200, true, false).text("box"))
                .isEqualTo("box;fwd=uri-miss;fwd-status=200;stored");
        assertThat(new Forwarded(Forward.STALE, 304, false, true).text("box"))
                .isEqualTo("box;fwd=stale;fwd-status=304;collapsed");
        assertThat(new Forwarded(Forward.MISS, 0, false, false).text("box"))
                .isEqualTo("box;fwd=miss");
        assertThat(new Local("\"a\\b\"é\n").text("box"))
                .isEqualTo("box;detail=\"\\\"a\\\\b\\\"??\"");
    }

    @Test
    void aNameThatIsNoTokenIsAString() {
        assertThat(new Hit(Duration.ZERO).text("my box")).isEqualTo("\"my box\";hit;ttl=0");
        assertThat(new Hit(Duration.ZERO).text("1box")).isEqualTo("\"1box\";hit;ttl=0");
        assertThat(new Hit(Duration.ZERO).text("box.example:80/a"))
                .isEqualTo("box.example:80/a;hit;ttl=0");
    }

    @Test
    void aMemberGoesBehindThoseOfCachesBefore() {
        Fields fields = Fields.of("Cache-Status", "origin; hit");

        assertThat(new Hit(Duration.ZERO).addTo(fields, "box").all("Cache-Status"))
                .isEqualTo(List.of("origin; hit", "box;hit;ttl=0"));
    }

    /** RFC 9209 section 2.3 and RFC 9110 section 15. */
    @ParameterizedTest
    @EnumSource(Failure.class)
    void everyFailureIsSaidInFull(Failure failure) throws ParseException {
        String text = ProxyStatus.of("box", failure, "some \"detail\"");

        assertThat(text)
                .isEqualTo(
                        "box;error=%s;details=\"some \\\"detail\\\"\""
                                .formatted(failure.errorType()));
        assertThat(Parser.parseList(text).get()).hasSize(1);
        assertThat(ProxyStatus.of("box", failure)).isEqualTo("box;error=" + failure.errorType());
        assertThat(failure.publicText()).endsWith(".");
        assertThat(failure.status()).isBetween(400, 599);
    }

    /** Every reason to go upstream has its word. */
    @ParameterizedTest
    @EnumSource(Reuse.Reason.class)
    void everyReasonHasAForwardParameter(Reuse.Reason reason) {
        assertThat(Forward.of(reason).token()).matches("[a-z-]+");
    }
}
