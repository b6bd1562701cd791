package dev.vellum.proxy.store;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.util.IllegalReferenceCountException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A whole body in a file of the kernel's own, which sends it without copying it first
 * (sendfile(2)). Counted owners, as a {@link Body} has: the file is gone with the last.
 */
public final class BodyFile {

    /*
     * What is being sent still lies in these pages after sendfile returns, until the client has
     * acknowledged it. So a file is written once, and its memory is never used for another.
     */

    private final FileChannel channel;
    private final int length;
    private final AtomicInteger owners = new AtomicInteger(1);

    /**
     * Takes over {@code channel}, an empty file, which is closed if this fails.
     *
     * @throws IOException if {@code bytes} cannot all be written to it
     */
    BodyFile(FileChannel channel, ByteBuffer bytes) throws IOException {
        this.channel = channel;
        this.length = bytes.remaining();
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException full) {
            channel.close();
            throw full;
        }
    }

    /** Bytes of the body. */
    public int length() {
        return length;
    }

    /** Adds an owner; false if the file is gone. */
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

    /** Ends one ownership. */
    public void release() {
        if (owners.decrementAndGet() == 0) {
            try {
                channel.close();
            } catch (IOException lost) {
                // it is nobody's any more, and its memory the kernel's affair
            }
        }
    }

    /**
     * A part to be sent, for which it owns the file.
     *
     * @param first offset in bytes
     * @param count bytes
     */
    public FileRegion region(long first, long count) {
        if (!tryAcquire()) {
            throw new IllegalReferenceCountException(0);
        }
        return new Region(first, count);
    }

    private final class Region extends DefaultFileRegion {

        Region(long first, long count) {
            super(channel, first, count);
        }

        @Override
        protected void deallocate() {
            BodyFile.this.release();
        }
    }
}
