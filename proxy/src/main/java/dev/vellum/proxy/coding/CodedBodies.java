package dev.vellum.proxy.coding;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Chunks;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Coded forms of bodies: made once, on threads of their own, while any number of clients read
 * along; kept for the next clients.
 */
public final class CodedBodies implements AutoCloseable {

    /** Bodies that are coded at a time; beyond them bodies go out as they are. */
    private static final int UNDER_WAY = 256;

    private final Chunks chunks;
    private final long objectBytes;
    private final Cache<Form, Body> kept;
    private final DefaultEventExecutorGroup threads;
    private final Map<Form, Body> underWay = new HashMap<>();
    private final Map<Coding, LongAdder> asked = new EnumMap<>(Coding.class);
    private final LongAdder read = new LongAdder();
    private final LongAdder made = new LongAdder();

    /** A body, that very one, in a coding. */
    record Form(Body source, Coding coding) {}

    /**
     * Starts the threads.
     *
     * @param objectBytes the largest coded body that is kept
     */
    public CodedBodies(CodingConfig config, Chunks chunks, long objectBytes) {
        for (Coding coding : Coding.values()) {
            asked.put(coding, new LongAdder());
        }
        this.chunks = chunks;
        this.objectBytes = objectBytes;
        kept =
                Caffeine.newBuilder()
                        .maximumWeight(config.cacheBytes().bytes())
                        .weigher(CodedBodies::weight)
                        .removalListener(CodedBodies::removed)
                        .executor(Runnable::run)
                        .build();
        threads =
                new DefaultEventExecutorGroup(
                        config.threads(),
                        new DefaultThreadFactory("vellum-coding", true, Thread.MIN_PRIORITY));
    }

    private static int weight(Form form, Body coded) {
        return (int) Math.min(Integer.MAX_VALUE, coded.footprint() + 256);
    }

    private static void removed(@Nullable Form form, @Nullable Body coded, RemovalCause cause) {
        if (coded != null) {
            coded.release();
        }
    }

    /**
     * The coded form of a body, whole or still growing, which the caller owns from now on; null if
     * the body is gone or too many are being coded.
     *
     * @param attach takes a reader of the body: what is not kept goes at its readers' pace, so the
     *     first of them must be there before it begins
     */
    public @Nullable Body of(Body source, Coding coding, Consumer<Body> attach) {
        Body coded = find(source, coding, attach);
        if (coded != null) {
            counter(coding).increment();
        }
        return coded;
    }

    private LongAdder counter(Coding coding) {
        LongAdder counter = asked.get(coding);
        if (counter == null) {
            throw new IllegalStateException("coding: " + coding + " (expected: one of all)");
        }
        return counter;
    }

    private @Nullable Body find(Body source, Coding coding, Consumer<Body> attach) {
        Form form = new Form(source, coding);
        Body known = kept.getIfPresent(form);
        if (known != null && known.tryAcquire()) {
            attach.accept(known);
            return known;
        }
        synchronized (underWay) {
            Body growing = underWay.get(form);
            if (growing != null && growing.keeping() && growing.tryAcquire()) {
                attach.accept(growing);
                return growing;
            }
            return underWay.size() < UNDER_WAY ? start(form, attach) : null;
        }
    }

    private @Nullable Body start(Form form, Consumer<Body> attach) {
        Body coded = new Body(chunks, -1, true);
        EventExecutor thread = threads.next();
        CodingRun run = new CodingRun(form, coded, thread, objectBytes, this::ended);
        if (!run.open()) {
            coded.release();
            return null;
        }
        coded.tryAcquire();
        attach.accept(coded);
        underWay.put(form, coded);
        thread.execute(run);
        return coded;
    }

    /** The run's ownership of {@code coded} goes to the cache, or ends. */
    private void ended(Form form, Body coded) {
        boolean keep =
                coded.state() == Body.State.COMPLETE
                        && coded.keeping()
                        && form.source().state() == Body.State.COMPLETE
                        && form.source().keeping();
        synchronized (underWay) {
            underWay.remove(form, coded);
        }
        read.add(form.source().length());
        made.add(coded.length());
        if (keep) {
            kept.put(form, coded);
        } else {
            coded.release();
        }
    }

    /** Responses that went out in a coding. */
    public long responses(Coding coding) {
        return counter(coding).sum();
    }

    /** Bytes that were coded, each time they were. */
    public long bytesRead() {
        return read.sum();
    }

    /** What became of them, in bytes. */
    public long bytesMade() {
        return made.sum();
    }

    /** How many coded bodies are kept. */
    public long size() {
        return kept.estimatedSize();
    }

    @Override
    public void close() {
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        kept.invalidateAll();
        kept.cleanUp();
    }
}
