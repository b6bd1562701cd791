package dev.vellum.codec.container;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Writes a stream: the header, then segments. A segment is
 *
 * <pre>
 * type      1 byte
 * length    VarInt, bytes of the payload
 * payload
 * checksum  4 bytes, little-endian: CRC-32C of the whole stream up to here
 * </pre>
 *
 * The checksum covers all that stands before it, the header included, so that small streams need no
 * further one.
 */
public final class StreamWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final CRC32C checksum = new CRC32C();

    /** Starts a stream. */
    public StreamWriter(StreamHeader header) {
        ByteBuffer start = ByteBuffer.allocate(StreamHeader.MAX_BYTES);
        header.write(start);
        add(start.array(), start.position());
    }

    /** Appends a segment. */
    public void segment(int type, byte[] payload) {
        ByteBuffer head = ByteBuffer.allocate(1 + VarInt.MAX_BYTES);
        head.put((byte) type);
        VarInt.write(head, payload.length);
        add(head.array(), head.position());
        add(payload, payload.length);
        ByteBuffer tail = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        tail.putInt((int) checksum.getValue());
        add(tail.array(), 4);
    }

    /** The stream so far. */
    public byte[] toByteArray() {
        return out.toByteArray();
    }

    private void add(byte[] bytes, int length) {
        out.write(bytes, 0, length);
        checksum.update(bytes, 0, length);
    }
}
