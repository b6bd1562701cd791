package dev.vellum.proxy.store.disk;

import java.nio.ByteBuffer;

/** What records a segment holds, in their order, as its footer has them. */
final class SegmentEntries {

    private ByteBuffer bytes;

    SegmentEntries() {
        this(ByteBuffer.allocate(64 * RecordFormat.FOOTER_ENTRY).limit(0));
    }

    /**
     * @param bytes whole entries, from the buffer's beginning
     */
    SegmentEntries(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Takes one entry. */
    @FunctionalInterface
    interface Visitor<X extends Exception> {
        /**
         * Called for each entry in turn.
         *
         * @param length of the record in bytes; 0 for a removal
         */
        void visit(DiskKey key, int offset, int length) throws X;
    }

    void add(DiskKey key, int offset, int length) {
        int end = bytes.limit();
        if (end + RecordFormat.FOOTER_ENTRY > bytes.capacity()) {
            ByteBuffer larger = ByteBuffer.allocate(2 * bytes.capacity());
            bytes = larger.put(bytes.rewind()).flip();
        }
        bytes.limit(end + RecordFormat.FOOTER_ENTRY).position(end);
        bytes.putLong(key.resource()).putInt(key.variant()).putInt(offset).putInt(length);
    }

    <X extends Exception> void forEach(Visitor<X> visitor) throws X {
        for (int at = 0; at < bytes.limit(); at += RecordFormat.FOOTER_ENTRY) {
            visitor.visit(
                    new DiskKey(bytes.getLong(at), bytes.getInt(at + 8)),
                    bytes.getInt(at + 12),
                    bytes.getInt(at + 16));
        }
    }

    int count() {
        return bytes.limit() / RecordFormat.FOOTER_ENTRY;
    }

    /** The entries as they are written. */
    ByteBuffer toBytes() {
        return bytes.asReadOnlyBuffer().rewind();
    }
}
