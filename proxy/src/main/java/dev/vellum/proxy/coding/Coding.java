package dev.vellum.proxy.coding;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.github.luben.zstd.util.Native;

/** A content coding that can be made here; the first is preferred where a client has no wish. */
public enum Coding {
    /** Zstandard, windows up to 8 MiB (RFC 8878, RFC 9659). */
    ZSTD("zstd"),
    /** Brotli (RFC 7932). */
    BR("br"),
    /** RFC 1952. */
    GZIP("gzip");

    private final String token;

    Coding(String token) {
        this.token = token;
    }

    /**
     * The coding of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Coding parse(String token) {
        for (Coding coding : values()) {
            if (coding.token.equals(token)) {
                return coding;
            }
        }
        throw new IllegalArgumentException('"' + token + "\" (expected: zstd, br or gzip)");
    }

    /** Its name, as it is written. */
    @Override
    public String toString() {
        return token;
    }

    /** Its name in Accept-Encoding and Content-Encoding, in lower case. */
    public String token() {
        return token;
    }

    /** Whether this platform has the native library that it needs. */
    public boolean isAvailable() {
        return switch (this) {
            case ZSTD -> hasZstd();
            case BR -> Brotli4jLoader.isAvailable();
            case GZIP -> true;
        };
    }

    private static boolean hasZstd() {
        try {
            Native.load();
            return Native.isLoaded();
        } catch (LinkageError missing) {
            return false;
        }
    }
}
