package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.wire.MalformedMessage.Fault;
import java.util.List;
import java.util.Locale;

/**
 * Where a message's content ends (RFC 9112 section 6.3); whatever could be read two ways is
 * refused.
 */
sealed interface BodyLength {

    /** So many bytes, perhaps none. */
    record Known(long bytes) implements BodyLength {}

    /** The chunked coding tells. */
    record Chunked() implements BodyLength {}

    /** The connection's end: responses only. */
    record UntilClose() implements BodyLength {}

    /** No bytes. */
    BodyLength NONE = new Known(0);

    /** Most digits of a Content-Length: what fits a {@code long} whatever they are. */
    int MOST_DIGITS = 18;

    /** Of a request. */
    static BodyLength of(RequestHead head) throws MalformedMessage {
        BodyLength stated = stated(head);
        if (head.method().equals("CONNECT") && !stated.equals(NONE)) {
            // RFC 9110 section 9.3.6: what follows belongs to the tunnel, or does it?
            throw MalformedMessage.syntax("CONNECT with content");
        }
        return stated;
    }

    private static BodyLength stated(RequestHead head) throws MalformedMessage {
        Fields fields = head.fields();
        List<String> lengths = fields.all("Content-Length");
        if (fields.contains("Transfer-Encoding")) {
            return chunked(head.version(), fields);
        }
        if (lengths.size() > 1) {
            throw MalformedMessage.syntax("more than one Content-Length");
        }
        return lengths.isEmpty() ? NONE : new Known(digits(lengths.getFirst()));
    }

    /**
     * Of a response.
     *
     * @param method of the request that it answers
     */
    static BodyLength of(ResponseHead head, String method) throws MalformedMessage {
        Fields fields = head.fields();
        if (isBare(head, method)) {
            return NONE;
        }
        BodyLength stated =
                fields.contains("Transfer-Encoding")
                        ? chunked(head.version(), fields)
                        : stated(fields.all("Content-Length"));
        return method.equals("HEAD") || head.status() == 304 ? NONE : stated;
    }

    /** Whether the head ends the message and a length in it would mean nothing. */
    static boolean isBare(ResponseHead head, String method) {
        return head.status() < 200
                || head.status() == 204
                || (method.equals("CONNECT") && head.status() < 300);
    }

    /** Only chunked alone, on HTTP/1.1, without a Content-Length beside it. */
    private static BodyLength chunked(HttpVersion version, Fields fields) throws MalformedMessage {
        if (version == HttpVersion.HTTP_1_0) {
            // RFC 9112 section 6.1: such framing is faulty
            throw MalformedMessage.syntax("Transfer-Encoding on HTTP/1.0");
        }
        if (fields.contains("Content-Length")) {
            throw MalformedMessage.syntax("both Transfer-Encoding and Content-Length");
        }
        List<String> codings = fields.all("Transfer-Encoding");
        if (codings.size() > 1) {
            throw MalformedMessage.syntax("more than one Transfer-Encoding");
        }
        String coding = codings.getFirst().toLowerCase(Locale.ROOT);
        if (coding.equals("chunked")) {
            return new Chunked();
        }
        if (coding.matches("(gzip|x-gzip|compress|x-compress|deflate)[ \t]*,[ \t]*chunked")) {
            throw new MalformedMessage(Fault.CODING, "transfer coding other than chunked");
        }
        throw MalformedMessage.syntax("Transfer-Encoding that is not chunked");
    }

    /** Identical values may be read as one (RFC 9110 section 8.6). */
    private static BodyLength stated(List<String> lengths) throws MalformedMessage {
        if (lengths.isEmpty()) {
            return new UntilClose();
        }
        long length = -1;
        for (String line : lengths) {
            for (String value : line.split(",", -1)) {
                long one = digits(value.strip());
                if (length >= 0 && one != length) {
                    throw MalformedMessage.syntax("Content-Length values that differ");
                }
                length = one;
            }
        }
        return new Known(length);
    }

    /** The same with one Content-Length in its shortest form for however many there were. */
    static Fields normalised(Fields fields) throws MalformedMessage {
        String first = fields.first("Content-Length");
        if (first == null) {
            return fields;
        }
        int comma = first.indexOf(',');
        String shortest =
                Long.toString(digits((comma < 0 ? first : first.substring(0, comma)).strip()));
        boolean isNormal = first.equals(shortest) && fields.all("Content-Length").size() == 1;
        return isNormal ? fields : fields.with("Content-Length", shortest);
    }

    private static long digits(String text) throws MalformedMessage {
        if (text.isEmpty() || text.length() > MOST_DIGITS) {
            throw MalformedMessage.syntax("Content-Length that is not 1 to 18 digits");
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            if (!Octets.isDigit(text.charAt(i))) {
                throw MalformedMessage.syntax("Content-Length that is not 1 to 18 digits");
            }
            value = 10 * value + text.charAt(i) - '0';
        }
        return value;
    }
}
