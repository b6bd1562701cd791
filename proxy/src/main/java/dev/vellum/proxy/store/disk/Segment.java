package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.store.disk.RecordFormat.FooterEnd;
import dev.vellum.proxy.store.disk.RecordFormat.Header;
import dev.vellum.proxy.store.disk.RecordFormat.Kind;
import dev.vellum.proxy.store.disk.RecordFormat.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One file of records: written from its beginning to its end, sealed by a footer, read from then
 * on, deleted as a whole. One thread writes; any number read between {@link #tryAcquire} and {@link
 * #release}.
 */
final class Segment {

    static final String SUFFIX = ".segment";

    private final Path file;
    private final FileChannel channel;
    private final SegmentHeader header;
    private final AtomicInteger owners = new AtomicInteger(1);
    private @Nullable SegmentEntries entries; // until it is sealed
    private volatile long end;
    private boolean deleted;

    private Segment(Path file, FileChannel channel, SegmentHeader header) {
        this.file = file;
        this.channel = channel;
        this.header = header;
    }

    /** A new, empty segment. */
    static Segment create(Path directory, SegmentHeader header) throws IOException {
        Path file =
                directory.resolve(String.format(Locale.ROOT, "%010d", header.sequence()) + SUFFIX);
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        Segment segment = new Segment(file, channel, header);
        segment.entries = new SegmentEntries();
        try {
            ByteBuffer bytes = ByteBuffer.allocate(RecordFormat.SEGMENT_HEADER);
            RecordFormat.putSegmentHeader(bytes, header);
            segment.write(bytes.flip());
        } catch (IOException failed) {
            segment.delete();
            throw failed;
        }
        return segment;
    }

    /** The segment in a file, or null if its header does not hold. */
    static @Nullable Segment open(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        ByteBuffer bytes = ByteBuffer.allocate(RecordFormat.SEGMENT_HEADER);
        readFully(channel, bytes, 0);
        SegmentHeader header = RecordFormat.segmentHeader(bytes.flip());
        if (header == null) {
            channel.close();
            return null;
        }
        Segment segment = new Segment(file, channel, header);
        segment.end = channel.size();
        return segment;
    }

    int sequence() {
        return header.sequence();
    }

    long nonce() {
        return header.nonce();
    }

    /** Bytes written so far. */
    long end() {
        return end;
    }

    /** Bytes that it takes with its footer. */
    long sealedLength() {
        SegmentEntries open = entries;
        return open == null
                ? end
                : end + (long) open.count() * RecordFormat.FOOTER_ENTRY + RecordFormat.FOOTER_END;
    }

    /** Appends bytes. */
    void write(ByteBuffer bytes) throws IOException {
        long at = end;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
            end = at;
        }
    }

    /** The record from {@code offset} to the end is whole. */
    void enter(DiskKey key, int offset, int length) {
        SegmentEntries open = entries;
        if (open == null) {
            throw new IllegalStateException("segment " + sequence() + ": sealed (expected: open)");
        }
        open.add(key, offset, length);
    }

    /** Takes back what was written from {@code offset} on. */
    void truncate(long offset) throws IOException {
        end = offset;
        channel.truncate(offset);
    }

    /** Writes the footer. */
    void seal() throws IOException {
        SegmentEntries written = entries;
        if (written == null) {
            return;
        }
        long offset = end;
        ByteBuffer bytes = written.toBytes();
        int crc = RecordFormat.checksum(nonce(), offset, bytes);
        ByteBuffer last = ByteBuffer.allocate(RecordFormat.FOOTER_END);
        RecordFormat.putFooterEnd(
                last,
                nonce(),
                offset + bytes.remaining(),
                new FooterEnd(written.count(), offset, crc));
        write(bytes);
        write(last.flip());
        entries = null;
    }

    /**
     * What it holds: from memory, from the footer, or, where that does not hold, from the records.
     */
    SegmentEntries entries() throws IOException {
        SegmentEntries known = entries;
        if (known == null) {
            known = readFooter();
        }
        return known == null ? scan() : known;
    }

    /** As {@link #entries}, after a torn end was cut off and the footer written. */
    SegmentEntries recover() throws IOException {
        SegmentEntries known = readFooter();
        if (known == null) {
            known = scan();
            channel.truncate(end);
            entries = known;
            seal();
        }
        return known;
    }

    private @Nullable SegmentEntries readFooter() throws IOException {
        long place = channel.size() - RecordFormat.FOOTER_END;
        ByteBuffer last = ByteBuffer.allocate(RecordFormat.FOOTER_END);
        if (place < RecordFormat.SEGMENT_HEADER || !readFully(channel, last, place)) {
            return null;
        }
        FooterEnd footer = RecordFormat.footerEnd(last.flip(), nonce(), place);
        if (footer == null
                || place - footer.offset() != (long) footer.count() * RecordFormat.FOOTER_ENTRY) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(footer.count() * RecordFormat.FOOTER_ENTRY);
        if (!readFully(channel, bytes, footer.offset())
                || RecordFormat.checksum(nonce(), footer.offset(), bytes.flip())
                        != footer.entriesCrc()) {
            return null;
        }
        return new SegmentEntries(bytes);
    }

    /** Walks from record to record up to the first that is not whole, where the end is set. */
    private SegmentEntries scan() throws IOException {
        SegmentEntries found = new SegmentEntries();
        long size = channel.size();
        long place = RecordFormat.SEGMENT_HEADER;
        while (true) {
            Header record = header(place);
            if (record == null || place + record.recordLength() > size) {
                end = place;
                return found;
            }
            boolean removal = record.kind() == Kind.REMOVAL;
            found.add(
                    record.key(),
                    (int) place,
                    removal ? 0 : Math.toIntExact(record.recordLength()));
            place += record.recordLength();
        }
    }

    /** The record header at {@code place}, or null if there is none that holds. */
    @Nullable Header header(long place) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(RecordFormat.RECORD_HEADER);
        return readFully(channel, bytes, place)
                ? RecordFormat.header(bytes.flip(), nonce(), place)
                : null;
    }

    /** Fills what remains of {@code bytes} from {@code place} on; false if the file ends before. */
    boolean read(ByteBuffer bytes, long place) throws IOException {
        return readFully(channel, bytes, place);
    }

    private static boolean readFully(FileChannel channel, ByteBuffer bytes, long place)
            throws IOException {
        long at = place;
        while (bytes.hasRemaining()) {
            int count = channel.read(bytes, at);
            if (count < 0) {
                return false;
            }
            at += count;
        }
        return true;
    }

    /** Adds an owner; false if the segment is closed. */
    boolean tryAcquire() {
        int count = owners.get();
        while (count > 0) {
            if (owners.compareAndSet(count, count + 1)) {
                return true;
            }
            count = owners.get();
        }
        return false;
    }

    /** Ends one ownership; the last one closes the file. */
    void release() throws IOException {
        if (owners.decrementAndGet() == 0) {
            channel.close();
        }
    }

    /** Takes the file away; readers that have it read on. */
    void delete() throws IOException {
        if (!deleted) {
            deleted = true;
            release();
            Files.deleteIfExists(file);
        }
    }
}
