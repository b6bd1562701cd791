package dev.vellum.proxy.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.vellum.proxy.units.ByteSize;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the large bodies that are asked for most, in {@link BodyFile files} that never touch a
 * disk (memfd_create(2)), on Linux.
 */
public final class BodyFiles implements AutoCloseable {

    /** Below this, copying a body costs less than finding its pages. */
    static final int SMALLEST = 16 * 1024;

    /** A body is asked for this often before it is worth a copy. */
    private static final int OFTEN = 4;

    private final long budget;
    private final @Nullable MemoryFiles files;
    private final Cache<Body, BodyFile> held;

    /**
     * @param bytes of all copies together; 0 for none
     */
    public BodyFiles(ByteSize bytes) {
        this.budget = bytes.bytes();
        this.files = budget > 0 && Epoll.isAvailable() ? MemoryFiles.ofThisSystem() : null;
        held =
                Caffeine.newBuilder()
                        .weakKeys()
                        .maximumWeight(budget)
                        .weigher((Body body, BodyFile file) -> file.length())
                        .removalListener(BodyFiles::removed)
                        .executor(Runnable::run)
                        .build();
    }

    private static void removed(@Nullable Body body, @Nullable BodyFile file, RemovalCause cause) {
        if (file != null) {
            file.release();
        }
    }

    /**
     * The file of a settled body, for one more request; the caller owns it. Null if there is none,
     * because the body is small or seldom asked for, or because files do not work here.
     */
    public @Nullable BodyFile of(Body body) {
        if (files == null || body.length() < SMALLEST || body.length() > budget / 4) {
            return null;
        }
        BodyFile file = held.getIfPresent(body);
        if (file == null && isDue(body.asked())) {
            file = copy(body, files);
        }
        return file != null && file.tryAcquire() ? file : null;
    }

    /** At the fourth request, the eighth and so on: what was dropped meanwhile costs little. */
    private static boolean isDue(int requests) {
        return requests >= OFTEN && Integer.bitCount(requests) == 1;
    }

    private @Nullable BodyFile copy(Body body, MemoryFiles into) {
        byte[] whole = body.bytes();
        if (whole.length == 0) {
            return null;
        }
        try {
            BodyFile file = new BodyFile(into.empty(), ByteBuffer.wrap(whole));
            held.put(body, file);
            return file;
        } catch (IOException full) {
            return null;
        }
    }

    /** Bytes of all copies. */
    public long bytes() {
        return held.policy().eviction().orElseThrow().weightedSize().orElse(0);
    }

    @Override
    public void close() {
        held.invalidateAll();
        held.cleanUp();
    }
}
