package dev.vellum.proxy.h2;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.Trailers;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of field blocks, by the rules of RFC 9113 section 8 and those of HTTP/1 that a
 * message must not break when it goes on there.
 */
public final class MessageReader {

    /** What a request's block says. */
    public sealed interface Request {

        /** A request as any other. */
        record Plain(RequestHead head) implements Request {}

        /**
         * Extended CONNECT (RFC 8441): WebSocket on this stream.
         *
         * @param head the request as HTTP/1.1 would have it, but for its key
         */
        record WebSocket(RequestHead head) implements Request {}

        /** Extended CONNECT to a protocol that we do not know. */
        record UnknownProtocol(RequestHead head) implements Request {}

        /** More lines, or larger ones, than we allow. */
        record TooLarge() implements Request {}

        /**
         * No request (section 8.1.1).
         *
         * @param reason in words of ours that repeat nothing of it
         */
        record Malformed(String reason) implements Request {}
    }

    private final FieldBlock block;
    private final Fields.Builder fields = Fields.builder();
    private @Nullable String method;
    private @Nullable String scheme;
    private @Nullable String authority;
    private @Nullable String path;
    private @Nullable String protocol;
    private @Nullable String status;
    private @Nullable String host;
    private @Nullable String contentLength;
    private @Nullable StringBuilder cookies;
    private @Nullable String fault;

    private MessageReader(FieldBlock block) {
        this.block = block;
    }

    /**
     * Reads a request.
     *
     * @param mostLines of fields
     */
    public static Request request(FieldBlock block, int mostLines) {
        if (block.tooLarge() || block.size() > mostLines + 5) {
            return new Request.TooLarge();
        }
        MessageReader reader = new MessageReader(block);
        reader.read();
        return reader.request();
    }

    /**
     * Reads a response's head; null if it is malformed.
     *
     * @param mostLines of fields
     */
    public static @Nullable ResponseHead response(FieldBlock block, int mostLines) {
        if (block.tooLarge() || block.size() > mostLines + 1) {
            return null;
        }
        MessageReader reader = new MessageReader(block);
        reader.read();
        String code = reader.status;
        boolean only =
                reader.method == null
                        && reader.scheme == null
                        && reader.authority == null
                        && reader.path == null
                        && reader.protocol == null;
        if (reader.fault != null || code == null || !only || !code.matches("[1-5][0-9][0-9]")) {
            return null;
        }
        int number = Integer.parseInt(code);
        return number == 101
                ? null
                : new ResponseHead(HttpVersion.HTTP_2, number, "", reader.fields.build());
    }

    /** Reads trailers, without what is not for trailers; null if they are malformed. */
    public static @Nullable Fields trailers(FieldBlock block) {
        if (block.tooLarge()) {
            return null;
        }
        for (int i = 0; i < block.size(); i++) {
            if (block.name(i).startsWith(":")) {
                return null;
            }
        }
        MessageReader reader = new MessageReader(block);
        reader.read();
        return reader.fault == null ? Trailers.allowed(reader.fields.build()) : null;
    }

    // ---- lines

    private void read() {
        boolean regular = false;
        for (int i = 0; i < block.size() && fault == null; i++) {
            String name = block.name(i);
            String value = block.value(i);
            checkValue(value);
            if (!name.startsWith(":")) {
                regular = true;
                regular(name, value);
            } else if (regular) {
                fault = "pseudo-header field behind a field";
            } else {
                pseudo(name, value);
            }
        }
        if (cookies != null) {
            // section 8.2.3: as one for whoever does not know of crumbs
            fields.add("cookie", cookies.toString());
        }
    }

    private void pseudo(String name, String value) {
        switch (name) {
            case ":method" -> method = once(method, value);
            case ":scheme" -> scheme = once(scheme, value);
            case ":authority" -> authority = once(authority, value);
            case ":path" -> path = once(path, value);
            case ":protocol" -> protocol = once(protocol, value);
            case ":status" -> status = once(status, value);
            default -> fault = "unknown pseudo-header field";
        }
    }

    private String once(@Nullable String before, String value) {
        if (before != null) {
            fault = "pseudo-header field twice";
        }
        return value;
    }

    private void regular(String name, String value) {
        if (!isLowerCaseToken(name)) {
            fault = "field name that is no token in lower case";
            return;
        }
        switch (name) {
            case "connection",
                    "proxy-connection",
                    "keep-alive",
                    "transfer-encoding",
                    "upgrade",
                    "http2-settings" ->
                    fault = "field of the connection";
            case "te" -> {
                if (!value.equalsIgnoreCase("trailers")) {
                    fault = "TE other than trailers";
                }
                fields.add(name, value);
            }
            case "host" -> {
                if (host != null) {
                    fault = "Host twice";
                }
                host = value;
            }
            case "content-length" -> contentLength(value);
            case "cookie" -> {
                cookies = cookies == null ? new StringBuilder() : cookies.append("; ");
                cookies.append(value);
            }
            default -> {
                if (name.indexOf('_') >= 0 && looksLikeFraming(name)) {
                    fault = "field name that looks like one of framing";
                }
                fields.add(name, value);
            }
        }
    }

