package dev.vellum.proxy.h2;

import java.util.Arrays;

/** Field lines as a block holds them, pseudo-header fields among them (RFC 9113 section 8.3). */
public final class FieldBlock {

    private String[] lines = new String[32];
    private int length;
    private boolean tooLarge;

    FieldBlock() {}

    void add(String name, String value) {
        if (length == lines.length) {
            lines = Arrays.copyOf(lines, 2 * length);
        }
        lines[length++] = name;
        lines[length++] = value;
    }

    void cut() {
        tooLarge = true;
    }

    /** Whether lines beyond a limit were left out. */
    public boolean tooLarge() {
        return tooLarge;
    }

    int size() {
        return length / 2;
    }

    String name(int index) {
        return lines[2 * index];
    }

    String value(int index) {
        return lines[2 * index + 1];
    }
}
