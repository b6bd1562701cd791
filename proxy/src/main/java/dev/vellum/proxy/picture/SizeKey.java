package dev.vellum.proxy.picture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a site signs the sizes with that its pages ask for: HMAC-SHA-256 (RFC 2104). Several at once
 * hold while one replaces another. {@link #toString} shows the name only.
 */
public final class SizeKey {

    private static final int LEAST = 16;

    private final String name;
    private final SecretKeySpec key;

    private SizeKey(String name, SecretKeySpec key) {
        this.name = name;
        this.key = key;
    }

    /**
     * A key.
     *
     * @param name stands in signed targets: letters, digits, {@code _} and {@code -}, at most 64
     * @param secret at least 16 characters
     * @throws IllegalArgumentException if they are not
     */
    public static SizeKey of(String name, String secret) {
        if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new IllegalArgumentException(
                    "name: \"" + name + "\" (expected: 1 to 64 letters, digits, _ and -)");
        }
        if (secret.length() < LEAST) {
            throw new IllegalArgumentException(
                    "secret: %d characters (expected: at least %d)"
                            .formatted(secret.length(), LEAST));
        }
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return new SizeKey(name, new SecretKeySpec(bytes, "HmacSHA256"));
    }

    /** A key whose secret is the first line of a file. */
    public static SizeKey ofFile(String name, Path file) {
        try {
            return of(name, Files.readString(file).lines().findFirst().orElse(""));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    '"' + file.toString() + "\" (expected: a readable file)", unreadable);
        }
    }

    /** A key whose secret is the value of a variable of {@code environment}. */
    public static SizeKey ofEnvironment(
            String name, String variable, Map<String, String> environment) {
        return of(name, environment.getOrDefault(variable, ""));
    }

    public String name() {
        return name;
    }

    /** The signature of a text, in lower-case hexadecimal. */
    public String sign(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("HmacSHA256 is in every JDK", impossible);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
