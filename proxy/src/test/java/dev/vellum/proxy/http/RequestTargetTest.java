package dev.vellum.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.RequestTarget.Absolute;
import dev.vellum.proxy.http.RequestTarget.Reading;
import dev.vellum.proxy.http.RequestTarget.Reading.Accepted;
import dev.vellum.proxy.http.RequestTarget.Reading.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestTargetTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "GET ; / ; example.com ; http://example.com/",
                "GET ; /a?b ; example.com:80 ; http://example.com/a?b",
                "GET ; /a ; Example.COM:8080 ; http://example.com:8080/a",
                "GET ; /a ; example.com: ; http://example.com/a",
                "GET ; /a ; [::1] ; http://[::1]/a",
                "GET ; /a ; [2001:DB8::1]:81 ; http://[2001:db8::1]:81/a",
                "GET ; /%7Ea/../b ; example.com ; http://example.com/%7Ea/../b",
                "GET ; //x/y ; example.com ; http://example.com//x/y",
                "GET ; /a?100% ; example.com ; http://example.com/a?100%",
                "GET ; /a?x=[1]|{2} ; example.com ; http://example.com/a?x=[1]|{2}",
                "GET ; http://example.com ; example.com ; http://example.com/",
                "GET ; http://example.com?q ; example.com ; http://example.com/?q",
                "GET ; HTTP://EXAMPLE.com/A ; example.com ; http://example.com/A",
                "GET ; https://example.com/ ; example.com ; https://example.com/",
                "GET ; https://example.com:443/ ; example.com ; https://example.com/",
                "OPTIONS ; /a ; example.com ; http://example.com/a",
            })
    void aTargetIsResolvedAgainstHost(String method, String text, String host, String uri) {
        assertThat(read(method, text, host))
                .isInstanceOfSatisfying(
                        Accepted.class,
                        accepted ->
                                assertThat(((Absolute) accepted.target()).uri()).isEqualTo(uri));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "GET ; a ; example.com ; neither",
                "GET ; ftp://example.com/ ; example.com ; neither",
                "GET ; http:/a ; example.com ; neither",
                "GET ; http:///a ; example.com ; authority",
                "GET ; http://u@example.com/ ; example.com ; authority",
                "GET ; http://example.com:0/ ; example.com ; authority",
                "GET ; http://example.com:65536/ ; example.com ; authority",
                "GET ; http://example.com:+80/ ; example.com ; authority",
                "GET ; http://exa%6Dple.com/ ; example.com ; authority",
                "GET ; http://[::1/ ; example.com ; authority",
                "GET ; http://[fe80::1%25eth0]/ ; example.com ; authority",
                "GET ; http://a..b/ ; a..b ; authority",
                "GET ; http://example.com/ ; example.org ; differs",
                "GET ; http://example.com/ ; example.com:81 ; differs",
                "GET ; https://example.com/ ; example.com:80 ; differs",
                "GET ; /a#b ; example.com ; fragment",
                "GET ; /a\\b ; example.com ; backslash",
                "GET ; /a<b ; example.com ; percent-encoded",
                "GET ; /a%2 ; example.com ; percent-encoding",
                "GET ; /a%zz ; example.com ; percent-encoding",
                "GET ; /ä ; example.com ; visible",
                "GET ; /a ; example.com, example.com ; Host",
                "GET ; /a ; user@example.com ; Host",
                "GET ; /a ; exam ple.com ; Host",
                "GET ; /a ; '' ; Host",
                "GET ; * ; example.com ; asterisk",
                "CONNECT ; example.com ; example.com ; host:port",
                "CONNECT ; /a ; example.com ; host:port",
                "CONNECT ; http://example.com:443/ ; example.com ; host:port",
                "CONNECT ; example.com:443 ; example.org:443 ; differs",
            })
    void anAmbiguousTargetIsRefused(String method, String text, String host, String reason) {
        assertThat(read(method, text, host))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).contains(reason));
    }

    @ParameterizedTest
    @CsvSource({
        "example.com:443,example.com",
        "example.com:443,example.com:443",
        "[::1]:8443,[::1]:8443"
    })
    void aTunnelNamesHostAndPort(String text, String host) {
        assertThat(read("CONNECT", text, host))
                .isInstanceOfSatisfying(
                        Accepted.class,
                        accepted ->
                                assertThat(accepted.target())
                                        .isEqualTo(
                                                new RequestTarget.AuthorityForm(
                                                        accepted.target().authority())));
    }

    @Test
    void hostMayOnlyBeLeftOutBeforeHttp11() {
        assertThat(RequestTarget.read("GET", "/", List.of(), HttpVersion.HTTP_1_1, "http"))
                .isInstanceOf(Refused.class);
        assertThat(RequestTarget.read("GET", "http://a/", List.of(), HttpVersion.HTTP_1_0, "http"))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void twoHostFieldsAreRefusedEvenIfEqual() {
        assertThat(RequestTarget.read("GET", "/", List.of("a", "a"), HttpVersion.HTTP_1_1, "http"))
                .isInstanceOf(Refused.class);
    }

    @Test
    void optionsWithoutAPathMeansTheServer() {
        assertThat(read("OPTIONS", "http://example.com", "example.com"))
                .isEqualTo(
                        new Accepted(
                                new RequestTarget.Asterisk(
                                        "http", new Authority("example.com", 80))));
        assertThat(read("OPTIONS", "*", "example.com"))
                .isEqualTo(
                        new Accepted(
                                new RequestTarget.Asterisk(
                                        "http", new Authority("example.com", 80))));
    }

    private static Reading read(String method, String text, String host) {
        return RequestTarget.read(method, text, List.of(host), HttpVersion.HTTP_1_1, "http");
    }
}
