package dev.vellum.codec.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of a whole decoder file: its identity.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record ModelHash(String hex) {

    /** Length of the part that a stream carries, in bytes. */
    public static final int ID_BYTES = 8;

    /** Checks the form. */
    public ModelHash {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "hash: " + hex + " (expected: 64 lower-case hexadecimal digits)");
        }
    }

    /** The identity of a file. */
    public static ModelHash of(byte[] file) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(file);
            return new ModelHash(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The first 8 bytes, big-endian, as a stream names its model. */
    public long id() {
        byte[] digest = HexFormat.of().parseHex(hex);
        return ByteBuffer.wrap(digest).order(ByteOrder.BIG_ENDIAN).getLong();
    }
}
