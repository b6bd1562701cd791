package dev.vellum.proxy.picture;

/** A stretch of a file, {@code from} to {@code to} in {@code file}, read by checked offsets. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Octets(byte[] file, int from, int to) {

    int length() {
        return to - from;
    }

    /** Whether {@code count} bytes lie at {@code at}. */
    boolean has(long at, long count) {
        return at >= 0 && count >= 0 && at + count <= length();
    }

    int u8(long at) throws MalformedHeader {
        return unsigned(at, 1, false);
    }

    int be16(long at) throws MalformedHeader {
        return unsigned(at, 2, false);
    }

    int le16(long at) throws MalformedHeader {
        return unsigned(at, 2, true);
    }

    int le24(long at) throws MalformedHeader {
        return unsigned(at, 3, true);
    }

    /** 0 to 2<sup>32</sup> - 1. */
    long be32(long at) throws MalformedHeader {
        return Integer.toUnsignedLong(unsigned(at, 4, false));
    }

    /** 0 to 2<sup>32</sup> - 1. */
    long le32(long at) throws MalformedHeader {
        return Integer.toUnsignedLong(unsigned(at, 4, true));
    }

    private int unsigned(long at, int bytes, boolean littleEndian) throws MalformedHeader {
        if (!has(at, bytes)) {
            throw new MalformedHeader("cut off at byte " + (from + at));
        }
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            int index = littleEndian ? bytes - 1 - i : i;
            value = (value << 8) | (file[from + (int) at + index] & 0xff);
        }
        return value;
    }

    /** Whether the characters of {@code text}, each one byte, lie at {@code at}. */
    boolean startsWith(long at, String text) {
        if (!has(at, text.length())) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if ((file[from + (int) at + i] & 0xff) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** {@code count} bytes at {@code at}. */
    Octets part(long at, long count) throws MalformedHeader {
        if (!has(at, count)) {
            throw new MalformedHeader("cut off at byte " + to);
        }
        return new Octets(file, from + (int) at, from + (int) (at + count));
    }

    static void require(boolean condition, String reason) throws MalformedHeader {
        if (!condition) {
            throw new MalformedHeader(reason);
        }
    }
}
