package dev.vellum.proxy;

import static dev.vellum.proxy.HostileFrames.join;
import static dev.vellum.proxy.HostileFrames.sent;
import static dev.vellum.proxy.Http2Client.HEADERS;
import static dev.vellum.proxy.Http2Client.WHOLE;
import static dev.vellum.proxy.Http2Client.block;
import static dev.vellum.proxy.Http2Client.with;

import dev.vellum.proxy.HostileFrames.Case;
import java.util.Arrays;
import java.util.List;

/** Field blocks that are not HPACK (RFC 7541). */
final class BlockCases {

    private BlockCases() {}

    static List<Case> all() {
        return List.of(
                sent(
                        "index 0",
                        "goaway COMPRESSION_ERROR",
                        client -> client.frame(HEADERS, WHOLE, 1, new byte[] {(byte) 0x80})),
                sent(
                        "index that is not in a table",
                        "goaway COMPRESSION_ERROR",
                        client -> client.frame(HEADERS, WHOLE, 1, new byte[] {(byte) 0xc6})),
                sent(
                        "index without end",
                        "goaway COMPRESSION_ERROR",
                        client -> {
                            byte[] digits = new byte[20];
                            Arrays.fill(digits, (byte) 0xff);
                            client.frame(HEADERS, WHOLE, 1, digits);
                        }),
                sent(
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
                sent(
                        "table resized behind a field",
                        "goaway COMPRESSION_ERROR",
                        client ->
                                client.frame(
                                        HEADERS,
                                        WHOLE,
                                        1,
                                        join(block(with("/")), new byte[] {0x20}))),
                sent(
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
                sent(
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
                sent(
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
                sent(
                        "string longer than its block",
                        "goaway COMPRESSION_ERROR",
                        client -> client.frame(HEADERS, WHOLE, 1, new byte[] {0x10, 5, 'a'})),
                sent(
                        "broken block on a stream that is over",
                        "goaway COMPRESSION_ERROR",
                        client -> {
                            client.exchange(1, "/");
                            client.response(1).whole = false;
                            client.frame(HEADERS, WHOLE, 1, new byte[] {(byte) 0x80});
                        }));
    }
}
