package dev.vellum.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.store.purge.Purge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PurgePageTest {

    private final List<Purge> purged = new ArrayList<>();
    private final PurgePage page = new PurgePage(purged::addAll);

    @Test
    void everyKindMayBeAskedForAndSeveralAtOnce() {
        assertThat(
                        page.answer(
                                "/purge?url=http%3A%2F%2Fa.example%2F%3Fq%3D1&tag=a+b&tag=c"
                                        + "&prefix=http://a.example/x&group=g&everything&model=0123456789AB"
                                        + "&origin=http://a.example&soft"))
                .isEqualTo(new PurgePage.Answer(200, "purged: 7\n"));
        assertThat(purged)
                .containsExactly(
                        new Purge(new Purge.Target.Url("http://a.example/?q=1"), true),
                        new Purge(new Purge.Target.Tag("http://a.example", "a b"), true),
                        new Purge(new Purge.Target.Tag("http://a.example", "c"), true),
                        new Purge(new Purge.Target.Prefix("http://a.example/x"), true),
                        new Purge(new Purge.Target.Group("http://a.example", "g"), true),
                        new Purge(new Purge.Target.Everything(), true),
                        new Purge(new Purge.Target.Model("0123456789"), true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/purge | expected: url, prefix, tag, group, model, source or everything",
                "/purge?soft=true | expected: url, prefix, tag, group, model, source or everything",
                "/purge?url=/a | expected: an http or https URI",
                "/purge?url= | expected: an http or https URI",
                "/purge?tag= | expected: a name",
                "/purge?tag=a&soft=maybe | expected: true or false",
                "/purge?everything=false | expected: true",
                "/purge?everything=no | expected: true or false",
                "/purge?tag=a&surprise=1 | expected: url, prefix, tag, group, model, source",
                "/purge?model=0123 | expected: 10 to 64 hex digits",
                "/purge?source=0123456789 | expected: 64 hex digits",
                "/purge?tag=a&origin=a.example | expected: an http or https URI",
                "/purge?tag=%zz | %"
            })
    void whatIsNotUnderstoodPurgesNothing(String target, String message) {
        PurgePage.Answer answer = page.answer(target);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains(message);
        assertThat(purged).isEmpty();
    }

    @Test
    void aPurgeThatCouldNotBeWrittenIsAFailure() {
        PurgePage failing =
                new PurgePage(wishes -> {
                    throw new IOException("No space left on device");
                });
        assertThat(failing.answer("/purge?everything").status()).isEqualTo(500);
    }
}
