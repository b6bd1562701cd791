package dev.vellum.proxy.store.disk;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Layout of a segment file. Numbers are big-endian; every checksum is a CRC-32C that starts with
 * the segment's nonce and where in the file the bytes belong, so that bytes that were moved, or
 * that a response body imitates, do not pass.
 *
 * <pre>
 * segment  = header record* [footer]                   the footer is there once it is full
 * header   = "VLMDISK1" sequence:4 nonce:8 crc:4        24 bytes
 * record   = magic:2 kind:1 version:1 head-length:4 resource:8 variant:4 body-length:8
 *            fetched:8 head-crc:4 crc:4                44 bytes
 *            head (chunk crc:4)*
 * footer   = (resource:8 variant:4 offset:4 length:4)*  20 bytes for each record
 *            "VLMFOOT1" count:4 footer-offset:8 entries-crc:4 crc:4
 * </pre>
 *
 * <p>A chunk is 64 KiB of the body, the last one what is left. {@code fetched} is when the request
 * was sent that brought the response, in microseconds since 1970.
 */
final class RecordFormat {

    static final int SEGMENT_HEADER = 24;
    static final int RECORD_HEADER = 44;
    static final int CRC = 4;
    static final int CHUNK = 64 * 1024;
    static final int FOOTER_ENTRY = 20;
    static final int FOOTER_END = 28;

    /** Heads beyond this many bytes are not written, nor believed. */
    static final int MAX_HEAD = 128 * 1024;

    private static final long SEGMENT_MAGIC = 0x564c4d4449534b31L; // VLMDISK1
    private static final long FOOTER_MAGIC = 0x564c4d464f4f5431L; // VLMFOOT1
    private static final short RECORD_MAGIC = 0x5652; // VR
    private static final byte VERSION = 1;

    private RecordFormat() {}

    /** What a record is for. */
    enum Kind {
        /** A response. */
        RESPONSE(1),
        /** All earlier responses of its resource are void. */
        REMOVAL(2);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        static @Nullable Kind of(byte code) {
            return code == RESPONSE.code ? RESPONSE : code == REMOVAL.code ? REMOVAL : null;
        }
    }

    /**
     * The fixed part of a record.
     *
     * @param fetched microseconds since 1970
     */
    record Header(
            Kind kind, DiskKey key, int headLength, long bodyLength, long fetched, int headCrc) {

        /** Bytes of the whole record. */
        long recordLength() {
            return RecordFormat.recordLength(headLength, bodyLength);
        }
    }

    /** First bytes of a segment. */
    record SegmentHeader(int sequence, long nonce) {}

    /** Where a segment's footer is. */
    record FooterEnd(int count, long offset, int entriesCrc) {}

    static long recordLength(int headLength, long bodyLength) {
        long chunks = (bodyLength + CHUNK - 1) / CHUNK;
        return RECORD_HEADER + headLength + bodyLength + chunks * CRC;
    }

    /** CRC-32C of the remaining bytes, which are left as they are, at a place in a segment. */
    static int checksum(long nonce, long place, ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(16).putLong(nonce).putLong(place).flip());
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    static void putSegmentHeader(ByteBuffer out, SegmentHeader header) {
        int start = out.position();
        out.putLong(SEGMENT_MAGIC).putInt(header.sequence()).putLong(header.nonce());
        putChecksum(out, header.nonce(), start, 0);
    }

    /** Null if the bytes are no header. */
    static @Nullable SegmentHeader segmentHeader(ByteBuffer in) {
        if (in.remaining() < SEGMENT_HEADER || in.getLong(in.position()) != SEGMENT_MAGIC) {
            return null;
        }
        long nonce = in.getLong(in.position() + 12);
        return holds(in, SEGMENT_HEADER, nonce, 0)
                ? new SegmentHeader(in.getInt(in.position() + 8), nonce)
                : null;
    }

    static void putHeader(ByteBuffer out, long nonce, long place, Header header) {
        int start = out.position();
        out.putShort(RECORD_MAGIC).put(header.kind().code).put(VERSION);
        out.putInt(header.headLength());
        out.putLong(header.key().resource()).putInt(header.key().variant());
        out.putLong(header.bodyLength()).putLong(header.fetched()).putInt(header.headCrc());
        putChecksum(out, nonce, start, place);
    }

    /** Null if the bytes are no record header that was written at {@code place}. */
    static @Nullable Header header(ByteBuffer in, long nonce, long place) {
        if (in.remaining() < RECORD_HEADER
                || in.getShort(in.position()) != RECORD_MAGIC
                || !holds(in, RECORD_HEADER, nonce, place)) {
            return null;
        }
        ByteBuffer bytes = in.slice();
        Kind kind = Kind.of(bytes.get(2));
        if (kind == null || bytes.get(3) != VERSION) {
            return null;
        }
        Header header =
                new Header(
                        kind,
                        new DiskKey(bytes.getLong(8), bytes.getInt(16)),
                        bytes.getInt(4),
                        bytes.getLong(20),
                        bytes.getLong(28),
                        bytes.getInt(36));
        boolean sane =
                header.headLength() >= 0
                        && header.headLength() <= MAX_HEAD
                        && header.bodyLength() >= 0
                        && header.bodyLength() <= Integer.MAX_VALUE;
        return sane ? header : null;
    }

    static void putFooterEnd(ByteBuffer out, long nonce, long place, FooterEnd end) {
        int start = out.position();
        out.putLong(FOOTER_MAGIC).putInt(end.count()).putLong(end.offset());
        out.putInt(end.entriesCrc());
        putChecksum(out, nonce, start, place);
    }

    /** Null if the bytes are no end of a footer. */
    static @Nullable FooterEnd footerEnd(ByteBuffer in, long nonce, long place) {
        if (in.remaining() < FOOTER_END
                || in.getLong(in.position()) != FOOTER_MAGIC
                || !holds(in, FOOTER_END, nonce, place)) {
            return null;
        }
        return new FooterEnd(
                in.getInt(in.position() + 8),
                in.getLong(in.position() + 12),
                in.getInt(in.position() + 20));
    }

    private static void putChecksum(ByteBuffer out, long nonce, int start, long place) {
        out.putInt(checksum(nonce, place, out.slice(start, out.position() - start)));
    }

    private static boolean holds(ByteBuffer in, int length, long nonce, long place) {
        ByteBuffer checked = in.slice(in.position(), length - CRC);
        return checksum(nonce, place, checked) == in.getInt(in.position() + length - CRC);
    }
}
