package dev.vellum.proxy;

import static dev.vellum.proxy.HostileFrames.NONE;
import static dev.vellum.proxy.HostileFrames.join;
import static dev.vellum.proxy.HostileFrames.sent;
import static dev.vellum.proxy.Http2Client.CONTINUATION;
import static dev.vellum.proxy.Http2Client.END_HEADERS;
import static dev.vellum.proxy.Http2Client.END_STREAM;
import static dev.vellum.proxy.Http2Client.HEADERS;
import static dev.vellum.proxy.Http2Client.PING;
import static dev.vellum.proxy.Http2Client.PRIORITY;
import static dev.vellum.proxy.Http2Client.WHOLE;
import static dev.vellum.proxy.Http2Client.WITH_PRIORITY;
import static dev.vellum.proxy.Http2Client.block;
import static dev.vellum.proxy.Http2Client.with;

import dev.vellum.proxy.HostileFrames.Case;
import java.util.List;

/** Frames that the state of their stream does not allow (RFC 9113 sections 5.1 and 6.10). */
final class StreamCases {

    private StreamCases() {}

    static List<Case> all() {
        return List.of(
                sent(
                        "DATA before its stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.data(1, "x", true)),
                sent(
                        "RST_STREAM before its stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.reset(1, 8)),
                sent(
                        "WINDOW_UPDATE before its stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.windowUpdate(1, 1)),
                sent(
                        "CONTINUATION before its stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(CONTINUATION, END_HEADERS, 1, block(with("/")))),
                sent(
                        "stream of an even number",
                        "goaway PROTOCOL_ERROR",
                        client -> client.get(2, "/")),
                sent(
                        "stream lower than one before",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.post(5, "/");
                            client.get(3, "/");
                        }),
                sent(
                        "DATA behind the end of its stream",
                        "reset STREAM_CLOSED|goaway STREAM_CLOSED",
                        client -> {
                            client.get(1, "/slow");
                            client.data(1, "x", true);
                        }),
                sent(
                        "HEADERS behind the end of its stream",
                        "reset STREAM_CLOSED|goaway STREAM_CLOSED",
                        client -> {
                            client.get(1, "/slow");
                            client.get(1, "/slow");
                        }),
                sent(
                        "CONTINUATION behind the end of its stream",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.get(1, "/slow");
                            client.frame(CONTINUATION, END_HEADERS, 1, NONE);
                        }),
                sent(
                        "DATA on a stream that is over",
                        "goaway STREAM_CLOSED",
                        client -> {
                            client.exchange(1, "/");
                            client.response(1).whole = false;
                            client.data(1, "x", true);
                        }),
                sent(
                        "HEADERS on a stream that is over",
                        "goaway STREAM_CLOSED",
                        client -> {
                            client.exchange(1, "/");
                            client.response(1).whole = false;
                            client.get(1, "/");
                        }),
                sent(
                        "DATA behind RST_STREAM",
                        "goaway STREAM_CLOSED|reset STREAM_CLOSED",
                        client -> {
                            client.post(1, "/");
                            client.reset(1, 8);
                            client.data(1, "x", true);
                        }),
                sent(
                        "HEADERS behind RST_STREAM",
                        "goaway STREAM_CLOSED|reset STREAM_CLOSED",
                        client -> {
                            client.post(1, "/");
                            client.reset(1, 8);
                            client.get(1, "/");
                        }),
                sent(
                        "stream that depends on itself",
                        "reset PROTOCOL_ERROR",
                        client ->
                                client.frame(
                                        HEADERS,
                                        WHOLE | WITH_PRIORITY,
                                        1,
                                        join(new byte[] {0, 0, 0, 1, 1}, block(with("/"))))),
                sent(
                        "stream that comes to depend on itself",
                        "reset PROTOCOL_ERROR|goaway PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(PRIORITY, 0, 1, new byte[] {0, 0, 0, 1, 1});
                        }),
                sent(
                        "frame of another stream within a block",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            client.get(3, "/");
                        }),
                sent(
                        "PING within a block",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            client.frame(PING, 0, 0, new byte[8]);
                        }),
                sent(
                        "unknown frame within a block",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            client.frame(0xee, 0, 1);
                        }),
                sent(
                        "CONTINUATION of another stream",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            client.frame(CONTINUATION, END_HEADERS, 3, NONE);
                        }),
                sent(
                        "CONTINUATION behind a whole block",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.headers(1, END_HEADERS, with("/"));
                            client.frame(CONTINUATION, END_HEADERS, 1, block("a", "b"));
                        }),
                sent(
                        "CONTINUATION behind DATA",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.data(1, "x", false);
                            client.frame(CONTINUATION, END_HEADERS, 1, block("a", "b"));
                        }));
    }
}
