package dev.vellum.proxy.wire;

/** Character classes of HTTP/1 as tables over octets. */
final class Octets {

    static final byte CR = '\r';
    static final byte LF = '\n';
    static final byte SP = ' ';
    static final byte HTAB = '\t';

    private static final boolean[] TOKEN = new boolean[256];
    private static final boolean[] TEXT = new boolean[256];

    static {
        for (int c = 0; c < 256; c++) {
            boolean alphanumeric =
                    (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            TOKEN[c] = alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
            TEXT[c] = c == HTAB || (c >= SP && c != 0x7f);
        }
    }

    private Octets() {}

    /** A tchar (RFC 9110 section 5.6.2). */
    static boolean isToken(int octet) {
        return TOKEN[octet & 0xff];
    }

    /**
     * What a field value or reason phrase holds: VCHAR, obs-text, SP, HTAB (RFC 9110 section 5.5).
     */
    static boolean isText(int octet) {
        return TEXT[octet & 0xff];
    }

    /** SP or HTAB: what OWS and BWS consist of. */
    static boolean isBlank(int octet) {
        return octet == SP || octet == HTAB;
    }

    static boolean isDigit(int octet) {
        return octet >= '0' && octet <= '9';
    }

    /** Value of a HEXDIG, or -1; digits of other scripts are none. */
    static int hex(int octet) {
        if (isDigit(octet)) {
            return octet - '0';
        }
        int lower = octet | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
