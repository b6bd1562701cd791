package dev.vellum.proxy.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection in tests: reads messages of HTTP/1.1 as narrowly as a careful
 * program would write them, and calls everything else by its name. Shares no code with what it
 * tests.
 */
public final class StrictReader {

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    private final InputStream in;

    public StrictReader(InputStream in) {
        this.in = in;
    }

    /**
     * A message.
     *
     * @param startLine request line or status line
     * @param fields lines as they came
     * @param content without framing
     * @param trailers lines as they came
     */
    public record Message(
            String startLine, List<String> fields, String content, List<String> trailers) {

        private Message with(String read, List<String> behind) {
            return new Message(startLine, fields, read, behind);
        }

        /** Value of the one field of that name, or null. */
        public @Nullable String field(String name) {
            List<String> values = all(name);
            return values.isEmpty() ? null : String.join(", ", values);
        }

        public List<String> all(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return fields.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .toList();
        }

        public int status() {
            return Integer.parseInt(startLine.substring(9, 12));
        }
    }

    /** Bytes that no careful program writes, or an end within a message. */
    public static final class NotStrict extends IOException {

        private static final long serialVersionUID = 1;

        /** Whether the connection ended within the message. */
        private final boolean ended;

        NotStrict(String what, boolean ended) {
            super(what);
            this.ended = ended;
        }

        public boolean ended() {
            return ended;
        }
    }

    /** What is done between a request's head and its content. */
    @FunctionalInterface
    public interface OnHead {
        void accept(Message head) throws IOException;
    }

    /** The next request, or null where the connection ends before one. */
    public @Nullable Message request(OnHead onHead) throws IOException {
        Message head = head(TOKEN + " [!-~]+ HTTP/1\\.1");
        if (head == null) {
            return null;
        }
        onHead.accept(head);
        return withContent(head, false);
    }

    /**
     * The next response, interim ones included, or null where the connection ends before one.
     *
     * @param toHead whether it answers HEAD
     */
    public @Nullable Message response(boolean toHead) throws IOException {
        Message head = head("HTTP/1\\.1 [1-5]\\d\\d [ -~\u00a0-\u00ff]*");
        if (head == null) {
            return null;
        }
        int status = head.status();
        return toHead || status < 200 || status == 204 || status == 304
                ? head
                : withContent(head, true);
    }

    private @Nullable Message head(String startLine) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        String line = (char) first + line();
        require(line.matches(startLine), "start line: " + line);
        return new Message(line, fields(), "", List.of());
    }

    private List<String> fields() throws IOException {
        List<String> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            require(line.matches(TOKEN + ":([ -~\t\u0080-\u00ff]*)"), "field: " + line);
            fields.add(line);
        }
        return fields;
    }

    private Message withContent(Message head, boolean untilClose) throws IOException {
        List<String> lengths = head.all("Content-Length");
        List<String> codings = head.all("Transfer-Encoding");
        require(lengths.size() + codings.size() <= 1, "framed twice: " + head.fields());
        if (!codings.isEmpty()) {
            require(codings.getFirst().equals("chunked"), "coding: " + codings);
            return chunks(head);
        }
        if (!lengths.isEmpty()) {
            require(lengths.getFirst().matches("0|[1-9]\\d{0,17}"), "length: " + lengths);
            return head.with(bytes(Long.parseLong(lengths.getFirst())), List.of());
        }
        return untilClose
                ? head.with(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1), List.of())
                : head;
    }

    private Message chunks(Message head) throws IOException {
        StringBuilder content = new StringBuilder();
        while (true) {
            String size = line();
            require(size.matches("0|[1-9a-f][0-9a-f]{0,6}"), "chunk size: " + size);
            if (size.equals("0")) {
                return head.with(content.toString(), fields());
            }
            content.append(bytes(Integer.parseInt(size, 16)));
            require(line().isEmpty(), "chunk without its end");
        }
    }

    private String bytes(long count) throws IOException {
        byte[] bytes = in.readNBytes((int) Math.min(count, 1 << 24));
        if (bytes.length < count) {
            throw new NotStrict("ended within content", true);
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int octet = in.read();
            if (octet < 0) {
                throw new NotStrict("ended within a line", true);
            }
            if (octet == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                require(text.endsWith("\r"), "line end: " + text);
                text = text.substring(0, text.length() - 1);
                require(text.indexOf('\r') < 0 && text.indexOf('\0') < 0, "line: " + text);
                return text;
            }
            line.write(octet);
        }
    }

    private static void require(boolean strict, String what) throws NotStrict {
        if (!strict) {
            throw new NotStrict(what, false);
        }
    }
}
