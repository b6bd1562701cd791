package dev.vellum.proxy;

import static dev.vellum.proxy.Http2Client.ACK;
import static dev.vellum.proxy.Http2Client.CONTINUATION;
import static dev.vellum.proxy.Http2Client.DATA;
import static dev.vellum.proxy.Http2Client.END_HEADERS;
import static dev.vellum.proxy.Http2Client.END_STREAM;
import static dev.vellum.proxy.Http2Client.GOAWAY;
import static dev.vellum.proxy.Http2Client.HEADERS;
import static dev.vellum.proxy.Http2Client.PADDED;
import static dev.vellum.proxy.Http2Client.PING;
import static dev.vellum.proxy.Http2Client.PREFACE;
import static dev.vellum.proxy.Http2Client.PRIORITY;
import static dev.vellum.proxy.Http2Client.PRIORITY_UPDATE;
import static dev.vellum.proxy.Http2Client.PUSH_PROMISE;
import static dev.vellum.proxy.Http2Client.RST_STREAM;
import static dev.vellum.proxy.Http2Client.SETTINGS;
import static dev.vellum.proxy.Http2Client.WHOLE;
import static dev.vellum.proxy.Http2Client.WINDOW_UPDATE;
import static dev.vellum.proxy.Http2Client.WITH_PRIORITY;
import static dev.vellum.proxy.Http2Client.block;
import static dev.vellum.proxy.Http2Client.number;
import static dev.vellum.proxy.Http2Client.settings;
import static dev.vellum.proxy.Http2Client.with;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a client may send that is not HTTP/2, or no HTTP, and what it must be told. */
final class HostileFrames {

    private static final byte[] NONE = {};

    private HostileFrames() {}

    /** What is sent. */
    @FunctionalInterface
    interface Script {
        void send(Http2Client client) throws IOException;
    }

    /**
     * A case.
     *
     * @param expected outcomes of stream 1 that are right, separated by {@code |}
     */
    record Case(String name, String expected, Script script) {
        boolean allows(String outcome) {
            return Arrays.asList(expected.split("\\|", -1)).contains(outcome);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        cases.addAll(sound());
        cases.addAll(frames());
        cases.addAll(streams());
        cases.addAll(settingsCases());
        cases.addAll(windows());
        cases.addAll(blocks());
        cases.addAll(messages());
        cases.addAll(floods());
        return cases;
    }

    private static Case of(String name, String expected, Script script) {
        return new Case(name, expected, script);
    }

    private static Case request(String name, String expected, String... lines) {
        return of(name, expected, client -> client.headers(1, WHOLE, lines));
    }

    private static Case field(String name, String expected, String... more) {
        return request(name, expected, with("/", more));
    }

