package dev.vellum.proxy;

import static dev.vellum.proxy.HostileFrames.join;
import static dev.vellum.proxy.HostileFrames.sent;
import static dev.vellum.proxy.Http2Client.DATA;
import static dev.vellum.proxy.Http2Client.END_HEADERS;
import static dev.vellum.proxy.Http2Client.GOAWAY;
import static dev.vellum.proxy.Http2Client.HEADERS;
import static dev.vellum.proxy.Http2Client.PADDED;
import static dev.vellum.proxy.Http2Client.PING;
import static dev.vellum.proxy.Http2Client.PRIORITY;
import static dev.vellum.proxy.Http2Client.PRIORITY_UPDATE;
import static dev.vellum.proxy.Http2Client.PUSH_PROMISE;
import static dev.vellum.proxy.Http2Client.RST_STREAM;
import static dev.vellum.proxy.Http2Client.WHOLE;
import static dev.vellum.proxy.Http2Client.WINDOW_UPDATE;
import static dev.vellum.proxy.Http2Client.WITH_PRIORITY;
import static dev.vellum.proxy.Http2Client.block;
import static dev.vellum.proxy.Http2Client.number;
import static dev.vellum.proxy.Http2Client.with;

import dev.vellum.proxy.HostileFrames.Case;
import java.util.List;

/** Frames that are none (RFC 9113 sections 4 and 6). */
final class FrameCases {

    private FrameCases() {}

    static List<Case> all() {
        return List.of(
                sent(
                        "frame longer than allowed",
                        "goaway FRAME_SIZE_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(DATA, 0, 1, new byte[16_385]);
                        }),
                sent(
                        "HEADERS longer than allowed",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(HEADERS, WHOLE, 1, new byte[16_385])),
                sent(
                        "DATA of no stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(DATA, 0, 0, new byte[1])),
                sent(
                        "DATA with more padding than frame",
                        "goaway PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(DATA, PADDED, 1, new byte[] {9, 1, 1});
                        }),
                sent(
                        "DATA padded, and empty",
                        "goaway FRAME_SIZE_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(DATA, PADDED, 1);
                        }),
                sent(
                        "HEADERS of no stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.headers(0, WHOLE, with("/"))),
                sent(
                        "HEADERS with more padding than frame",
                        "goaway PROTOCOL_ERROR",
                        client ->
                                client.frame(
                                        HEADERS,
                                        WHOLE | PADDED,
                                        1,
                                        join(new byte[] {(byte) 255}, block(with("/"))))),
                sent(
                        "HEADERS shorter than its priority",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(HEADERS, WHOLE | WITH_PRIORITY, 1, new byte[3])),
                sent(
                        "PRIORITY of no stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(PRIORITY, 0, 0, new byte[5])),
                sent(
                        "PRIORITY of 4 octets",
                        "reset FRAME_SIZE_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(PRIORITY, 0, 1, new byte[4]);
                        }),
                sent(
                        "RST_STREAM of no stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.reset(0, 8)),
                sent(
                        "RST_STREAM of 3 octets",
                        "goaway FRAME_SIZE_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.frame(RST_STREAM, 0, 1, new byte[3]);
                        }),
                sent(
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
                sent(
                        "PING on a stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(PING, 0, 1, new byte[8])),
                sent(
                        "PING of 6 octets",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(PING, 0, 0, new byte[6])),
                sent(
                        "GOAWAY on a stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(GOAWAY, 0, 1, new byte[8])),
                sent(
                        "GOAWAY of 4 octets",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(GOAWAY, 0, 0, new byte[4])),
                sent(
                        "WINDOW_UPDATE of 3 octets",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(WINDOW_UPDATE, 0, 0, new byte[3])),
                sent(
                        "PRIORITY_UPDATE on a stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(PRIORITY_UPDATE, 0, 1, number(1))),
                sent(
                        "PRIORITY_UPDATE for no stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(PRIORITY_UPDATE, 0, 0, number(0))));
    }
}
