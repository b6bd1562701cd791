package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.get;
import static dev.vellum.proxy.http.Responses.ok;
import static dev.vellum.proxy.http.Responses.request;
import static dev.vellum.proxy.http.Responses.response;
import static dev.vellum.proxy.http.Responses.stored;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollapsingTest {

    @ParameterizedTest
    @CsvSource({
        "Accept,a,true",
        "Cookie,a,true",
        "Cache-Control,max-age=0,true",
        "Range,bytes=0-1,false",
        "Authorization,a,false",
        "If-None-Match,a,false",
        "If-Modified-Since,a,false",
        "If-Match,a,false",
        "If-Unmodified-Since,a,false",
        "Cache-Control,no-store,false",
        "Cache-Control,no-cache,false",
        "Pragma,no-cache,false",
    })
    void onlyPlainRequestsWaitForEachOther(String name, String value, boolean may) {
        assertThat(Collapsing.mayCollapse(get(name, value))).isEqualTo(may);
        assertThat(Collapsing.mayCollapse(request("POST", name, value))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "max-age=60,true",
        "max-age=0,false",
        "'max-age=60, no-cache',false",
        "'max-age=0, stale-while-revalidate=60',false",
    })
    void onlyWhatMayBeReusedAtOnceIsShared(String cacheControl, boolean may) {
        assertThat(Collapsing.mayShare(stored(ok("Cache-Control", cacheControl, "ETag", "\"a\""))))
                .isEqualTo(may);
    }

    @Test
    void aPartIsNotShared() {
        StoredResponse part =
                stored(
                        get("Range", "bytes=0-4"),
                        response(
                                206,
                                "Cache-Control",
                                "max-age=60",
                                "Content-Range",
                                "bytes 0-4/10"));

        assertThat(Collapsing.mayShare(part)).isFalse();
    }
}
