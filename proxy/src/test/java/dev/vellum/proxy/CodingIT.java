package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Text coded on the way to clients, through real sockets. */
@Timeout(60)
class CodingIT {

    private static final String TEXT = "all work and no play. ".repeat(2_000);
    private static final String FIELDS =
            "Cache-Control: max-age=60\r\nETag: \"v\"\r\nContent-Type: text/html\r\n";
    private static final String PAGE = "Content-Type: text/html\r\nCache-Control: no-store\r\n";
    private static final String PICTURE =
            "Content-Type: image/png\r\nCache-Control: max-age=60\r\n";
    private static final String GZIP = "Accept-Encoding: gzip\r\n";

    private static String decoded(Response response) throws IOException {
        byte[] octets = response.body().getBytes(StandardCharsets.ISO_8859_1);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(octets))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void theFirstViewAndTheHitsAreCodedAsTheClientAccepts() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FIELDS, TEXT);
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            for (int i = 0; i < 3; i++) {
                Response coded = RawClient.get(proxy.port(), "/a", GZIP);
                assertThat(coded.field("Content-Encoding")).isEqualTo("gzip");
                assertThat(coded.field("Vary")).isEqualTo("Accept-Encoding");
                assertThat(coded.field("ETag")).isEqualTo("\"v-gzip\"");
                assertThat(coded.body().length()).isLessThan(TEXT.length() / 10);
                assertThat(decoded(coded)).isEqualTo(TEXT);
            }
            Response plain = RawClient.get(proxy.port(), "/a", "");
            assertThat(plain.body()).isEqualTo(TEXT);
            assertThat(plain.field("Vary")).isEqualTo("Accept-Encoding");
            assertThat(plain.field("ETag")).isEqualTo("\"v\"");
            assertThat(
                            RawClient.get(proxy.port(), "/a", "Accept-Encoding: br, gzip\r\n")
                                    .field("Content-Encoding"))
                    .isEqualTo("br");
            assertThat(origin.received()).hasSize(1);
        }
    }

    @Test
    void everyPlainHitSaysThatItVariesAndSaysItOnce() throws IOException {
        for (String own :
                new String[] {"", "Accept-Encoding", "Origin", "Origin, accept-encoding"}) {
            String fields = own.isEmpty() ? FIELDS : FIELDS + "Vary: " + own + "\r\n";
            try (ScriptedOrigin origin = ScriptedOrigin.always(fields, TEXT);
                    Proxy proxy = ProxyRunner.edge(origin).start()) {
                for (int i = 0; i < 3; i++) {
                    Response plain = RawClient.get(proxy.port(), "/a", "");
                    assertThat(plain.body()).isEqualTo(TEXT);
                    assertThat(plain.head().toLowerCase(Locale.ROOT).split("accept-encoding", -1))
                            .as(own)
                            .hasSize(2);
                    assertThat(plain.head().contains("Origin")).isEqualTo(own.contains("Origin"));
                }
                assertThat(origin.received()).hasSize(1);
            }
        }
    }

    @Test
    void conditionsAndRangesAreAnsweredForTheFormThatTheClientHas() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FIELDS, TEXT);
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            RawClient.get(proxy.port(), "/a", GZIP);
            Response same =
                    RawClient.get(proxy.port(), "/a", GZIP + "If-None-Match: \"v-gzip\"\r\n");
            assertThat(same.status()).isEqualTo(304);
            assertThat(same.field("ETag")).isEqualTo("\"v-gzip\"");
            Response other = RawClient.get(proxy.port(), "/a", GZIP + "If-None-Match: \"v\"\r\n");
            assertThat(other.status()).isEqualTo(200);
            Response plain = RawClient.get(proxy.port(), "/a", "If-None-Match: \"v\"\r\n");
            assertThat(plain.status()).isEqualTo(304);
            Response part = RawClient.get(proxy.port(), "/a", GZIP + "Range: bytes=4-7\r\n");
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.body()).isEqualTo("work");
            assertThat(part.field("ETag")).isEqualTo("\"v\"");
        }
    }

    @Test
    void whatIsNotStoredIsCodedTooAndPicturesAreNot() throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) ->
                                wire.respond(
                                        "200 OK",
                                        request.path().equals("/page") ? PAGE : PICTURE,
                                        TEXT));
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            Response page = client.exchange("GET", "/page", GZIP, "");
            assertThat(decoded(page)).isEqualTo(TEXT);
            Response picture = client.exchange("GET", "/picture", GZIP, "");
            assertThat(picture.body()).isEqualTo(TEXT);
            assertThat(picture.field("Vary")).isEmpty();
            Response head = client.exchange("HEAD", "/page", GZIP, "");
            assertThat(head.field("Content-Encoding")).isEqualTo("gzip");
        }
    }
}
