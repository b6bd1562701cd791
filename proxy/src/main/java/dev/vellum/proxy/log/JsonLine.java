package dev.vellum.proxy.log;

/** One JSON object on one line (RFC 8259), built member by member. */
final class JsonLine {

    private static final String HEX = "0123456789abcdef";

    private final StringBuilder text = new StringBuilder(512).append('{');

    JsonLine add(String name, String value) {
        name(name);
        quote(value);
        return this;
    }

    JsonLine add(String name, long value) {
        name(name);
        text.append(value);
        return this;
    }

    JsonLine add(String name, boolean value) {
        name(name);
        text.append(value);
        return this;
    }

    /** A number with three digits behind the point, from thousandths. */
    JsonLine addThousandths(String name, long value) {
        name(name);
        text.append(value / 1000).append('.');
        long rest = Math.abs(value % 1000);
        text.append(rest / 100).append(rest / 10 % 10).append(rest % 10);
        return this;
    }

    /** The object and a line feed. */
    String end() {
        return text.append("}\n").toString();
    }

    private void name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        quote(name);
        text.append(':');
    }

    /**
     * Beyond what RFC 8259 section 7 wants escaped: delete and the C1 controls, which terminals act
     * on, the line separators, which JavaScript once did, and surrogates without a partner, which
     * UTF-8 cannot carry.
     */
    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (isPlain(value, i)) {
                text.append(c);
            } else {
                text.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    text.append(HEX.charAt(c >> shift & 0xf));
                }
            }
        }
        text.append('"');
    }

    private static boolean isPlain(String value, int at) {
        char c = value.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return at > 0 && Character.isHighSurrogate(value.charAt(at - 1));
        }
        return c >= 0x20 && (c < 0x7f || c >= 0xa0) && c != '\u2028' && c != '\u2029';
    }
}
