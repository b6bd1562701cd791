package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Trailers;
import dev.vellum.proxy.wire.MalformedMessage.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * Reads one body in the chunked coding (RFC 9112 section 7.1). Extensions are checked and dropped;
 * trailer fields that may not be there (RFC 9110 section 6.5.1) are dropped.
 */
final class ChunkedReader {

    /** Most digits of a chunk's size: what fits a {@code long} whatever they are. */
    static final int MOST_DIGITS = 15;

    /** Most bytes of the extensions of one chunk, and of all chunks of one body together. */
    static final int EXTENSION_BYTES = 256;

    static final int ALL_EXTENSION_BYTES = 4096;

    private static final int LINE_LIMIT = MOST_DIGITS + EXTENSION_BYTES + 2;

    private enum Expecting {
        SIZE,
        DATA,
        DATA_END,
        TRAILERS
    }

    private final SectionFinder trailerFinder;
    private final int fieldLimit;
    private Expecting expecting = Expecting.SIZE;
    private long remaining;
    private int extensionBytes;
    private @Nullable Fields trailers;

    /**
     * For one body.
     *
     * @param sectionLimit most bytes of the trailer section
     * @param fieldLimit most field lines in it
     */
    ChunkedReader(int sectionLimit, int fieldLimit) {
        this.trailerFinder = new SectionFinder(sectionLimit, Fault.HEAD_TOO_LARGE);
        this.fieldLimit = fieldLimit;
    }

    /** The trailer section, once the body is at its end. */
    @Nullable Fields trailers() {
        return trailers;
    }

    /**
     * Reads on.
     *
     * @return the next content, whose owner is the caller; null if {@code in} must grow first or
     *     the body is at its end
     */
    @Nullable ByteBuf read(ByteBuf in) throws MalformedMessage {
        while (true) {
            switch (expecting) {
                case SIZE -> {
                    if (!readSize(in)) {
                        return null;
                    }
                    expecting = remaining == 0 ? Expecting.TRAILERS : Expecting.DATA;
                }
                case DATA -> {
                    if (!in.isReadable()) {
                        return null;
                    }
                    int length = (int) Math.min(remaining, in.readableBytes());
                    remaining -= length;
                    if (remaining == 0) {
                        expecting = Expecting.DATA_END;
                    }
                    return in.readRetainedSlice(length);
                }
                case DATA_END -> {
                    if (in.isReadable() && in.getByte(in.readerIndex()) != Octets.CR) {
                        throw MalformedMessage.syntax("chunk longer than its size");
                    }
                    if (in.readableBytes() < 2) {
                        return null;
                    }
                    if (in.getByte(in.readerIndex() + 1) != Octets.LF) {
                        throw MalformedMessage.syntax("chunk longer than its size");
                    }
                    in.skipBytes(2);
                    expecting = Expecting.SIZE;
                }
                case TRAILERS -> {
                    readTrailers(in);
                    return null;
                }
            }
        }
    }

    /** chunk-size [ chunk-ext ] CRLF */
    private boolean readSize(ByteBuf in) throws MalformedMessage {
        int start = in.readerIndex();
        int most = Math.min(in.writerIndex(), start + LINE_LIMIT);
        int lf = in.indexOf(start, most, Octets.LF);
        int end = lf < 0 ? most : lf - 1;
        if (lf == start || (lf >= 0 && in.getByte(end) != Octets.CR)) {
            throw MalformedMessage.syntax("chunk size line without carriage return");
        }
        int at = start;
        long size = 0;
        for (; at < end && Octets.hex(in.getByte(at)) >= 0; at++) {
            if (at - start == MOST_DIGITS) {
                throw MalformedMessage.syntax("chunk size of more than 15 digits");
            }
            size = 16 * size + Octets.hex(in.getByte(at));
        }
        if (at == start && at < end) {
            throw MalformedMessage.syntax("chunk size that is not hexadecimal digits");
        }
        if (lf < 0) {
            refuseIfHopeless(in, at, most, most - start);
            return false;
        }
        if (at == start) {
            throw MalformedMessage.syntax("chunk without a size");
        }
        checkExtensions(in, at, end);
        in.readerIndex(lf + 1);
        remaining = size;
        return true;
    }

    /** A line whose end is not there yet: refused now if no end can make it right. */
    private static void refuseIfHopeless(ByteBuf in, int rest, int end, int length)
            throws MalformedMessage {
        if (length == LINE_LIMIT) {
            throw MalformedMessage.syntax("chunk extensions over the limit");
        }
        if (rest == end) {
            return;
        }
        byte first = in.getByte(rest);
        if (first != ';' && !Octets.isBlank(first) && first != Octets.CR) {
            throw MalformedMessage.syntax("chunk size that is not hexadecimal digits");
        }
        int cr = in.indexOf(rest, end, Octets.CR);
        if (cr >= 0 && cr < end - 1) {
            throw MalformedMessage.syntax("carriage return without line feed");
        }
    }

    private void checkExtensions(ByteBuf in, int from, int to) throws MalformedMessage {
        if (from == to) {
            return;
        }
        extensionBytes += to - from;
        if (to - from > EXTENSION_BYTES || extensionBytes > ALL_EXTENSION_BYTES) {
            throw MalformedMessage.syntax("chunk extensions over the limit");
        }
        ChunkExtensions.check(ByteBufUtil.getBytes(in, from, to - from));
    }

    private void readTrailers(ByteBuf in) throws MalformedMessage {
        int length = trailerFinder.find(in);
        if (length < 0) {
            return;
        }
        byte[] section = new byte[length];
        in.readBytes(section);
        trailers = Trailers.allowed(new SectionReader(section, fieldLimit).fields());
    }
}
