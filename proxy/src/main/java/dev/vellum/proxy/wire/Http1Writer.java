package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Writes HTTP/1.1 messages (RFC 9112 sections 2, 3, 4 and 7.1). Nothing that could end a line early
 * is ever written: CR, LF and NUL in a name, value, method, target or reason are refused.
 */
public final class Http1Writer {

    private static final int CRLF = '\r' << 8 | '\n';
    private static final int COLON_SPACE = ':' << 8 | ' ';

    private Http1Writer() {}

    /**
     * Writes a request head, the empty line included.
     *
     * @param toProxy whether the receiver is a proxy, so that the target goes in absolute form (RFC
     *     9112 section 3.2.2)
     */
    public static void request(RequestHead head, boolean toProxy, ByteBuf out) {
        text(head.method(), out);
        out.writeByte(' ');
        text(target(head.target(), toProxy), out);
        ascii(" HTTP/1.1\r\n", out);
        fields(head.fields(), out);
        out.writeShort(CRLF);
    }

    private static String target(RequestTarget target, boolean toProxy) {
        return switch (target) {
            case RequestTarget.Absolute absolute ->
                    toProxy ? absolute.uri() : absolute.pathAndQuery();
            case RequestTarget.AuthorityForm tunnel -> tunnel.host() + ":" + tunnel.port();
            case RequestTarget.Asterisk asterisk ->
                    // RFC 9112 section 3.2.4: only the last proxy turns it into the asterisk
                    toProxy
                            ? asterisk.scheme()
                                    + "://"
                                    + asterisk.authority().text(asterisk.scheme())
                            : "*";
        };
    }

    /** Writes a response head, the empty line included. */
    public static void response(ResponseHead head, ByteBuf out) {
        statusLine(head.status(), head.reason(), out);
        fields(head.fields(), out);
        out.writeShort(CRLF);
    }

    /** Writes a status line in our version. */
    public static void statusLine(int status, String reason, ByteBuf out) {
        ascii("HTTP/1.1 ", out);
        out.writeByte('0' + status / 100);
        out.writeByte('0' + status / 10 % 10);
        out.writeByte('0' + status % 10);
        out.writeByte(' ');
        text(reason, out);
        out.writeShort(CRLF);
    }

    /** Writes field lines, without an empty line behind them. */
    public static void fields(Fields fields, ByteBuf out) {
        for (int i = 0; i < fields.size(); i++) {
            field(fields.name(i), fields.value(i), out);
        }
    }

    /** Writes one field line. */
    public static void field(String name, String value, ByteBuf out) {
        text(name, out);
        out.writeShort(COLON_SPACE);
        text(value, out);
        out.writeShort(CRLF);
    }

    /**
     * Writes what precedes a chunk of {@code size} bytes; the chunk and {@link #chunkEnd} follow.
     */
    public static void chunkStart(int size, ByteBuf out) {
        ascii(Integer.toHexString(size), out);
        out.writeShort(CRLF);
    }

    /** Writes what follows a chunk's bytes. */
    public static void chunkEnd(ByteBuf out) {
        out.writeShort(CRLF);
    }

    /** Writes the last chunk and the trailer section. */
    public static void lastChunk(Fields trailers, ByteBuf out) {
        ascii("0\r\n", out);
        fields(trailers, out);
        out.writeShort(CRLF);
    }

    /** Octets as characters (ISO 8859-1), as {@link Fields} holds them. */
    private static void text(String text, ByteBuf out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c == 0 || c > 0xff) {
                throw new IllegalArgumentException(
                        "character " + (int) c + " at " + i + " (expected: 1 to 255, no CR or LF)");
            }
        }
        ascii(text, out);
    }

    private static void ascii(String text, ByteBuf out) {
        out.ensureWritable(text.length());
        if (isAscii(text)) {
            ByteBufUtil.writeAscii(out, text);
        } else {
            out.writeBytes(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }
}
