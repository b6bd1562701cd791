package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.wire.MalformedMessage.Fault;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Reads one whole section, a head or a trailer section, by the grammar of RFC 9112 sections 2 to 5
 * and nothing beside it. Every line ends with CRLF and the last is empty, which {@link
 * SectionFinder} has seen to; so each loop here ends at a CR at the latest.
 */
final class SectionReader {

    private static final byte[] HTTP_1 = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;
    private final int fieldLimit;
    private int at;

    /**
     * For one section.
     *
     * @param fieldLimit most field lines
     */
    SectionReader(byte[] section, int fieldLimit) {
        this.bytes = section;
        this.fieldLimit = fieldLimit;
    }

    /**
     * Reads a request's head.
     *
     * @param connectionScheme {@code https} on a connection secured by TLS, otherwise {@code http}
     */
    RequestHead request(String connectionScheme) throws MalformedMessage {
        String method = token();
        skip(Octets.SP, "request line without a single space behind the method");
        int start = at;
        while (bytes[at] > Octets.SP && bytes[at] != 0x7f) {
            at++;
        }
        if (at == start) {
            throw MalformedMessage.syntax("request line without a target");
        }
        String target = text(start, at);
        skip(Octets.SP, "request line without a single space behind the target");
        HttpVersion version = version();
        endOfLine("request line with more behind the version");
        Fields fields = fields();
        return switch (RequestTarget.read(
                method, target, fields.all("Host"), version, connectionScheme)) {
            case RequestTarget.Reading.Accepted(var resolved) ->
                    new RequestHead(method, resolved, version, fields);
            case RequestTarget.Reading.Refused(var reason) -> throw MalformedMessage.syntax(reason);
        };
    }

    /** Reads a response's head. */
    ResponseHead response() throws MalformedMessage {
        HttpVersion version = version();
        skip(Octets.SP, "status line without a single space behind the version");
        int status = 0;
        for (int digit = 0; digit < 3; digit++) {
            if (!Octets.isDigit(bytes[at])) {
                throw MalformedMessage.syntax("status that is not three digits");
            }
            status = 10 * status + bytes[at++] - '0';
        }
        if (status < 100 || status > 599) {
            throw MalformedMessage.syntax("status out of the range 100 to 599");
        }
        String reason = "";
        // RFC 9112 section 4 wants the space even without a reason; many servers leave it out
        if (bytes[at] != Octets.CR) {
            skip(Octets.SP, "status line without a space behind the status");
            int start = at;
            while (Octets.isText(bytes[at])) {
                at++;
            }
            reason = text(start, at);
        }
        endOfLine("control character in the status line");
        return new ResponseHead(version, status, reason, fields());
    }

    /** Reads field lines up to the empty line. */
    Fields fields() throws MalformedMessage {
        Fields.Builder fields = Fields.builder();
        while (bytes[at] != Octets.CR) {
            if (fields.size() == fieldLimit) {
                throw new MalformedMessage(Fault.HEAD_TOO_LARGE, "more field lines than the limit");
            }
            if (Octets.isBlank(bytes[at])) {
                throw MalformedMessage.syntax("field line that starts with white space");
            }
            String name = token();
            refuseLookAlike(name);
            if (bytes[at] != ':') {
                throw MalformedMessage.syntax("field name that is not a token and a colon");
            }
            at++;
            fields.add(name, value());
        }
        endOfLine("carriage return without line feed");
        return fields.build();
    }

    private String value() throws MalformedMessage {
        while (Octets.isBlank(bytes[at])) {
            at++;
        }
        int start = at;
        while (Octets.isText(bytes[at])) {
            at++;
        }
        int end = at;
        while (end > start && Octets.isBlank(bytes[end - 1])) {
            end--;
        }
        endOfLine("control character in a field value");
        return text(start, end);
    }

    /**
     * Names that only differ by an underscore from those that frame a message: behind us, CGI's
     * naming (RFC 3875 section 4.1.18) would make them the same.
     */
    private static void refuseLookAlike(String name) throws MalformedMessage {
        if (name.indexOf('_') < 0) {
            return;
        }
        switch (name.toLowerCase(Locale.ROOT).replace('_', '-')) {
            case "content-length", "transfer-encoding" ->
                    throw MalformedMessage.syntax("field name that looks like one of framing");
            default -> {}
        }
    }

    private HttpVersion version() throws MalformedMessage {
        for (byte expected : HTTP_1) {
            if (bytes[at] != expected) {
                throw isOtherVersion()
                        ? new MalformedMessage(Fault.VERSION, "major version other than 1")
                        : MalformedMessage.syntax("no HTTP version where one belongs");
            }
            at++;
        }
        int minor = bytes[at];
        if (!Octets.isDigit(minor)) {
            throw MalformedMessage.syntax("version without a minor number");
        }
        at++;
        return switch (minor) {
            case '0' -> HttpVersion.HTTP_1_0;
            case '1' -> HttpVersion.HTTP_1_1;
            default -> throw new MalformedMessage(Fault.VERSION, "minor version over 1");
        };
    }

    /** At the major number of a well-formed version, HTTP/digit.digit, or at its first letter. */
    private boolean isOtherVersion() {
        return at + 2 < bytes.length
                && at >= 5
                && bytes[at - 1] == '/'
                && Octets.isDigit(bytes[at])
                && bytes[at + 1] == '.'
                && Octets.isDigit(bytes[at + 2]);
    }

    private String token() throws MalformedMessage {
        int start = at;
        while (Octets.isToken(bytes[at])) {
            at++;
        }
        if (at == start) {
            throw MalformedMessage.syntax("no token where one belongs");
        }
        return text(start, at);
    }

    private void skip(byte expected, String otherwise) throws MalformedMessage {
        if (bytes[at] != expected) {
            throw MalformedMessage.syntax(otherwise);
        }
        at++;
    }

    private void endOfLine(String otherwise) throws MalformedMessage {
        skip(Octets.CR, otherwise);
        skip(Octets.LF, "carriage return without line feed");
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
