package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.vips.VipsException;
import dev.vellum.proxy.picture.vips.VipsImage;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who made a picture and who may use it: what stays when all other metadata is stripped.
 *
 * @param copyright text, empty if the file says nothing
 * @param artist text, empty if the file says nothing
 */
public record Rights(String copyright, String artist) {

    public static final Rights UNSTATED = new Rights("", "");

    private static final String COPYRIGHT = "exif-ifd0-Copyright";
    private static final String ARTIST = "exif-ifd0-Artist";

    /** Longer text is cut: nobody fills a header with it. */
    private static final int MOST_CHARACTERS = 300;

    /** What libvips appends to the text of an EXIF field. */
    private static final Pattern TAIL =
            Pattern.compile(", ASCII, (\\d{1,9}) components, \\d+ bytes\\)$");

    private static final Pattern TEXT =
            Pattern.compile("copyright=(?<copyright>[^&\\s]*)&artist=(?<artist>[^&\\s]*)");

    public boolean stated() {
        return !copyright.isEmpty() || !artist.isEmpty();
    }

    /** As text of visible ASCII without spaces; {@link #read} reads it. */
    public String text() {
        return "copyright=" + encode(copyright) + "&artist=" + encode(artist);
    }

    /** What {@link #text} wrote; unstated where the text is none of that. */
    public static Rights read(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? new Rights(decode(parts.group("copyright")), decode(parts.group("artist")))
                : UNSTATED;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        try {
            return cut(URLDecoder.decode(text, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException malformed) {
            return "";
        }
    }

    static Rights of(VipsImage image) throws VipsException {
        String copyright = exif(image.string(COPYRIGHT));
        for (int i = 0; copyright.isEmpty() && i < 8; i++) {
            String png = image.string("png-comment-" + i + "-Copyright");
            copyright = png == null ? "" : cut(png);
        }
        return new Rights(copyright, exif(image.string(ARTIST)));
    }

    void writeTo(VipsImage image) {
        if (!copyright.isEmpty()) {
            image.set(COPYRIGHT, exifField(copyright));
        }
        if (!artist.isEmpty()) {
            image.set(ARTIST, exifField(artist));
        }
    }

    /** The text in {@code TEXT (as shown, ASCII, 5 components, 5 bytes)}; TEXT ends with NUL. */
    private static String exif(@Nullable String field) {
        if (field == null) {
            return "";
        }
        Matcher tail = TAIL.matcher(field);
        if (!tail.find()) {
            return "";
        }
        byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
        int length = Math.clamp(Integer.parseInt(tail.group(1)) - 1, 0, bytes.length);
        return cut(new String(bytes, 0, length, StandardCharsets.UTF_8));
    }

    /** libvips drops everything from the last opening bracket on. */
    private static String exifField(String text) {
        int length = text.getBytes(StandardCharsets.UTF_8).length + 1;
        return "%s (text, ASCII, %d components, %d bytes)".formatted(text, length, length);
    }

    private static String cut(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS);
    }
}
