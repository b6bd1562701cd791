package dev.vellum.proxy.store.shared;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.disk.BodySource;
import dev.vellum.proxy.store.disk.RecordBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values and keys in Redis. Under a resource's key there is a response, or, where responses vary,
 * which request fields select one and a tag that is part of the keys of the variants:
 *
 * <pre>
 * response = "VR1" position:16 record
 * choice   = "VC1" tag LF name LF name ...
 * </pre>
 *
 * <p>A record is as on disk; its checksums start with the position, so they cover it.
 */
final class SharedRecord {

    private static final byte[] RESPONSE = {'V', 'R', '1'};
    private static final byte[] CHOICE = {'V', 'C', '1'};
    private static final int FRONT = 3 + Position.BYTES;

    private SharedRecord() {}

    /** What a value says. */
    sealed interface Value {}

    /** A response, and how far the purges were applied when it was asked for. */
    record Response(Position position, RecordBytes.Read read) implements Value {}

    /** Which fields select a variant. */
    record Choice(String tag, List<String> names) implements Value {}

    /** The key of a resource; its hash is the slot in a cluster. */
    static String resource(String prefix, CacheKey key) {
        return prefix + ":{" + hash(key.uri()) + "}";
    }

    /** The key of the variant that a request selects. */
    static String variant(String resource, Choice choice, Fields request) {
        StringBuilder selecting = new StringBuilder();
        for (String name : choice.names()) {
            String value = request.combined(name);
            selecting.append(name).append(value == null ? "" : ":" + value).append('\n');
        }
        return resource + ":" + choice.tag() + ":" + hash(selecting.toString());
    }

    /** Null if the response cannot be held, or its body broke off. */
    static byte @Nullable [] write(
            Position position,
            CacheKey key,
            StoredResponse response,
            Fields trailers,
            BodySource body) {
        byte[] bytes = RecordBytes.write(FRONT, nonce(position), key, response, trailers, body);
        if (bytes != null) {
            position.write(ByteBuffer.wrap(bytes).put(RESPONSE));
        }
        return bytes;
    }

    static byte[] write(Choice choice) {
        byte[] text =
                (choice.tag() + "\n" + String.join("\n", choice.names()))
                        .getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(CHOICE.length + text.length).put(CHOICE).put(text).array();
    }

    /** Null if the bytes are not what was written for this resource. */
    static @Nullable Value read(byte[] bytes, CacheKey key, CachePolicy policy) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (startsWith(bytes, RESPONSE) && bytes.length > FRONT) {
            Position position = Position.read(in.position(RESPONSE.length));
            RecordBytes.Read read = RecordBytes.read(nonce(position), key, in, policy);
            return read == null ? null : new Response(position, read);
        }
        if (startsWith(bytes, CHOICE)) {
            String text =
                    new String(
                            bytes,
                            CHOICE.length,
                            bytes.length - CHOICE.length,
                            StandardCharsets.ISO_8859_1);
            List<String> lines = List.of(text.split("\n", -1));
            return lines.size() < 2
                    ? null
                    : new Choice(lines.getFirst(), lines.subList(1, lines.size()));
        }
        return null;
    }

    private static boolean startsWith(byte[] bytes, byte[] magic) {
        return bytes.length >= magic.length
                && ByteBuffer.wrap(bytes, 0, magic.length).equals(ByteBuffer.wrap(magic));
    }

    private static long nonce(Position position) {
        return position.millis() * 0x9E3779B97F4A7C15L + position.sequence();
    }

    private static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.ISO_8859_1));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is in every JDK", impossible);
        }
    }
}