    private static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    /** What looks odd and is allowed. */
    private static List<Case> sound() {
        return List.of(
                of("GET", "status 200", client -> client.get(1, "/")),
                of(
                        "padded HEADERS with priority",
                        "status 200",
                        client ->
                                client.frame(
                                        HEADERS,
                                        WHOLE | PADDED | WITH_PRIORITY,
                                        1,
                                        join(
                                                new byte[] {3, 0, 0, 0, 0, 15},
                                                block(with("/")),
                                                new byte[3]))),
                of(
                        "block in three frames, one of them empty",
                        "status 200",
                        client -> {
                            byte[] all = block(with("/"));
                            client.frame(HEADERS, END_STREAM, 1, Arrays.copyOf(all, 5));
                            client.frame(CONTINUATION, 0, 1);
                            client.frame(
                                    CONTINUATION,
                                    END_HEADERS,
                                    1,
                                    Arrays.copyOfRange(all, 5, all.length));
                        }),
                of(
                        "unknown frame, unknown flags, reserved bit",
                        "status 200",
                        client -> {
                            client.frame(0xee, 0xff, 0x80000003, new byte[8]);
                            client.frame(HEADERS, WHOLE | 0xc2, 0x80000001, block(with("/")));
                        }),
                of(
                        "unknown setting",
                        "status 200",
                        client -> {
                            client.frame(SETTINGS, 0, 0, settings(0xeeee, 1));
                            client.get(1, "/");
                        }),
                of(
                        "HEAD",
                        "status 200",
                        client -> {
                            String[] lines = with("/");
                            lines[1] = "HEAD";
                            client.headers(1, WHOLE, lines);
                        }),
                of(
                        "POST with padded content and trailers",
                        "status 200",
                        client -> {
                            client.post(1, "/");
                            client.frame(
                                    DATA,
                                    PADDED,
                                    1,
                                    join(
                                            new byte[] {2},
                                            "abc".getBytes(StandardCharsets.US_ASCII),
                                            new byte[2]));
                            client.headers(1, WHOLE, "checksum", "1");
                        }),
                of(
                        "DATA of the largest frame allowed",
                        "status 200",
                        client -> {
                            client.post(1, "/");
                            client.frame(DATA, END_STREAM, 1, new byte[16_384]);
                        }),
                of(
                        "PRIORITY of a stream that has not begun",
                        "status 200",
                        client -> {
                            client.frame(PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 1});
                            client.get(1, "/");
                        }),
                of(
                        "PRIORITY_UPDATE before its stream",
                        "status 200",
                        client -> {
                            client.frame(
                                    PRIORITY_UPDATE,
                                    0,
                                    0,
                                    join(number(1), "u=1".getBytes(StandardCharsets.US_ASCII)));
                            client.get(1, "/");
                        }),
                of(
                        "acknowledged ping that was not sent",
                        "status 200",
                        client -> {
                            client.frame(PING, ACK, 0, new byte[8]);
                            client.get(1, "/");
                        }),
                of(
                        "WINDOW_UPDATE of a stream that is over",
                        "alive|status 200",
                        client -> {
                            client.exchange(1, "/");
                            client.windowUpdate(1, 10);
                        }),
                of(
                        "RST_STREAM with an unknown code",
                        "alive",
                        client -> {
                            client.post(1, "/");
                            client.reset(1, 0xff);
                        }),
                request(
                        "Host that is the authority",
                        "status 200",
                        with("/", "host", "example.test")),
                request(
                        "Host in place of the authority",
                        "status 200",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/",
                        "host",
                        "example.test"),
                field("TE: trailers", "status 200", "te", "trailers"),
                field("crumbs of cookies", "status 200", "cookie", "a=1", "cookie", "b=2"));
    }

