package dev.vellum.proxy.h2;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.limits.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Locale;

/** Compression of one connection's fields, both ways (RFC 7541). */
final class Hpack {

    private static final int TABLE_BYTES = 4096;

    /** RFC 7541 section 6.5.2's overhead of a line, so that our limit is of bytes sent. */
    private static final int LINE_OVERHEAD = 32;

    private static final int HUFFMAN_FROM = 8;

    private final Decoder decoder;
    private final DefaultHttp2HeadersEncoder encoder;

    /** Hands lines on as they come: the order between fields and pseudo-header fields counts. */
    private static final class Decoder extends DefaultHttp2HeadersDecoder {

        private FieldBlock into = new FieldBlock();

        Decoder(long mostBytes) {
            super(false, false, mostBytes);
        }

        @Override
        protected Http2Headers newHeaders() {
            return new Lines(into);
        }
    }

    private static final class Lines extends DefaultHttp2Headers {

        private final FieldBlock into;

        Lines(FieldBlock into) {
            super(false, 2);
            this.into = into;
        }

        @Override
        public Http2Headers add(CharSequence name, CharSequence value) {
            into.add(name.toString(), value.toString());
            return this;
        }
    }

    Hpack(Limits limits) {
        long mostBytes = limits.headerBytes().bytes() + (long) LINE_OVERHEAD * limits.headerCount();
        decoder = new Decoder(mostBytes);
        // RFC 7541 section 7.1.3: what is secret must not be found out by how well it compresses
        encoder =
                new DefaultHttp2HeadersEncoder(
                        (name, value) -> isSecret(name), true, 64, HUFFMAN_FROM);
    }

    private static boolean isSecret(CharSequence name) {
        return switch (name.length()) {
            case 6 -> name.toString().equals("cookie");
            case 10 -> name.toString().equals("set-cookie");
            case 13 -> name.toString().equals("authorization");
            case 19 -> name.toString().equals("proxy-authorization");
            default -> false;
        };
    }

    /** The peer's table takes this much at most. */
    void peerTable(long bytes) throws ProtocolError {
        try {
            encoder.maxHeaderTableSize(Math.min(bytes, TABLE_BYTES));
        } catch (Http2Exception outOfRange) {
            throw ProtocolError.connection(ErrorCode.PROTOCOL_ERROR, "table size out of range");
        }
    }

    /** Reads a block; one that is too large is read to its end all the same. */
    FieldBlock decode(int stream, ByteBuf block) throws ProtocolError {
        FieldBlock read = new FieldBlock();
        decoder.into = read;
        try {
            var _ = decoder.decodeHeaders(stream, block);
        } catch (Http2Exception.HeaderListSizeException large) {
            read.cut();
        } catch (Http2Exception broken) {
            throw ProtocolError.connection(ErrorCode.COMPRESSION_ERROR, "field block not of HPACK");
        }
        return read;
    }

    /**
     * Writes a block.
     *
     * @param pseudo names and values in turns
     */
    void encode(int stream, String[] pseudo, Fields fields, ByteBuf out) {
        Http2Headers lines = new DefaultHttp2Headers(false, fields.size() + pseudo.length);
        for (int i = 0; i < pseudo.length; i += 2) {
            lines.add(pseudo[i], pseudo[i + 1]);
        }
        for (int i = 0; i < fields.size(); i++) {
            lines.add(fields.name(i).toLowerCase(Locale.ROOT), fields.value(i));
        }
        try {
            encoder.encodeHeaders(stream, lines, out);
        } catch (Http2Exception broken) {
            throw new IllegalStateException("fields: " + lines.size() + " lines", broken);
        }
    }

    void close() {
        encoder.close();
    }
}
