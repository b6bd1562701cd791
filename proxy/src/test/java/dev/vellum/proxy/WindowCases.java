package dev.vellum.proxy;

import static dev.vellum.proxy.HostileFrames.sent;
import static dev.vellum.proxy.Http2Client.DATA;
import static dev.vellum.proxy.Http2Client.END_HEADERS;
import static dev.vellum.proxy.Http2Client.SETTINGS;
import static dev.vellum.proxy.Http2Client.settings;
import static dev.vellum.proxy.Http2Client.with;

import dev.vellum.proxy.HostileFrames.Case;
import java.util.List;

/** Windows that are overrun, or grow too large (RFC 9113 sections 5.2 and 6.9). */
final class WindowCases {

    private WindowCases() {}

    static List<Case> all() {
        return List.of(
                sent(
                        "connection's window by nothing",
                        "goaway PROTOCOL_ERROR",
                        client -> client.windowUpdate(0, 0)),
                sent(
                        "stream's window by nothing",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.windowUpdate(1, 0);
                        }),
                sent(
                        "connection's window beyond 2^31 - 1",
                        "goaway FLOW_CONTROL_ERROR",
                        client -> client.windowUpdate(0, Integer.MAX_VALUE)),
                sent(
                        "stream's window beyond 2^31 - 1",
                        "reset FLOW_CONTROL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.windowUpdate(1, Integer.MAX_VALUE);
                        }),
                sent(
                        "streams' windows beyond 2^31 - 1 by SETTINGS",
                        "goaway FLOW_CONTROL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.windowUpdate(1, Integer.MAX_VALUE - 65_535);
                            client.frame(SETTINGS, 0, 0, settings(4, 65_536));
                        }),
                sent(
                        "more content than the stream's window",
                        "reset FLOW_CONTROL_ERROR|goaway FLOW_CONTROL_ERROR",
                        client -> {
                            String[] lines = with("/");
                            lines[1] = "POST";
                            lines[5] = "stuck.test";
                            client.headers(1, END_HEADERS, lines);
                            // a kernel may buffer many megabytes towards an origin that does not
                            // read
                            for (int round = 0; round < 200 && !client.refuses(1); round++) {
                                for (int i = 0; i < 32 && !client.broken; i++) {
                                    client.frame(DATA, 0, 1, new byte[16_384]);
                                }
                            }
                        }));
    }
}
