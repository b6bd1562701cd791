package dev.vellum.proxy;

import static dev.vellum.proxy.HostileFrames.NONE;
import static dev.vellum.proxy.HostileFrames.sent;
import static dev.vellum.proxy.Http2Client.ACK;
import static dev.vellum.proxy.Http2Client.CONTINUATION;
import static dev.vellum.proxy.Http2Client.DATA;
import static dev.vellum.proxy.Http2Client.END_STREAM;
import static dev.vellum.proxy.Http2Client.PING;
import static dev.vellum.proxy.Http2Client.PREFACE;
import static dev.vellum.proxy.Http2Client.PRIORITY;
import static dev.vellum.proxy.Http2Client.PRIORITY_UPDATE;
import static dev.vellum.proxy.Http2Client.SETTINGS;
import static dev.vellum.proxy.Http2Client.WINDOW_UPDATE;
import static dev.vellum.proxy.Http2Client.block;
import static dev.vellum.proxy.Http2Client.number;
import static dev.vellum.proxy.Http2Client.settings;
import static dev.vellum.proxy.Http2Client.with;

import dev.vellum.proxy.HostileFrames.Case;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Too much of what would be allowed once (RFC 9113 section 10.5). */
final class FloodCases {

    private FloodCases() {}

    static List<Case> all() {
        return List.of(
                sent(
                        "CONTINUATION without end",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            for (int i = 0; i < 1000 && !client.broken; i++) {
                                client.frame(CONTINUATION, 0, 1, block("a", "b"));
                            }
                        }),
                sent(
                        "empty CONTINUATION without end",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            client.headers(1, END_STREAM, with("/"));
                            for (int i = 0; i < 1000 && !client.broken; i++) {
                                client.frame(CONTINUATION, 0, 1);
                            }
                        }),
                sent(
                        "streams begun and reset",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            for (int i = 1; i < 4000 && !client.broken; i += 2) {
                                client.get(i, "/slow");
                                client.reset(i, 8);
                            }
                        }),
                sent(
                        "streams that make us reset them",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            for (int i = 1; i < 4000 && !client.broken; i += 2) {
                                client.post(i, "/slow");
                                client.windowUpdate(i, 0);
                            }
                        }),
                sent(
                        "malformed requests",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            for (int i = 1; i < 4000 && !client.broken; i += 2) {
                                client.get(i, "/", "A", "b");
                            }
                        }),
                sent(
                        "SETTINGS",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> flood(client, SETTINGS, settings(3, 100))),
                sent(
                        "SETTINGS acknowledged again and again",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            for (int i = 0; i < 5000 && !client.broken; i++) {
                                client.frame(SETTINGS, ACK, 0);
                            }
                        }),
                sent(
                        "PING",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> flood(client, PING, new byte[8])),
                sent(
                        "PRIORITY",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            for (int i = 0; i < 5000 && !client.broken; i++) {
                                client.frame(PRIORITY, 0, 3, new byte[] {0, 0, 0, 5, 1});
                            }
                        }),
                sent(
                        "PRIORITY_UPDATE",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> flood(client, PRIORITY_UPDATE, number(9))),
                sent(
                        "WINDOW_UPDATE",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> flood(client, WINDOW_UPDATE, number(1))),
                sent(
                        "unknown frames",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> flood(client, 0xee, NONE)),
                sent(
                        "empty DATA",
                        "goaway ENHANCE_YOUR_CALM",
                        client -> {
                            client.post(1, "/");
                            for (int i = 0; i < 5000 && !client.broken; i++) {
                                client.frame(DATA, 0, 1);
                            }
                        }),
                sent(
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
                sent(
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
