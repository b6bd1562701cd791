package dev.vellum.codec.model;

import dev.vellum.codec.CodecException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The text of a manifest: ASCII lines of the form {@code key word word...}, one space between
 * words, each line ended by a line feed. A key may stand on several lines. Whoever reads takes
 * every line; one that nobody takes is an error, so that a manifest never says something that is
 * not heeded.
 */
final class ManifestText {

    private static final int MAX_BYTES = 64 << 10;

    private final Map<String, List<List<String>>> lines = new LinkedHashMap<>();

    private ManifestText() {}

    static ManifestText parse(byte[] bytes) throws CodecException.WrongModel {
        if (bytes.length > MAX_BYTES) {
            throw wrong("manifest of " + bytes.length + " bytes (expected: at most 65536)");
        }
        ManifestText text = new ManifestText();
        String all = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!all.endsWith("\n")) {
            throw wrong("manifest without a line feed at its end");
        }
        for (String line : all.substring(0, all.length() - 1).split("\n", -1)) {
            if (!line.matches("[a-z][a-z0-9-]*( [!-~]+)+")) {
                throw wrong("manifest line '" + printable(line) + "' (expected: key word...)");
            }
            List<String> words = List.of(line.split(" ", -1));
            text.lines
                    .computeIfAbsent(words.getFirst(), key -> new ArrayList<>())
                    .add(words.subList(1, words.size()));
        }
        return text;
    }

    /** All lines of {@code key} in order, each of {@code words} words. */
    List<List<String>> takeAll(String key, int words) throws CodecException.WrongModel {
        List<List<String>> found = lines.remove(key);
        if (found == null) {
            throw wrong("manifest without '" + key + "'");
        }
        for (List<String> line : found) {
            if (line.size() != words) {
                throw wrong(key + ": " + line.size() + " words (expected: " + words + ")");
            }
        }
        return found;
    }

    String word(String key) throws CodecException.WrongModel {
        List<List<String>> found = takeAll(key, 1);
        if (found.size() != 1) {
            throw wrong(key + ": " + found.size() + " lines (expected: 1)");
        }
        return found.getFirst().getFirst();
    }

    int number(String key, int least, int most) throws CodecException.WrongModel {
        return number(key, word(key), least, most);
    }

    static int number(String key, String word, int least, int most)
            throws CodecException.WrongModel {
        int value;
        try {
            value = Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw wrong(key + ": '" + word + "' (expected: a whole number)");
        }
        if (value < least || value > most || !word.equals(Integer.toString(value))) {
            throw wrong(key + ": " + word + " (expected: " + least + " to " + most + ")");
        }
        return value;
    }

    /** Ends the reading: nothing may be left. */
    void end() throws CodecException.WrongModel {
        if (!lines.isEmpty()) {
            throw wrong("manifest keys that this version does not know: " + lines.keySet());
        }
    }

    static CodecException.WrongModel wrong(String reason) {
        return new CodecException.WrongModel(reason);
    }

    private static String printable(String line) {
        String shown = line.replaceAll("[^ -~]", "?");
        return shown.length() > 60 ? shown.substring(0, 60) + "..." : shown;
    }
}
