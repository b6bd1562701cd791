package dev.vellum.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.wire.Framing.ResponseReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseDecoderTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ResponseReader reader = Framing.responses(channel.pipeline(), Limits.DEFAULT);
    private final List<String> messages = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private final List<ResponseHead> heads = new ArrayList<>();
    private final List<BodyEnd> ends = new ArrayList<>();
    private final StringBuilder content = new StringBuilder();

    static Stream<Hostile> hostile() {
        return HostileResponses.all();
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void isReadOneWayOrNotAtAll(Hostile hostile) {
        reader.expect("GET", false);
        receive(hostile.octets(), hostile.octets().length);
        check(hostile);
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void isReadTheSameByteByByte(Hostile hostile) {
        reader.expect("GET", false);
        receive(hostile.octets(), 1);
        check(hostile);
    }

    @ParameterizedTest
    @CsvSource({
        "keeps alive,            HTTP/1.1 200 OK, Content-Length: 0,                       true",
        "says close,             HTTP/1.1 200 OK, Connection: close|Content-Length: 0,     false",
        "says close in a list,   HTTP/1.1 200 OK, Connection: a;CLOSE|Content-Length: 0,   false",
        "is 1.0,                 HTTP/1.0 200 OK, Content-Length: 0,                       false",
        "is 1.0 and keeps alive, HTTP/1.0 200 OK, Connection: keep-alive|Content-Length: 0, false",
        "has no content,         HTTP/1.1 204 No, A: b,                                    true",
        "is 204 with a length,   HTTP/1.1 204 No, Content-Length: 5,                       false",
        "is 204 chunked,         HTTP/1.1 204 No, Transfer-Encoding: chunked,              false",
    })
    void aConnectionIsReusedOnlyWhereNothingSpeaksAgainstIt(
            String why, String statusLine, String fields, boolean reusable) {
        reader.expect("GET", false);
        String lines = fields.replace(';', ',').replace("|", "\r\n");
        receive(latin1(statusLine + "\r\n" + lines + "\r\n\r\n"), 100);
        assertThat(ends).as(why).extracting(BodyEnd::reusable).containsExactly(reusable);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\n\r\n\0",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\r\n"
            })
    void surplusBytesCloseTheConnection(String bytes) {
        reader.expect("GET", false);
        receive(latin1(bytes), 1000);
        assertThat(ends).extracting(BodyEnd::reusable).containsExactly(false);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void bytesThatNobodyAskedForCloseTheConnection() {
        receive(latin1("HTTP/1.1 408 Request Timeout\r\n\r\n"), 1000);
        assertThat(heads).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aHeadResponseHasNoContentWhateverItsLength() {
        reader.expect("HEAD", false);
        receive(latin1("HTTP/1.1 200 OK\r\nContent-Length: 0500\r\n\r\n"), 1000);
        assertThat(messages).containsExactly("200");
        assertThat(heads.getFirst().fields().all("Content-Length")).containsExactly("500");
        assertThat(ends).extracting(BodyEnd::reusable).containsExactly(true);
        reader.expect("GET", false);
        receive(latin1("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), 1);
        assertThat(messages).containsExactly("200", "200 hi");
    }

    @Test
    void aLengthInAResponseThatHasNoneIsNotPassedOn() {
        reader.expect("GET", false);
        receive(
                latin1(
                        String.join(
                                "\r\n",
                                "HTTP/1.1 103 Early Hints",
                                "Content-Length: 9",
                                "Link: a",
                                "",
                                "HTTP/1.1 204 No Content",
                                "Transfer-Encoding: chunked",
                                "",
                                "")),
                1000);
        assertThat(heads.get(0).fields()).isEqualTo(Fields.of("Link", "a"));
        assertThat(heads.get(1).fields()).isEqualTo(Fields.of());
    }

    @Test
    void contentWithoutALengthEndsWithTheConnection() {
        reader.expect("GET", false);
        receive(latin1("HTTP/1.1 200 OK\r\n\r\nhello"), 3);
        assertThat(messages).isEmpty();
        channel.pipeline().fireChannelInactive();
        collect();
        assertThat(messages).containsExactly("200 hello");
        assertThat(ends).extracting(BodyEnd::reusable).containsExactly(false);
    }

    @Test
    void contentWithoutALengthThatIsResetIsNeverWhole() {
        reader.expect("GET", false);
        receive(latin1("HTTP/1.1 200 OK\r\n\r\nhello"), 100);
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        channel.pipeline().fireChannelInactive();
        collect();
        assertThat(messages).isEmpty();
        assertThat(rejected)
                .extracting(Rejected::failure)
                .containsExactly(Failure.RESPONSE_INCOMPLETE);
        assertThatThrownBy(channel::checkException).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n",
                "HTTP/1.1 200 OK\r\nContent-Le"
            })
    void contentThatEndsEarlyIsNeverWhole(String bytes) {
        reader.expect("GET", false);
        receive(latin1(bytes), 100);
        var _ = channel.close();
        collect();
        assertThat(messages).isEmpty();
        assertThat(rejected)
                .extracting(Rejected::failure)
                .containsExactly(Failure.RESPONSE_INCOMPLETE);
    }

    @Test
    void bytesBehindATunnelsHeadAreNotRead() {
        reader.expect("CONNECT", false);
        channel.writeInbound(
                Unpooled.wrappedBuffer(
                        latin1("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\u0016\3\1")));
        assertThat(channel.<ResponseHead>readInbound().status()).isEqualTo(200);
        assertThat(channel.<BodyEnd>readInbound().reusable()).isFalse();
        ByteBuf tunnelled = channel.readInbound();
        assertThat(tunnelled.toString(StandardCharsets.ISO_8859_1)).isEqualTo("\u0016\3\1");
        tunnelled.release();
    }

    @Test
    void anotherProtocolIsSwitchedToOnlyWhereItWasAskedFor() {
        byte[] switching = latin1("HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\n\r\nbytes");
        reader.expect("GET", true);
        channel.writeInbound(Unpooled.wrappedBuffer(switching));
        assertThat(channel.<ResponseHead>readInbound().status()).isEqualTo(101);
        assertThat(channel.<BodyEnd>readInbound().reusable()).isFalse();
        channel.<ByteBuf>readInbound().release();

        EmbeddedChannel other = new EmbeddedChannel();
        Framing.responses(other.pipeline(), Limits.DEFAULT).expect("GET", false);
        other.writeInbound(Unpooled.wrappedBuffer(switching));
        assertThat(other.<Rejected>readInbound().failure()).isEqualTo(Failure.RESPONSE_MALFORMED);
    }

    @Test
    void aSecondRequestBeforeTheResponseIsAProgrammersError() {
        reader.expect("GET", false);
        assertThatThrownBy(() -> reader.expect("GET", false))
                .isInstanceOf(IllegalStateException.class);
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
            if (channel.isOpen()) {
                channel.writeInbound(
                        Unpooled.copiedBuffer(bytes, at, Math.min(step, bytes.length - at)));
                collect();
            }
        }
    }

    private void collect() {
        for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
            switch (part) {
                case ResponseHead head -> {
                    heads.add(head);
                    content.setLength(0);
                    if (head.status() < 200) {
                        messages.add(String.valueOf(head.status()));
                    }
                }
                case ByteBuf bytes -> {
                    content.append(bytes.toString(StandardCharsets.ISO_8859_1));
                    bytes.release();
                }
                case BodyEnd end -> {
                    messages.add((heads.getLast().status() + " " + content).strip());
                    ends.add(end);
                }
                case Rejected refusal -> rejected.add(refusal);
                default -> throw new AssertionError("unexpected " + part);
            }
        }
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
