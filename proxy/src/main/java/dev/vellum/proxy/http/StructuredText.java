package dev.vellum.proxy.http;

import org.greenbytes.http.sfv.Item;
import org.greenbytes.http.sfv.StringItem;
import org.greenbytes.http.sfv.TokenItem;

/** Text of ours or of peers as structured fields' items (RFC 9651). */
final class StructuredText {

    private StructuredText() {}

    /** A token where the text is one, otherwise a string. */
    static Item<?> name(String text) {
        return isToken(text) ? TokenItem.valueOf(text) : string(text);
    }

    /** A string; characters that it cannot hold become question marks. */
    static StringItem string(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            printable.append(c >= ' ' && c < 0x7f ? c : '?');
        }
        return StringItem.valueOf(printable.toString());
    }

    private static boolean isToken(String text) {
        if (text.isEmpty() || !isLetter(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean allowed =
                    isLetter(c) || (c >= '0' && c <= '9') || "!#$%&'*+-.^_`|~:/".indexOf(c) >= 0;
            if (!allowed) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