    /** RFC 9110 section 8.6: a response may say the same several times; a request is refused. */
    private void contentLength(String value) {
        boolean lenient = status != null;
        String[] said = lenient ? value.split(",", -1) : new String[] {value};
        for (String each : said) {
            String length = lenient ? each.strip() : each;
            boolean again = contentLength != null;
            if (!isLength(length) || (again && !(lenient && length.equals(contentLength)))) {
                fault = "Content-Length that is no number, or comes twice";
                return;
            }
            if (!again) {
                contentLength = length;
                fields.add("content-length", length);
            }
        }
    }

    /** Behind us, CGI's naming (RFC 3875 section 4.1.18) would make them the same. */
    private static boolean looksLikeFraming(String name) {
        String dashed = name.replace('_', '-');
        return dashed.equals("content-length") || dashed.equals("transfer-encoding");
    }

    private static boolean isLowerCaseToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed =
                    (c >= 'a' && c <= 'z')
                            || (c >= '0' && c <= '9')
                            || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
            if (!allowed) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** Section 8.2.1, and no other control characters: HTTP/1 would not carry them. */
    private void checkValue(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                fault = "control character in a field value";
            }
        }
        if (!value.isEmpty()
                && (isBlank(value.charAt(0)) || isBlank(value.charAt(value.length() - 1)))) {
            fault = "white space around a field value";
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** As many digits as HTTP/1 may have here. */
    private static boolean isLength(String value) {
        if (value.isEmpty() || value.length() > 18) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    // ---- requests

    private Request request() {
        if (fault != null) {
            return new Request.Malformed(fault);
        }
        String verb = method;
        if (status != null || verb == null || !isToken(verb)) {
            return new Request.Malformed("no method, or a status");
        }
        return verb.equals("CONNECT") && protocol == null ? connect() : resource(verb);
    }

    private static boolean isToken(String text) {
        return isLowerCaseToken(text.toLowerCase(Locale.ROOT));
    }

    /** Section 8.5. */
    private Request connect() {
        String far = authority;
        if (scheme != null || path != null || far == null) {
            return new Request.Malformed("CONNECT without its authority, or with more");
        }
        return read("CONNECT", far, far, "http");
    }

    private Request resource(String verb) {
        String secured = scheme;
        String asked = path;
        if (secured == null || asked == null) {
            return new Request.Malformed("no scheme or no path");
        }
        if (!secured.equals("http") && !secured.equals("https")) {
            return new Request.Malformed("scheme other than http and https");
        }
        if (!asked.startsWith("/") && !asked.equals("*")) {
            return new Request.Malformed("path that does not start with a slash");
        }
        String named = named(secured);
        if (named == null) {
            return new Request.Malformed("no authority, or two");
        }
        if (protocol == null) {
            return read(verb, asked, named, secured);
        }
        if (!verb.equals("CONNECT") || authority == null) {
            return new Request.Malformed(":protocol without CONNECT");
        }
        return switch (read("GET", asked, named, secured)) {
            case Request.Plain(var head) when protocol.equalsIgnoreCase("websocket") ->
                    new Request.WebSocket(
                            head.with(
                                    head.fields()
                                            .without("sec-websocket-key")
                                            .plus("Connection", "Upgrade")
                                            .plus("Upgrade", "websocket")));
            case Request.Plain(var head) -> new Request.UnknownProtocol(head);
            case Request other -> other;
        };
    }

    /** What :authority and Host name, which must be one (section 8.3.1). */
    private @Nullable String named(String secured) {
        String first = authority;
        String second = host;
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        int port = Authority.defaultPort(secured);
        Authority parsed = Authority.parse(first, port);
        return parsed != null && parsed.equals(Authority.parse(second, port)) ? first : null;
    }

    private Request read(String verb, String target, String named, String secured) {
        return switch (RequestTarget.read(
                verb, target, List.of(named), HttpVersion.HTTP_2, secured)) {
            case RequestTarget.Reading.Accepted(var resolved) ->
                    new Request.Plain(
                            new RequestHead(verb, resolved, HttpVersion.HTTP_2, fields.build()));
            case RequestTarget.Reading.Refused(var reason) -> new Request.Malformed(reason);
        };
    }
}
