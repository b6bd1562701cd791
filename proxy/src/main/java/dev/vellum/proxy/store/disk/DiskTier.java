package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.disk.DiskIndex.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Responses on the local disk. Nothing here makes a caller wait: what is looked up is read on
 * threads of its own, what is stored is written behind.
 */
public final class DiskTier implements AutoCloseable {

    /*
     * Records go to the end of the newest of a row of segment files and never change. The index in
     * memory says where each is; a segment's footer holds its part of the index, so that a start
     * reads footers only. The one segment without a footer, after a kill, is walked record by
     * record up to where it was torn.
     *
     * Room: the oldest segment is deleted as a whole, but for what was found in it since it was
     * written, which is written anew (a second chance), up to half a segment.
     *
     * Trust: every byte is checked before it is handed out. Nothing is forced to the medium, as a
     * cache may lose what it wrote last; what was lost does not pass the check.
     */

    private static final int READERS = 4;
    private static final int WAITING_READS = 256;

    private final DiskEvents events;
    private final CachePolicy policy;
    private final DiskIndex index = new DiskIndex();
    private final SegmentLog log;
    private final DiskWriter writer;
    private final ExecutorService readers;
    private final ThreadLocal<ByteBuffer> buffers =
            ThreadLocal.withInitial(
                    () -> ByteBuffer.allocateDirect(RecordFormat.CHUNK + RecordFormat.CRC));

    private DiskTier(DiskConfig config, CachePolicy policy, DiskEvents events) {
        this.policy = policy;
        this.events = events;
        SecureRandom random = new SecureRandom();
        log = new SegmentLog(config, index, events, random::nextLong);
        writer = new DiskWriter(config, index, log, events);
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        READERS,
                        READERS,
                        10,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(WAITING_READS),
                        Thread.ofPlatform().name("disk-reader-", 1).daemon().factory());
        pool.allowCoreThreadTimeOut(true);
        readers = pool;
    }

    /**
     * Takes over what the directory holds. A disk that fails does not fail the caller: the tier is
     * off then, and tries again by itself.
     *
     * @param policy by which stored heads are read
     */
    public static DiskTier open(DiskConfig config, CachePolicy policy, DiskEvents events) {
        DiskTier tier = new DiskTier(config, policy, events);
        tier.writer.start();
        return tier;
    }

    /** Whether the disk works. */
    public boolean isOn() {
        return writer.isOn();
    }

    /** How many responses can be found. */
    public int size() {
        return index.size();
    }

    /** Bytes of all files. */
    public long bytes() {
        return log.bytes();
    }

    /** Whether something may be found for {@code key}: a look into memory. */
    public boolean mayHave(CacheKey key) {
        return writer.isOn() && index.contains(DiskKey.resource(key));
    }

    /**
     * Looks up all responses for {@code key}, latest first.
     *
     * @param action called once on a thread that may wait, with what was found; the responses can
     *     be read until it returns
     * @return false if there is nothing, or too many wait already: then nothing is called
     */
    public boolean find(CacheKey key, Consumer<List<DiskResponse>> action) {
        long resource = DiskKey.resource(key);
        if (!writer.isOn() || !index.contains(resource)) {
            return false;
        }
        try {
            readers.execute(() -> read(key, resource, action));
            return true;
        } catch (RejectedExecutionException busy) {
            return false;
        }
    }

    private void read(CacheKey key, long resource, Consumer<List<DiskResponse>> action) {
        List<DiskResponse> found = new ArrayList<>(1);
        List<Segment> held = new ArrayList<>(1);
        try {
            for (Place place : index.find(resource)) {
                Segment segment = log.acquire(place.segment());
                if (segment == null) {
                    index.remove(resource, place);
                    continue;
                }
                held.add(segment);
                DiskResponse response = open(key, resource, segment, place);
                if (response != null) {
                    found.add(response);
                }
            }
            action.accept(found);
        } finally {
            held.forEach(DiskTier::release);
        }
    }

    private @Nullable DiskResponse open(CacheKey key, long resource, Segment segment, Place place) {
        DiskRecord record;
        try {
            record = DiskRecord.open(segment, place, resource);
        } catch (IOException unreadable) {
            record = null;
        }
        ResponseFormat.Head head =
                record == null ? null : ResponseFormat.read(record.head(), policy);
        if (record == null || head == null) {
            corrupt(resource, place);
            return null;
        }
        // another resource may share the digest
        return head.key().equals(key)
                ? new DiskResponse(this, record, place, head, buffers.get())
                : null;
    }

    private static void release(Segment segment) {
        try {
            segment.release();
        } catch (IOException alreadyRead) {
            // closing a file that was only read loses nothing
        }
    }

    void forget(long resource, Place place) {
        index.remove(resource, place);
    }

    void corrupt(long resource, Place place) {
        forget(resource, place);
        events.corrupt();
    }

    /** Writes a response behind, in place of the same variant. The body is closed in any case. */
    public void put(CacheKey key, StoredResponse response, Fields trailers, BodySource body) {
        if (ResponseFormat.canHold(response)) {
            writer.write(key, response, trailers, body);
        } else {
            body.close();
            remove(key);
        }
    }

    /** Takes all responses for {@code key} out, for good. */
    public void remove(CacheKey key) {
        writer.remove(DiskKey.resource(key));
    }

    /** Waits until all that was put before is written. */
    public void flush() {
        writer.flush();
    }

    /** Writes what waits, and closes all files. */
    @Override
    public void close() {
        readers.close();
        writer.stop();
    }
}
