package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Caching rules whose effect shows only between store, origin and client, through real sockets. */
@Timeout(60)
class CachingRulesIT {

    private static final String FRESH = "Cache-Control: max-age=60\r\nETag: \"one\"\r\n";

    private static final String OTHER_PART =
            "ETag: \"two\"\r\nCache-Control: max-age=60\r\nContent-Range: bytes 4-9/10\r\n";

    @Test
    void theBeginningIsCompletedByTheRest() throws IOException {
        try (ScriptedOrigin origin = new ScriptedOrigin(CachingRulesIT::ranges);
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            assertThat(RawClient.get(proxy.port(), "/a", "Range: bytes=0-3\r\n").body())
                    .isEqualTo("0123");

            Response whole = RawClient.get(proxy.port(), "/a", "");
            assertThat(whole.status()).isEqualTo(200);
            assertThat(whole.body()).isEqualTo("0123456789");
            assertThat(whole.field("Content-Length")).isEqualTo("10");
            assertThat(origin.received().getLast().field("Range")).isEqualTo("bytes=4-");
            assertThat(origin.received().getLast().field("If-Range")).isEqualTo("\"one\"");

            assertThat(RawClient.get(proxy.port(), "/a", "").body()).isEqualTo("0123456789");
            assertThat(origin.received()).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"200 OK", "206 Partial Content", "416 Range Not Satisfiable"})
    void aPartOfOtherBytesIsNotCompleted(String answer) throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            if (request.field("Range").equals("bytes=0-3")) {
                                ranges(request, wire);
                            } else if (request.field("Range").isEmpty()
                                    || answer.startsWith("200")) {
                                wire.respond("200 OK", "", "abcdefghij");
                            } else {
                                wire.respond(answer, OTHER_PART, "efghij");
                            }
                        });
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            RawClient.get(proxy.port(), "/a", "Range: bytes=0-3\r\n");

            Response whole = RawClient.get(proxy.port(), "/a", "");

            assertThat(whole.status()).isEqualTo(200);
            assertThat(whole.body()).isEqualTo("abcdefghij");
        }
    }

    @Test
    void aPartDoesNotStandInForTheWhole() throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            if (request.field("Range").equals("bytes=2-3")) {
                                ranges(request, wire);
                            } else {
                                wire.reset();
                            }
                        });
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            RawClient.get(proxy.port(), "/a", "Range: bytes=2-3\r\n");

            assertThat(RawClient.get(proxy.port(), "/a", "").status()).isEqualTo(502);
            assertThat(RawClient.get(proxy.port(), "/a", "Range: bytes=3-3\r\n").body())
                    .isEqualTo("3");
        }
    }

    /** RFC 9110 section 13.2.2. */
    @Test
    void anExpectationIsJudgedByWhatTheOriginHasNow() throws IOException {
        AtomicReference<String> tag = new AtomicReference<>("\"one\"");
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) ->
                                wire.respond(
                                        "200 OK",
                                        "Cache-Control: max-age=60\r\nETag: " + tag.get() + "\r\n",
                                        "body"));
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            RawClient.get(proxy.port(), "/a", "");
            tag.set("\"two\"");

            Response second = RawClient.get(proxy.port(), "/a", "If-Match: \"two\"\r\n");
            assertThat(second.status()).isEqualTo(200);
            assertThat(second.field("ETag")).isEqualTo("\"two\"");
            tag.set("\"three\"");
            assertThat(RawClient.get(proxy.port(), "/a", "If-Match: \"one\"\r\n").status())
                    .isEqualTo(412);
        }
    }

    /** RFC 9111 section 5.1. */
    @Test
    void whoeverSharesAResponseIsToldItsAge()
            throws IOException, InterruptedException, ExecutionException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            asked.countDown();
                            if (answer.await(10, TimeUnit.SECONDS)) {
                                wire.respond("200 OK", FRESH + "Age: 30\r\n", "body");
                            }
                        });
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            FutureTask<Response> leader =
                    new FutureTask<>(() -> RawClient.get(proxy.port(), "/a", ""));
            FutureTask<Response> follower =
                    new FutureTask<>(() -> RawClient.get(proxy.port(), "/a", ""));
            Thread.ofVirtual().start(leader);
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            Thread.ofVirtual().start(follower);
            Thread.sleep(300);
            answer.countDown();

            assertThat(Integer.parseInt(leader.get().field("Age"))).isBetween(30, 40);
            assertThat(Integer.parseInt(follower.get().field("Age"))).isBetween(30, 40);
            assertThat(origin.received()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"timeout=60, 1", "timeout=1, 2"})
    void aConnectionIsNotUsedWhenItsOriginIsAboutToCloseIt(String told, int connections)
            throws IOException {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.always(
                                "Cache-Control: no-store\r\nKeep-Alive: " + told + "\r\n", "x");
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.exchange("GET", "/a", "", "");
            client.exchange("GET", "/b", "", "");

            assertThat(origin.connections()).isEqualTo(connections);
        }
    }

    /** RFC 9875 section 3. */
    @Test
    void aGroupIsInvalidatedByAnUnsafeRequestToAnyOfItsOrigin() throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) ->
                                wire.respond(
                                        "200 OK",
                                        FRESH
                                                + (request.path().equals("/edit")
                                                        ? "Cache-Group-Invalidation: \"g\"\r\n"
                                                        : "Cache-Groups: \"g\"\r\n"),
                                        request.path()));
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            RawClient.get(proxy.port(), "/a", "");
            RawClient.get(proxy.port(), "/a", "");
            assertThat(origin.received()).hasSize(1);
            try (RawClient client = new RawClient(proxy.port())) {
                client.exchange("POST", "/edit", "", "x");
            }

            RawClient.get(proxy.port(), "/a", "");

            assertThat(origin.received()).hasSize(3);
            assertThat(origin.received().getLast().field("If-None-Match")).isEqualTo("\"one\"");
        }
    }

    /** Ten bytes of digits, whole or the range that is asked for. */
    private static void ranges(ScriptedOrigin.Received request, ScriptedOrigin.Wire wire)
            throws IOException {
        String all = "0123456789";
        String range = request.field("Range");
        if (range.isEmpty()) {
            wire.respond("200 OK", FRESH, all);
            return;
        }
        String[] ends = range.substring("bytes=".length()).split("-", -1);
        int first = Integer.parseInt(ends[0]);
        int last = ends[1].isEmpty() ? 9 : Integer.parseInt(ends[1]);
        wire.respond(
                "206 Partial Content",
                FRESH + "Content-Range: bytes %d-%d/10\r\n".formatted(first, last),
                all.substring(first, last + 1));
    }
}
