package dev.vellum.proxy;

import static dev.vellum.proxy.HostileFrames.field;
import static dev.vellum.proxy.HostileFrames.join;
import static dev.vellum.proxy.HostileFrames.request;
import static dev.vellum.proxy.HostileFrames.sent;
import static dev.vellum.proxy.Http2Client.ACK;
import static dev.vellum.proxy.Http2Client.CONTINUATION;
import static dev.vellum.proxy.Http2Client.DATA;
import static dev.vellum.proxy.Http2Client.END_HEADERS;
import static dev.vellum.proxy.Http2Client.END_STREAM;
import static dev.vellum.proxy.Http2Client.HEADERS;
import static dev.vellum.proxy.Http2Client.PADDED;
import static dev.vellum.proxy.Http2Client.PING;
import static dev.vellum.proxy.Http2Client.PRIORITY;
import static dev.vellum.proxy.Http2Client.PRIORITY_UPDATE;
import static dev.vellum.proxy.Http2Client.SETTINGS;
import static dev.vellum.proxy.Http2Client.WHOLE;
import static dev.vellum.proxy.Http2Client.WITH_PRIORITY;
import static dev.vellum.proxy.Http2Client.block;
import static dev.vellum.proxy.Http2Client.number;
import static dev.vellum.proxy.Http2Client.settings;
import static dev.vellum.proxy.Http2Client.with;

import dev.vellum.proxy.HostileFrames.Case;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** What looks odd and is allowed. */
final class SoundFrames {

    private SoundFrames() {}

    static List<Case> all() {
        return List.of(
                sent("GET", "status 200", client -> client.get(1, "/")),
                sent(
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
                sent(
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
                sent(
                        "unknown frame, unknown flags, reserved bit",
                        "status 200",
                        client -> {
                            client.frame(0xee, 0xff, 0x80000003, new byte[8]);
                            client.frame(HEADERS, WHOLE | 0xc2, 0x80000001, block(with("/")));
                        }),
                sent(
                        "unknown setting",
                        "status 200",
                        client -> {
                            client.frame(SETTINGS, 0, 0, settings(0xeeee, 1));
                            client.get(1, "/");
                        }),
                sent(
                        "HEAD",
                        "status 200",
                        client -> {
                            String[] lines = with("/");
                            lines[1] = "HEAD";
                            client.headers(1, WHOLE, lines);
                        }),
                sent(
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
                sent(
                        "DATA of the largest frame allowed",
                        "status 200",
                        client -> {
                            client.post(1, "/");
                            client.frame(DATA, END_STREAM, 1, new byte[16_384]);
                        }),
                sent(
                        "PRIORITY of a stream that has not begun",
                        "status 200",
                        client -> {
                            client.frame(PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 1});
                            client.get(1, "/");
                        }),
                sent(
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
                sent(
                        "acknowledged ping that was not sent",
                        "status 200",
                        client -> {
                            client.frame(PING, ACK, 0, new byte[8]);
                            client.get(1, "/");
                        }),
                sent(
                        "WINDOW_UPDATE of a stream that is over",
                        "alive|status 200",
                        client -> {
                            client.exchange(1, "/");
                            client.windowUpdate(1, 10);
                        }),
                sent(
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
}
