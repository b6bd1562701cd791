package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.wire.Http1Writer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Heads of stored responses, serialised once when they are stored. A hit copies the bytes and adds
 * the two fields that differ each time.
 */
public final class ReadyHead {

    private static final byte[] AGE = ascii("Age: ");
    private static final byte[] VARY = ascii("Vary: Accept-Encoding\r\n");

    private final Hop hop;
    private final byte[] cacheStatus;

    public ReadyHead(Hop hop) {
        this.hop = hop;
        this.cacheStatus = ascii("\r\nCache-Status: " + hop.name() + ";hit;ttl=");
    }

    /** Status line and fields of a whole stored response that do not change. */
    public byte[] of(StoredResponse response) {
        ResponseHead head = Forwarding.response(response.head(), hop);
        Fields fields =
                head.fields()
                        .without("Content-Length")
                        .plus("Content-Length", Long.toString(response.content().length()));
        ByteBuf out = Unpooled.buffer(512);
        Http1Writer.statusLine(head.status(), head.reason(), out);
        Http1Writer.fields(fields, out);
        return ByteBufUtil.getBytes(out);
    }

    /**
     * Writes a head but for its empty line.
     *
     * @param varies whether Accept-Encoding is to be added to what it varies by
     * @param age in seconds
     * @param remaining freshness in seconds, negative when stale (RFC 9211 section 2.4)
     */
    void write(byte[] ready, boolean varies, long age, long remaining, ByteBuf out) {
        out.ensureWritable(ready.length + VARY.length + cacheStatus.length + 64);
        out.writeBytes(ready);
        if (varies) {
            out.writeBytes(VARY);
        }
        out.writeBytes(AGE);
        decimal(age, out);
        out.writeBytes(cacheStatus);
        decimal(remaining, out);
        out.writeShort('\r' << 8 | '\n');
    }

    private static void decimal(long value, ByteBuf out) {
        long rest = value;
        if (rest < 0) {
            out.writeByte('-');
            rest = -rest;
        }
        long unit = 1;
        while (rest / unit >= 10) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            out.writeByte((int) ('0' + rest / unit % 10));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
