package dev.vellum.proxy;

import static dev.vellum.proxy.HostileFrames.sent;
import static dev.vellum.proxy.Http2Client.ACK;
import static dev.vellum.proxy.Http2Client.SETTINGS;
import static dev.vellum.proxy.Http2Client.settings;

import dev.vellum.proxy.HostileFrames.Case;
import java.util.List;

/** Settings that are none (RFC 9113 section 6.5). */
final class SettingsCases {

    private SettingsCases() {}

    static List<Case> all() {
        return List.of(
                sent(
                        "SETTINGS acknowledged with content",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(SETTINGS, ACK, 0, new byte[6])),
                sent(
                        "SETTINGS on a stream",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 1, settings(3, 1))),
                sent(
                        "SETTINGS of 5 octets",
                        "goaway FRAME_SIZE_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, new byte[5])),
                sent(
                        "ENABLE_PUSH of 2",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(2, 2))),
                sent(
                        "INITIAL_WINDOW_SIZE of 2^31",
                        "goaway FLOW_CONTROL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(4, 0x80000000))),
                sent(
                        "MAX_FRAME_SIZE of 16383",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(5, 16_383))),
                sent(
                        "MAX_FRAME_SIZE of 2^24",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(5, 1 << 24))),
                sent(
                        "ENABLE_CONNECT_PROTOCOL of 2",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(8, 2))),
                sent(
                        "NO_RFC7540_PRIORITIES of 2",
                        "goaway PROTOCOL_ERROR",
                        client -> client.frame(SETTINGS, 0, 0, settings(9, 2))));
    }
}
