package dev.vellum.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.wire.Framing.RequestReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestDecoderTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final RequestReader reader =
            Framing.requests(channel.pipeline(), Limits.DEFAULT, "http");
    private final List<String> messages = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private final List<RequestHead> heads = new ArrayList<>();
    private final List<Fields> trailers = new ArrayList<>();
    private final StringBuilder content = new StringBuilder();

    static Stream<Hostile> hostile() {
        return HostileRequests.all();
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void isReadOneWayOrNotAtAll(Hostile hostile) {
        receive(hostile.octets(), hostile.octets().length);
        check(hostile);
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void isReadTheSameByteByByte(Hostile hostile) {
        receive(hostile.octets(), 1);
        check(hostile);
    }

    @Test
    void theTableHoldsAtLeast150Requests() {
        assertThat(hostile().map(Hostile::bytes).distinct()).hasSizeGreaterThan(150);
        assertThat(hostile().map(Hostile::name)).doesNotHaveDuplicates();
    }

    @Test
    void aHeadComesAsItWasSent() {
        receive(ascii("GET /a?b HTTP/1.1\r\nhost: site.test:8080\r\nA: b\r\na:  c d \r\n\r\n"), 7);
        assertThat(heads).hasSize(1);
        RequestHead head = heads.getFirst();
        assertThat(head.method()).isEqualTo("GET");
        assertThat(((RequestTarget.Absolute) head.target()).uri())
                .isEqualTo("http://site.test:8080/a?b");
        assertThat(head.fields())
                .isEqualTo(Fields.of("host", "site.test:8080", "A", "b", "a", "c d"));
    }

    @Test
    void trailersThatFrameOrRouteAreDroppedAndOthersKept() {
        receive(
                lines(
                        "POST / HTTP/1.1",
                        "Host: a",
                        "Transfer-Encoding: chunked",
                        "",
                        "0",
                        "X: y",
                        "Content-Length: 7",
                        "host: b",
                        "Cookie: c",
                        ""),
                5);
        assertThat(trailers).containsExactly(Fields.of("X", "y"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 100})
    void anEmptyLineBehindARequestIsIgnoredHoweverItIsCut(int step) {
        receive(ascii("GET / HTTP/1.1\r\nHost: a\r\nA: bcdefghi\r\n\r\n\r\n"), step);
        assertThat(rejected).isEmpty();
        assertThat(heads).hasSize(1);
    }

    @Test
    void leadingZerosAreNotPassedOn() {
        receive(ascii("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0002\r\n\r\nhi"), 100);
        assertThat(heads.getFirst().fields().all("Content-Length")).containsExactly("2");
    }

    @Test
    void theNextRequestWaitsUntilItIsAskedFor() {
        channel.writeInbound(
                Unpooled.wrappedBuffer(
                        lines("GET /a HTTP/1.1", "Host: a", "", "GET /b HTTP/1.1", "Host: a", "")));
        assertThat(channel.<RequestHead>readInbound()).isNotNull();
        assertThat(channel.<BodyEnd>readInbound().reusable()).isTrue();
        assertThat(channel.<Object>readInbound()).isNull();
        reader.next();
        assertThat(channel.<RequestHead>readInbound()).isNotNull();
        assertThat(channel.<BodyEnd>readInbound().reusable()).isTrue();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void bytesBehindConnectAreHandedOverWhenTheTunnelStands() {
        channel.writeInbound(
                Unpooled.wrappedBuffer(
                        ascii("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\nGET / HTTP/1.1\r\n")));
        assertThat(channel.<RequestHead>readInbound().method()).isEqualTo("CONNECT");
        assertThat(channel.<BodyEnd>readInbound().reusable()).isFalse();
        reader.next();
        assertThat(channel.<Object>readInbound()).isNull();
        Framing.remove(channel.pipeline());
        ByteBuf tunnelled = channel.readInbound();
        assertThat(tunnelled.toString(StandardCharsets.US_ASCII)).isEqualTo("GET / HTTP/1.1\r\n");
        tunnelled.release();
    }

    @Test
    void aRequestCutShortIsRejectedWhenItsConnectionEnds() {
        receive(ascii("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell"), 100);
        assertThat(rejected).isEmpty();
        var _ = channel.close();
        collect();
        assertThat(rejected).hasSize(1);
        assertThat(messages).isEmpty();
    }

    private void check(Hostile hostile) {
        assertThat(messages).isEqualTo(hostile.messages());
        if (hostile.refusal() == null) {
            assertThat(rejected).isEmpty();
        } else {
            assertThat(rejected).extracting(Rejected::failure).containsExactly(hostile.refusal());
        }
        channel.finishAndReleaseAll();
    }

    private void receive(byte[] bytes, int step) {
        for (int at = 0; at < bytes.length; at += step) {
            channel.writeInbound(
                    Unpooled.copiedBuffer(bytes, at, Math.min(step, bytes.length - at)));
            collect();
        }
    }

    private void collect() {
        for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
            switch (part) {
                case RequestHead head -> {
                    heads.add(head);
                    content.setLength(0);
                }
                case ByteBuf bytes -> {
                    content.append(bytes.toString(StandardCharsets.ISO_8859_1));
                    bytes.release();
                }
                case BodyEnd end -> {
                    messages.add(told(heads.getLast()));
                    trailers.add(end.trailers());
                    if (end.reusable()) {
                        reader.next();
                    }
                }
                case Rejected refusal -> rejected.add(refusal);
                default -> throw new AssertionError("unexpected " + part);
            }
        }
    }

    private String told(RequestHead head) {
        String target =
                head.target() instanceof RequestTarget.Absolute absolute
                        ? absolute.pathAndQuery()
                        : head.target().toString();
        return (head.method() + " " + target + " " + content).stripTrailing()
                + (content.toString().endsWith("\r\n") ? "\r\n\r\n" : "");
    }

    private static byte[] lines(String... lines) {
        return ascii(String.join("\r\n", lines) + "\r\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
