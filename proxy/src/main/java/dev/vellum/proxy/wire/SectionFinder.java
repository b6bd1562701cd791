package dev.vellum.proxy.wire;

import dev.vellum.proxy.wire.MalformedMessage.Fault;
import io.netty.buffer.ByteBuf;

/**
 * Finds the empty line that ends a head or trailer section, as its bytes arrive. Only CRLF ends a
 * line: RFC 9112 section 2.2 would allow a lone LF too, but then two readers can disagree on where
 * a section ends.
 */
final class SectionFinder {

    private final int limit;
    private final Fault firstLineTooLong;

    /** Offsets from the section's start: of the line being read, and of the first byte not seen. */
    private int line;

    private int seen;
    private boolean firstLine = true;

    /**
     * For sections of one kind.
     *
     * @param limit most bytes of a section, its empty line included
     * @param firstLineTooLong what a first line is that alone exceeds the limit
     */
    SectionFinder(int limit, Fault firstLineTooLong) {
        this.limit = limit;
        this.firstLineTooLong = firstLineTooLong;
    }

    /**
     * Looks at the bytes that arrived since the last call. {@code in} is not moved.
     *
     * @param in starts at the section's first byte
     * @return bytes of the section, its empty line included, or -1 while the end is not there
     */
    int find(ByteBuf in) throws MalformedMessage {
        int start = in.readerIndex();
        int end = in.writerIndex();
        while (true) {
            int lf = in.indexOf(start + seen, end, Octets.LF);
            if (lf < 0) {
                // the last byte may be the return of a line feed to come
                refuseBareReturn(in, start + line, end - 1);
                seen = end - start;
                checkSize(seen);
                return -1;
            }
            int next = lf + 1 - start;
            checkSize(next);
            if (lf == start + line || in.getByte(lf - 1) != Octets.CR) {
                throw MalformedMessage.syntax("line feed without carriage return");
            }
            boolean empty = next - line == 2;
            refuseBareReturn(in, start + line, lf - 1);
            line = next;
            seen = next;
            firstLine = false;
            if (empty) {
                int length = next;
                reset();
                return length;
            }
        }
    }

    /** Forgets what was seen: the next section starts at the next byte. */
    void reset() {
        line = 0;
        seen = 0;
        firstLine = true;
    }

    /** Here, so that a section that no LF will ever end is refused now, not after a timeout. */
    private static void refuseBareReturn(ByteBuf in, int from, int to) throws MalformedMessage {
        if (from < to && in.indexOf(from, to, Octets.CR) >= 0) {
            throw MalformedMessage.syntax("carriage return without line feed");
        }
    }

    private void checkSize(int size) throws MalformedMessage {
        if (size > limit) {
            throw firstLine
                    ? new MalformedMessage(firstLineTooLong, "first line over the limit")
                    : new MalformedMessage(Fault.HEAD_TOO_LARGE, "fields over the limit");
        }
    }
}