    private static List<Case> frames() {
        return List.of(
                of(
                        "frame longer than allowed",
                        "goaway FRAME_SIZE_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(DATA, 0, 1, new byte[16_385]);
                        }),
                of(
                        "HEADERS longer than allowed",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(HEADERS, WHOLE, 1, new byte[16_385])),
                of(
                        "DATA of no stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(DATA, 0, 0, new byte[1])),
                of(
                        "DATA with more padding than frame",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(DATA, PADDED, 1, new byte[] {9, 1, 1});
                        }),
                of(
                        "DATA padded, and empty",
                        "goaway FRAME_SIZE_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(DATA, PADDED, 1);
                        }),
                of(
                        "HEADERS of no stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.headers(0, WHOLE, with("/"))),
                of(
                        "HEADERS with more padding than frame",
                        "goaway PROTOCOL_ERROR",
                        client ->
                                client.frame(
                                        HEADERS,
                                        WHOLE | PADDED,
                                        1,
                                        join(new byte[] {(byte) 255}, block(with("/"))))),
                of(
                        "HEADERS shorter than its priority",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(HEADERS, WHOLE | WITH_PRIORITY, 1, new byte[3])),
                of(
                        "PRIORITY of no stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(PRIORITY, 0, 0, new byte[5])),
                of(
                        "PRIORITY of 4 octets",
                        "reset FRAME_SIZE_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(PRIORITY, 0, 1, new byte[4]);
                        }),
                of(
                        "RST_STREAM of no stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.reset(0, 8)),
                of(
                        "RST_STREAM of 3 octets",
                        "goaway FRAME_SIZE_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(RST_STREAM, 0, 1, new byte[3]);
                        }),
                of(
                        "PUSH_PROMISE by a client",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(
                                    PUSH_PROMISE,
                                    END_HEADERS,
                                    1,
                                    join(number(2), block(with("/"))));
                        }),
                of(
                        "PING on a stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(PING, 0, 1, new byte[8])),
                of(
                        "PING of 6 octets",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(PING, 0, 0, new byte[6])),
                of(
                        "GOAWAY on a stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(GOAWAY, 0, 1, new byte[8])),
                of(
                        "GOAWAY of 4 octets",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(GOAWAY, 0, 0, new byte[4])),
                of(
                        "WINDOW_UPDATE of 3 octets",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(WINDOW_UPDATE, 0, 0, new byte[3])),
                of(
                        "PRIORITY_UPDATE on a stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(PRIORITY_UPDATE, 0, 1, number(1))),
                of(
                        "PRIORITY_UPDATE for no stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(PRIORITY_UPDATE, 0, 0, number(0))));
    }

    private static List<Case> streams() {
        return List.of(
                of(
                        "DATA before its stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.data(1, "x", true)),
                of(
                        "RST_STREAM before its stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.reset(1, 8)),
                of(
                        "WINDOW_UPDATE before its stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.windowUpdate(1, 1)),
                of(
                        "CONTINUATION before its stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(CONTINUATION, END_HEADERS, 1, block(with("/")))),
                of(
                        "stream of an even number",
                        "goaway PROTOCOL_ERROR",
                        client -> client.get(2, "/")),
                of(
                        "stream lower than one before",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.post(5, "/");
                            client.get(3, "/");
                        }),
                of(
                        "DATA behind the end of its stream",
                        "reset STREAM_CLOSED|goaway STREAM_CLOSED",
                        client -> {
                            client.get(1, "/slow");
                            client.data(1, "x", true);
                        }),
                of(
                        "HEADERS behind the end of its stream",
                        "reset STREAM_CLOSED|goaway STREAM_CLOSED",
                        client -> {
                            client.get(1, "/slow");
                            client.get(1, "/slow");
                        }),
                of(
                        "CONTINUATION behind the end of its stream",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.get(1, "/slow");
                            client.frame(CONTINUATION, END_HEADERS, 1, NONE);
                        }),
                of(
                        "DATA on a stream that is over",
                        "goaway STREAM_CLOSED",
                        client -> {
                            client.exchange(1, "/");
                            client.response(1).whole = false;
                            client.data(1, "x", true);
                        }),
                of(
                        "HEADERS on a stream that is over",
                        "goaway STREAM_CLOSED",
                        client -> {
                            client.exchange(1, "/");
                            client.response(1).whole = false;
                            client.get(1, "/");
                        }),
                of(
                        "DATA behind RST_STREAM",
                        "goaway STREAM_CLOSED|reset STREAM_CLOSED",
                        client -> {
                            client.post(1, "/");
                            client.reset(1, 8);
                            client.data(1, "x", true);
                        }),
                of(
                        "HEADERS behind RST_STREAM",
                        "goaway STREAM_CLOSED|reset STREAM_CLOSED",
                        client -> {
                            client.post(1, "/");
                            client.reset(1, 8);
                            client.get(1, "/");
                        }),
                of(
                        "stream that depends on itself",
                        "reset PROTOCOL_ERROR",
                        client ->
                                client.frame(
                                        HEADERS,
                                        WHOLE | WITH_PRIORITY,
                                        1,
                                        join(new byte[] {0, 0, 0, 1, 1}, block(with("/"))))),
                of(
                        "stream that comes to depend on itself",
                        "reset PROTOCOL_ERROR|goaway PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(PRIORITY, 0, 1, new byte[] {0, 0, 0, 1, 1});
                        }),
                of(
                        "frame of another stream within a block",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            client.get(3, "/");
                        }),
                of(
                        "PING within a block",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            client.frame(PING, 0, 0, new byte[8]);
                        }),
                of(
                        "unknown frame within a block",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            client.frame(0xee, 0, 1);
                        }),
                of(
                        "CONTINUATION of another stream",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            client.frame(CONTINUATION, END_HEADERS, 3, NONE);
                        }),
                of(
                        "CONTINUATION behind a whole block",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.headers(1, END_HEADERS, with("/"));
                            client.frame(CONTINUATION, END_HEADERS, 1, block("a", "b"));
                        }),
                of(
                        "CONTINUATION behind DATA",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.data(1, "x", false);
                            client.frame(CONTINUATION, END_HEADERS, 1, block("a", "b"));
                        }));
    }

    private static List<Case> settingsCases() {
        return List.of(
                of(
                        "SETTINGS acknowledged with content",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(SETTINGS, ACK, 0, new byte[6])),
                of(
                        "SETTINGS on a stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 1, settings(3, 1))),
                of(
                        "SETTINGS of 5 octets",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, new byte[5])),
                of(
                        "ENABLE_PUSH of 2",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(2, 2))),
                of(
                        "INITIAL_WINDOW_SIZE of 2^31",
                        "goaway FLOW_CONTROL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(4, 0x80000000))),
                of(
                        "MAX_FRAME_SIZE of 16383",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(5, 16_383))),
                of(
                        "MAX_FRAME_SIZE of 2^24",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(5, 1 << 24))),
                of(
                        "ENABLE_CONNECT_PROTOCOL of 2",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(8, 2))),
                of(
                        "NO_RFC7540_PRIORITIES of 2",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(9, 2))));
    }

    private static List<Case> windows() {
        return List.of(
                of(
                        "connection's window by nothing",
                        "goaway PROTOCOL_ERROR",
                        client -> client.windowUpdate(0, 0)),
                of(
                        "stream's window by nothing",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.windowUpdate(1, 0);
                        }),
                of(
                        "connection's window beyond 2^31 - 1",
                        "goaway FLOW_CONTROL_ERROR",
                        client -> client.windowUpdate(0, Integer.MAX_VALUE)),
                of(
                        "stream's window beyond 2^31 - 1",
                        "reset FLOW_CONTROL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.windowUpdate(1, Integer.MAX_VALUE);
                        }),
                of(
                        "streams' windows beyond 2^31 - 1 by SETTINGS",
                        "goaway FLOW_CONTROL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.windowUpdate(1, Integer.MAX_VALUE - 65_535);
                            client.frame(SETTINGS, 0, 0, settings(4, 65_536));
                        }),
                of(
                        "more content than the stream's window",
                        "reset FLOW_CONTROL_ERROR|goaway FLOW_CONTROL_ERROR",
                        client -> {
                            String[] lines = with("/");
                            lines[1] = "POST";
                            lines[5] = "stuck.test";
                            client.headers(1, END_HEADERS, lines);
                            for (int i = 0; i < 200 && !client.broken; i++) {
                                client.frame(DATA, 0, 1, new byte[16_384]);
                            }
                        }));
    }

    private static List<Case> blocks() {
        return List.of(
                of(
                        "index 0",
                        "goaway COMPRESSION_ERROR",
                        client -> client.frame(HEADERS, WHOLE, 1, new byte[] {(byte) 0x80})),
                of(
                        "index that is not in a table",
                        "goaway COMPRESSION_ERROR",
                        client -> client.frame(HEADERS, WHOLE, 1, new byte[] {(byte) 0xc6})),
                of(
                        "index without end",
                        "goaway COMPRESSION_ERROR",
                        client -> {
                            byte[] digits = new byte[20];
                            Arrays.fill(digits, (byte) 0xff);
                            client.frame(HEADERS, WHOLE, 1, digits);
                        }),
                of(
                        "table larger than allowed",
                        "goaway COMPRESSION_ERROR",
                        client ->
                                client.frame(
                                        HEADERS,
                                        WHOLE,
                                        1,
                                        join(
                                                new byte[] {0x3f, (byte) 0xe2, 0x1f},
                                                block(with("/"))))),
                of(
                        "table resized behind a field",
                        "goaway COMPRESSION_ERROR",
                        client ->
                                client.frame(
                                        HEADERS,
                                        WHOLE,
                                        1,
                                        join(block(with("/")), new byte[] {0x20}))),
                of(
                        "Huffman code padded by more than 7 bits",
                        "goaway COMPRESSION_ERROR",
                        client ->
                                client.frame(
                                        HEADERS,
                                        WHOLE,
                                        1,
                                        join(
                                                block(with("/")),
                                                new byte[] {
                                                    0x10,
                                                    1,
                                                    'a',
                                                    (byte) 0x82,
                                                    (byte) 0x1f,
                                                    (byte) 0xff
                                                }))),
                of(
                        "Huffman code padded by zeros",
                        "goaway COMPRESSION_ERROR",
                        client ->
                                client.frame(
                                        HEADERS,
                                        WHOLE,
                                        1,
                                        join(
                                                block(with("/")),
                                                new byte[] {0x10, 1, 'a', (byte) 0x81, 0x18}))),
                of(
                        "Huffman code with its end of string",
                        "goaway COMPRESSION_ERROR",
                        client ->
                                client.frame(
                                        HEADERS,
                                        WHOLE,
                                        1,
                                        join(
                                                block(with("/")),
                                                new byte[] {
                                                    0x10, 1, 'a', (byte) 0x84, -1, -1, -1, -1
                                                }))),
                of(
                        "string longer than its block",
                        "goaway COMPRESSION_ERROR",
                        client -> client.frame(HEADERS, WHOLE, 1, new byte[] {0x10, 5, 'a'})),
                of(
                        "broken block on a stream that is over",
                        "goaway COMPRESSION_ERROR",
                        client -> {
                            client.exchange(1, "/");
                            client.response(1).whole = false;
                            client.frame(HEADERS, WHOLE, 1, new byte[] {(byte) 0x80});
                        }));
    }

    private static List<Case> messages() {
        return List.of(
                request("name in upper case", "reset PROTOCOL_ERROR", with("/", "X-Name", "a")),
                field("CR in a value", "reset PROTOCOL_ERROR", "a", "b\rc"),
                field("LF in a value", "reset PROTOCOL_ERROR", "a", "b\nc: d"),
                field("NUL in a value", "reset PROTOCOL_ERROR", "a", "b\0c"),
                field("DEL in a value", "reset PROTOCOL_ERROR", "a", "b\u007fc"),
                field("CR LF in a name", "reset PROTOCOL_ERROR", "a\r\nb", "c"),
                field("colon in a name", "reset PROTOCOL_ERROR", "a:b", "c"),
                field("blank in a name", "reset PROTOCOL_ERROR", "a b", "c"),
                field("octet over 127 in a name", "reset PROTOCOL_ERROR", "a\u00e4", "c"),
                field("empty name", "reset PROTOCOL_ERROR", "", "c"),
                field("blank before a value", "reset PROTOCOL_ERROR", "a", " b"),
                field("tab behind a value", "reset PROTOCOL_ERROR", "a", "b\t"),
                field("Connection", "reset PROTOCOL_ERROR", "connection", "close"),
                field("Proxy-Connection", "reset PROTOCOL_ERROR", "proxy-connection", "close"),
                field("Keep-Alive", "reset PROTOCOL_ERROR", "keep-alive", "timeout=5"),
                field("Transfer-Encoding", "reset PROTOCOL_ERROR", "transfer-encoding", "chunked"),
                field("Upgrade", "reset PROTOCOL_ERROR", "upgrade", "h2c"),
                field("TE other than trailers", "reset PROTOCOL_ERROR", "te", "gzip"),
                field("TE of a list", "reset PROTOCOL_ERROR", "te", "trailers, deflate"),
                field("underscore for a hyphen", "reset PROTOCOL_ERROR", "content_length", "0"),
                field("unknown pseudo-header", "reset PROTOCOL_ERROR", ":test", "a"),
                field("pseudo-header of responses", "reset PROTOCOL_ERROR", ":status", "200"),
                request(
                        "pseudo-header behind a field",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":authority",
                        "example.test",
                        "a",
                        "b",
                        ":path",
                        "/"),
                field("method twice", "reset PROTOCOL_ERROR", ":method", "GET"),
                field("path twice", "reset PROTOCOL_ERROR", ":path", "/"),
                field("scheme twice", "reset PROTOCOL_ERROR", ":scheme", "http"),
                field("authority twice", "reset PROTOCOL_ERROR", ":authority", "example.test"),
                request("empty path", "reset PROTOCOL_ERROR", with("")),
                request("path that is a URI", "reset PROTOCOL_ERROR", with("http://other.test/")),
                request("path with a blank", "reset PROTOCOL_ERROR", with("/a b")),
                request("path with CR LF", "reset PROTOCOL_ERROR", with("/ HTTP/1.1\r\nHost: b")),
                request("path with a fragment", "reset PROTOCOL_ERROR", with("/a#b")),
                request("asterisk with GET", "reset PROTOCOL_ERROR", with("*")),
                request(
                        "no method",
                        "reset PROTOCOL_ERROR",
                        ":scheme",
                        "http",
                        ":authority",
                        "example.test",
                        ":path",
                        "/"),
                request(
                        "no scheme",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":authority",
                        "example.test",
                        ":path",
                        "/"),
                request(
                        "no path",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":authority",
                        "example.test"),
                request(
                        "no authority",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/"),
                request(
                        "method that is no token",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET /x HTTP/1.1",
                        ":scheme",
                        "http",
                        ":authority",
                        "example.test",
                        ":path",
                        "/"),
                request(
                        "scheme that is none of HTTP's",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":scheme",
                        "ftp",
                        ":authority",
                        "example.test",
                        ":path",
                        "/"),
                request(
                        "user in the authority",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":authority",
                        "user@example.test",
                        ":path",
                        "/"),
                field("Host other than the authority", "reset PROTOCOL_ERROR", "host", "b.test"),
                field("Host twice", "reset PROTOCOL_ERROR", "host", "a.test", "host", "a.test"),
                field(
                        "promised content that does not come",
                        "reset PROTOCOL_ERROR",
                        "content-length",
                        "1"),
                field("length with a sign", "reset PROTOCOL_ERROR", "content-length", "+0"),
                field("length of nothing", "reset PROTOCOL_ERROR", "content-length", ""),
                field("length in hexadecimal", "reset PROTOCOL_ERROR", "content-length", "0x0"),
                field(
                        "length twice",
                        "reset PROTOCOL_ERROR",
                        "content-length",
                        "0",
                        "content-length",
                        "0"),
                of(
                        "less content than promised",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/", "content-length", "5");
                            client.data(1, "abc", true);
                        }),
                of(
                        "more content than promised",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/", "content-length", "2");
                            client.data(1, "a", false);
                            client.data(1, "bcd", false);
                        }),
                of(
                        "less content than promised, then trailers",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/", "content-length", "5");
                            client.data(1, "abc", false);
                            client.headers(1, WHOLE, "a", "b");
                        }),
                of(
                        "pseudo-header in trailers",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.headers(1, WHOLE, ":path", "/");
                        }),
                of(
                        "second HEADERS without an end",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.headers(1, END_HEADERS, "a", "b");
                        }),
                request(
                        "CONNECT with a path",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "CONNECT",
                        ":authority",
                        "example.test:443",
                        ":path",
                        "/"),
                request("CONNECT without authority", "reset PROTOCOL_ERROR", ":method", "CONNECT"),
                field(
                        ":protocol without CONNECT",
                        "reset PROTOCOL_ERROR",
                        ":protocol",
                        "websocket"),
                request(
                        "CONNECT to an unknown protocol",
                        "status 501",
                        ":method",
                        "CONNECT",
                        ":protocol",
                        "connect-udp",
                        ":scheme",
                        "http",
                        ":authority",
                        "example.test",
                        ":path",
                        "/"),
                of(
                        "more fields than allowed",
                        "status 431",
                        client -> {
                            String[] more = new String[400];
                            Arrays.fill(more, "a");
                            client.get(1, "/", more);
                        }),
                of(
                        "larger fields than allowed",
                        "status 431",
                        client -> {
                            byte[] all = block(with("/", "a", "x".repeat(40_000)));
                            client.frame(HEADERS, END_STREAM, 1, Arrays.copyOf(all, 16_384));
                            client.frame(
                                    CONTINUATION, 0, 1, Arrays.copyOfRange(all, 16_384, 32_768));
                            client.frame(
                                    CONTINUATION,
                                    END_HEADERS,
                                    1,
                                    Arrays.copyOfRange(all, 32_768, all.length));
                        }),
                of(
                        "fields that expand beyond what is allowed",
                        "status 431",
                        client -> {
                            // one line of 3 kB goes into the table, and is named 200 times
                            byte[] bomb = new byte[200];
                            Arrays.fill(bomb, (byte) 0xbe);
                            byte[] line = block("a", "x".repeat(3_000));
                            line[0] = 0x40;
                            client.frame(HEADERS, WHOLE, 1, join(block(with("/")), line, bomb));
                        }));
    }

    private static List<Case> floods() {
        return List.of(
                of(
                        "CONTINUATION without end",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            for (int i = 0; i < 1000 && !client.broken; i++) {
                                client.frame(CONTINUATION, 0, 1, block("a", "b"));
                            }
                        }),
                of(
                        "empty CONTINUATION without end",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            for (int i = 0; i < 1000 && !client.broken; i++) {
                                client.frame(CONTINUATION, 0, 1);
                            }
                        }),
                of(
                        "streams begun and reset",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            for (int i = 1; i < 4000 && !client.broken; i += 2) {
                                client.get(i, "/slow");
                                client.reset(i, 8);
                            }
                        }),
                of(
                        "streams that make us reset them",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            for (int i = 1; i < 4000 && !client.broken; i += 2) {
                                client.post(i, "/slow");
                                client.windowUpdate(i, 0);
                            }
                        }),
                of(
                        "malformed requests",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            for (int i = 1; i < 4000 && !client.broken; i += 2) {
                                client.get(i, "/", "A", "b");
                            }
                        }),
                of(
                        "SETTINGS",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> flood(client, SETTINGS, settings(3, 100))),
                of(
                        "SETTINGS acknowledged again and again",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            for (int i = 0; i < 5000 && !client.broken; i++) {
                                client.frame(SETTINGS, ACK, 0);
                            }
                        }),
                of("PING", "goaway ENHANCE_YOUR_CALM", client -> flood(client, PING, new byte[8])),
                of(
                        "PRIORITY",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            for (int i = 0; i < 5000 && !client.broken; i++) {
                                client.frame(PRIORITY, 0, 3, new byte[] {0, 0, 0, 5, 1});
                            }
                        }),
                of(
                        "PRIORITY_UPDATE",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> flood(client, PRIORITY_UPDATE, number(9))),
                of(
                        "WINDOW_UPDATE",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> flood(client, WINDOW_UPDATE, number(1))),
                of(
                        "unknown frames",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> flood(client, 0xee, NONE)),
                of(
                        "empty DATA",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            client.post(1, "/");
                            for (int i = 0; i < 5000 && !client.broken; i++) {
                                client.frame(DATA, 0, 1);
                            }
                        }),
                of(
                        "DATA on a stream that was refused",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            client.get(1, "/", "A", "b");
                            client.await(1);
                            client.response(1).reset = null;
                            for (int i = 0; i < 5000 && !client.broken; i++) {
                                client.frame(DATA, 0, 1, new byte[10]);
                            }
                        }),
                of(
                        "preface again",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.raw(PREFACE.getBytes(StandardCharsets.US_ASCII))));
    }

    private static void flood(Http2Client client, int type, byte[] payload) throws IOException {
        for (int i = 0; i < 5000 && !client.broken; i++) {
            client.frame(type, 0, 0, payload);
        }
    }
}
