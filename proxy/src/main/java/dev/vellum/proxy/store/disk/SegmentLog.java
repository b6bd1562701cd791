package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.store.disk.DiskIndex.Place;
import dev.vellum.proxy.store.disk.DiskIndex.Standing;
import dev.vellum.proxy.store.disk.RecordFormat.SegmentHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All segments in their order: records are appended to the newest, and the oldest goes when room is
 * needed, after what was used of it was written anew. One thread writes; {@link #acquire} is for
 * all.
 */
final class SegmentLog implements AutoCloseable {

    private final DiskConfig config;
    private final DiskIndex index;
    private final DiskEvents events;
    private final LongSupplier nonces;
    private final ConcurrentSkipListMap<Integer, Segment> segments = new ConcurrentSkipListMap<>();
    private final RecordWriter writer = new RecordWriter();
    private final ByteBuffer copy =
            ByteBuffer.allocateDirect(RecordFormat.CHUNK + RecordFormat.CRC);
    private @Nullable FileChannel lock;
    private @Nullable Segment newest;

    /**
     * @param nonces unguessable numbers
     */
    SegmentLog(DiskConfig config, DiskIndex index, DiskEvents events, LongSupplier nonces) {
        this.config = config;
        this.index = index;
        this.events = events;
        this.nonces = nonces;
    }

    /** Enters everything that the directory holds into the index. */
    void load() throws IOException {
        close();
        index.clear();
        Files.createDirectories(config.directory());
        lock = lock(config.directory().resolve("lock"));
        for (Path file : files()) {
            Segment segment = Segment.open(file);
            if (segment == null) {
                events.corrupt();
                Files.delete(file);
            } else if (segments.putIfAbsent(segment.sequence(), segment) != null) {
                events.corrupt();
                segment.delete();
            }
        }
        for (Segment segment : segments.values()) {
            segment.recover()
                    .forEach((key, offset, length) -> {
                        if (length == 0) {
                            index.removeAll(key.resource());
                        } else {
                            index.put(key, new Place(segment.sequence(), offset, length));
                        }
                    });
        }
        roll();
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = channel.tryLock();
            if (held != null) {
                return channel;
            }
        } catch (OverlappingFileLockException inThisProcess) {
            // answered below
        }
        channel.close();
        throw new IOException(file + ": locked (expected: used by no other process)");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(config.directory())) {
            return files.filter(file -> file.toString().endsWith(Segment.SUFFIX)).sorted().toList();
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }

    /** The segment, which the caller is to release; null if it is gone. */
    @Nullable Segment acquire(int sequence) {
        Segment segment = segments.get(sequence);
        return segment != null && segment.tryAcquire() ? segment : null;
    }

    /** Bytes of all segments. */
    long bytes() {
        return segments.values().stream().mapToLong(Segment::end).sum();
    }

    /** Whether a record of that length fits into a segment. */
    boolean fits(long recordLength) {
        return recordLength
                        + RecordFormat.SEGMENT_HEADER
                        + RecordFormat.FOOTER_ENTRY
                        + RecordFormat.FOOTER_END
                <= config.segmentBytes().bytes();
    }

    /**
     * Writes a response and enters it into the index.
     *
     * @param fetched microseconds since 1970
     * @return false if the body broke off, which leaves no trace
     */
    boolean append(DiskKey key, long fetched, ByteBuffer head, BodySource body) throws IOException {
        int length = Math.toIntExact(RecordFormat.recordLength(head.remaining(), body.length()));
        makeRoom(length);
        return enter(key, fetched, head, body, length);
    }

    /** Writes that all responses of a resource written so far are void. */
    void appendRemoval(long resource) throws IOException {
        makeRoom(RecordFormat.RECORD_HEADER);
        Segment segment = open();
        DiskKey key = new DiskKey(resource, 0);
        int offset = (int) segment.end();
        writer.writeRemoval(segment, key);
        segment.enter(key, offset, 0);
    }

    private boolean enter(DiskKey key, long fetched, ByteBuffer head, BodySource body, int length)
            throws IOException {
        Segment segment = open();
        int offset = (int) segment.end();
        if (!writer.write(segment, key, fetched, head, body)) {
            return false;
        }
        segment.enter(key, offset, length);
        index.put(key, new Place(segment.sequence(), offset, length));
        return true;
    }

    /** Takes up a new segment if need be, and lets the oldest go until the limits hold. */
    private void makeRoom(long length) throws IOException {
        if (open().sealedLength() + length + RecordFormat.FOOTER_ENTRY
                > config.segmentBytes().bytes()) {
            roll();
        }
        while (segments.size() > 1 && index.size() >= config.maxEntries()) {
            evict(0);
        }
    }

    /** Seals the newest segment and begins another, with room for it. */
    private void roll() throws IOException {
        if (newest != null) {
            newest.seal();
        }
        int last = segments.isEmpty() ? 0 : segments.lastKey();
        Segment begun =
                Segment.create(config.directory(), new SegmentHeader(last + 1, nonces.getAsLong()));
        segments.put(begun.sequence(), begun);
        newest = begun;
        long room = config.bytes().bytes() - config.segmentBytes().bytes();
        long secondChances = config.segmentBytes().bytes() / 2;
        while (segments.size() > 1 && bytesBefore(begun) > room) {
            secondChances = evict(secondChances);
        }
    }

    private long bytesBefore(Segment begun) {
        return segments.headMap(begun.sequence()).values().stream().mapToLong(Segment::end).sum();
    }

    /**
     * Lets the oldest segment go. Index entries that its footer does not name, because it is
     * damaged, are dropped when they are next looked up.
     *
     * @param secondChances how many bytes of what was used of it may be written anew
     * @return how many of them are left
     */
    private long evict(long secondChances) throws IOException {
        Segment oldest = segments.firstEntry().getValue();
        Eviction eviction = new Eviction(oldest, secondChances);
        oldest.entries().forEach(eviction);
        segments.remove(oldest.sequence());
        events.evicted(eviction.evicted, oldest.end());
        oldest.delete();
        return eviction.budget;
    }

    /** What becomes of each record of the oldest segment. */
    private final class Eviction implements SegmentEntries.Visitor<IOException> {
        private final Segment segment;
        private long budget;
        private int evicted;

        Eviction(Segment segment, long budget) {
            this.segment = segment;
            this.budget = budget;
        }

        @Override
        public void visit(DiskKey key, int offset, int length) throws IOException {
            Place place = new Place(segment.sequence(), offset, length);
            Standing standing = index.standing(key, place);
            if (standing == Standing.VOID) {
                return;
            }
            if (standing == Standing.USED && length <= budget && rewrite(key, place)) {
                budget -= length;
            } else {
                index.remove(key.resource(), place);
                evicted++;
            }
        }

        private boolean rewrite(DiskKey key, Place place) throws IOException {
            DiskRecord record = DiskRecord.open(segment, place, key.resource());
            return record != null
                    && enter(
                            key,
                            record.header().fetched(),
                            record.head(),
                            new RecordBody(record),
                            place.length());
        }
    }

    /** A record's body on its way to another segment; breaks off where it does not hold. */
    private final class RecordBody implements BodySource {
        private final DiskRecord record;

        RecordBody(DiskRecord record) {
            this.record = record;
        }

        @Override
        public long length() {
            return record.header().bodyLength();
        }

        @Override
        public @Nullable ByteBuffer next() {
            try {
                return !record.ended() && record.read(copy) ? copy : null;
            } catch (IOException unreadable) {
                return null;
            }
        }

        @Override
        public void close() {}
    }

    private Segment open() {
        Segment segment = newest;
        if (segment == null) {
            throw new IllegalStateException("no segment (expected: loaded)");
        }
        return segment;
    }

    /** Closes all files; after a failure some may be left without a footer, which loading mends. */
    @Override
    public void close() throws IOException {
        try {
            if (newest != null) {
                newest.seal();
            }
        } finally {
            newest = null;
            for (Segment segment : segments.values()) {
                segments.remove(segment.sequence());
                segment.release();
            }
            if (lock != null) {
                lock.close();
                lock = null;
            }
        }
    }
}
