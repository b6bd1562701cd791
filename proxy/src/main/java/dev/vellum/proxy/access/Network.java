package dev.vellum.proxy.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/**
 * A block of IP addresses in CIDR form (RFC 4632, RFC 4291 section 2.3): {@code 10.0.0.0/8}, {@code
 * fc00::/7}; an address alone is the block of just that address. Version 4 and version 6 never
 * match each other, so a v4-mapped address ({@code ::ffff:0:0/96}) lies in no version 4 block.
 *
 * @param version 4 or 6
 * @param high the first 64 bits of a version 6 prefix; the 32 bits of a version 4 prefix, at the
 *     top of the word
 * @param low the last 64 bits of a version 6 prefix
 * @param prefixBits length of the prefix, 0 to 32 or 0 to 128; the bits behind it are zero
 */
public record Network(int version, long high, long low, int prefixBits) {

    private static final Pattern DOTTED = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern COLONS = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*");
    private static final Pattern LENGTH = Pattern.compile("0|[1-9]\\d{0,2}");
    private static final String EXPECTED =
            "\" (expected: a network such as 10.0.0.0/8 or fc00::/7)";

    public Network {
        if (version != 4 && version != 6) {
            throw new IllegalArgumentException("version: " + version + " (expected: 4 or 6)");
        }
        int most = version == 4 ? 32 : 128;
        if (prefixBits < 0 || prefixBits > most) {
            throw new IllegalArgumentException(
                    "prefixBits: " + prefixBits + " (expected: 0 to " + most + ")");
        }
        if ((high & ~mask(prefixBits)) != 0 || (low & ~mask(prefixBits - 64)) != 0) {
            throw new IllegalArgumentException(
                    "prefixBits: " + prefixBits + " (expected: only zeros behind the prefix)");
        }
    }

    /**
     * Reads {@code address/bits} or {@code address}. Names are not looked up.
     *
     * @throws IllegalArgumentException if it is not an address block, or has bits set behind its
     *     prefix
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        byte[] bytes = literal(slash < 0 ? text : text.substring(0, slash), text);
        int bits = bytes.length * 8;
        if (slash >= 0) {
            String length = text.substring(slash + 1);
            if (!LENGTH.matcher(length).matches() || Integer.parseInt(length) > bits) {
                throw new IllegalArgumentException('"' + text + EXPECTED);
            }
            bits = Integer.parseInt(length);
        }
        try {
            return new Network(bytes.length == 4 ? 4 : 6, high(bytes), low(bytes), bits);
        } catch (IllegalArgumentException bitsBehind) {
            throw new IllegalArgumentException(
                    '"' + text + "\" (expected: only zeros behind the prefix)", bitsBehind);
        }
    }

    /** Whether {@code candidate}, 4 or 16 bytes in network order, lies in this block. */
    public boolean contains(byte[] candidate) {
        return candidate.length == (version == 4 ? 4 : 16)
                && (high(candidate) & mask(prefixBits)) == high
                && (low(candidate) & mask(prefixBits - 64)) == low;
    }

    /** Whether {@code candidate} lies in this block. */
    public boolean contains(InetAddress candidate) {
        return contains(candidate.getAddress());
    }

    /** The first {@code bits} of a word; none if it is negative, all from 64 on. */
    private static long mask(int bits) {
        if (bits <= 0) {
            return 0;
        }
        return bits >= 64 ? -1 : -1L << (64 - bits);
    }

    private static long high(byte[] address) {
        return address.length == 4
                ? (long) ByteBuffer.wrap(address).getInt() << 32
                : ByteBuffer.wrap(address).getLong(0);
    }

    private static long low(byte[] address) {
        return address.length == 4 ? 0 : ByteBuffer.wrap(address).getLong(8);
    }

    private static byte[] literal(String address, String whole) {
        // InetAddress.ofLiteral also reads 127.1, brackets and scopes, which mean different things
        // to different readers
        if (!DOTTED.matcher(address).matches() && !COLONS.matcher(address).matches()) {
            throw new IllegalArgumentException('"' + whole + EXPECTED);
        }
        try {
            return InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException notAnAddress) {
            throw new IllegalArgumentException('"' + whole + EXPECTED, notAnAddress);
        }
    }

    /** The CIDR form: what {@link #parse} reads back. */
    @Override
    public String toString() {
        byte[] bytes =
                version == 4
                        ? ByteBuffer.allocate(4).putInt((int) (high >>> 32)).array()
                        : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        try {
            return InetAddress.getByAddress(bytes).getHostAddress() + "/" + prefixBits;
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("bytes: " + bytes.length, impossible);
        }
    }
}
