package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.disk.DiskIndex.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A response found on disk, its head checked and its body still to be read. */
public final class DiskResponse {

    private final DiskTier tier;
    private final DiskRecord record;
    private final Place place;
    private final ResponseFormat.Head head;
    private final ByteBuffer buffer;

    DiskResponse(
            DiskTier tier,
            DiskRecord record,
            Place place,
            ResponseFormat.Head head,
            ByteBuffer buffer) {
        this.tier = tier;
        this.record = record;
        this.place = place;
        this.head = head;
        this.buffer = buffer;
    }

    /** How a body came off the disk. */
    public enum Transfer {
        /** To its last byte. */
        WHOLE,
        /** Its first chunk was not what was written: a miss. */
        NOTHING,
        /** A later chunk was not what was written: who was given the first ones must be told. */
        BROKEN_OFF
    }

    public StoredResponse response() {
        return head.response();
    }

    /** The trailer section that followed the body. */
    public Fields trailers() {
        return head.trailers();
    }

    /** Lets it never be found again. */
    public void forget() {
        tier.forget(record.header().key().resource(), place);
    }

    /** Number of bytes of the body. */
    public long length() {
        return record.header().bodyLength();
    }

    /**
     * Reads the body, once.
     *
     * @param sink given each chunk once it is checked; the bytes are valid during the call
     */
    public Transfer transfer(Consumer<ByteBuffer> sink) {
        boolean given = false;
        while (!record.ended()) {
            if (!read()) {
                tier.corrupt(record.header().key().resource(), place);
                return given ? Transfer.BROKEN_OFF : Transfer.NOTHING;
            }
            sink.accept(buffer);
            given = true;
        }
        return Transfer.WHOLE;
    }

    private boolean read() {
        try {
            return record.read(buffer);
        } catch (IOException unreadable) {
            return false;
        }
    }
}
