package dev.vellum.proxy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * Bodies that say themselves whether they are right: letters that follow from the path, behind the
 * hash of all of them. A path is {@code /name/bytes/...}; what stands in the third place may be a
 * revision, which is in the body then.
 */
final class Contents {

    private Contents() {}

    /** The body for a path such as {@code /a17/2000}, of that many bytes, at least 100. */
    static String of(String path) {
        String[] parts = path.split("/", -1);
        int length = Integer.parseInt(parts[2]);
        SplittableRandom random = new SplittableRandom(path.hashCode());
        byte[] letters = new byte[Math.max(100, length) - 64];
        byte[] name = (path + " ").getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < letters.length; i++) {
            letters[i] = i < name.length ? name[i] : (byte) ('a' + random.nextInt(26));
        }
        String text = new String(letters, StandardCharsets.ISO_8859_1);
        return hash(text) + text;
    }

    /** Whether this is a body that {@link #of} made, for that path. */
    static boolean isRight(String path, String body) {
        return body.length() >= 100
                && hash(body.substring(64)).equals(body.substring(0, 64))
                && body.startsWith(path + " ", 64);
    }

    private static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.ISO_8859_1));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, 32));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is in every JDK", impossible);
        }
    }
}
