package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Failure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are malformed, ambiguous or merely odd, and what a strict reader makes of them.
 *
 * @param bytes as characters of ISO 8859-1
 * @param messages those that are there whole before anything refused: {@code GET /a}, {@code POST
 *     /a content}, {@code 200 content}
 * @param refusal what becomes of the rest, if there is any
 */
public record Hostile(String name, String bytes, List<String> messages, @Nullable Failure refusal) {

    /** Nothing of it is a message. */
    public static Hostile refused(String name, Failure refusal, String bytes) {
        return new Hostile(name, bytes, List.of(), refusal);
    }

    /** All of it is messages, in one reading only. */
    public static Hostile accepted(String name, String bytes, String... messages) {
        return new Hostile(name, bytes, List.of(messages), null);
    }

    public byte[] octets() {
        return bytes.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        return name;
    }
}
