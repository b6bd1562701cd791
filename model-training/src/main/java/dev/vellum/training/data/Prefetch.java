package dev.vellum.training.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes the batches of the coming steps on its own threads, a bounded number ahead, in order. */
public final class Prefetch implements AutoCloseable {

    private static final int AHEAD = 4;

    private final BatchSource source;
    private final ExecutorService threads;
    private final Deque<Future<Batch>> coming = new ArrayDeque<>();
    private long next;

    /** Starts with the batch of {@code step}. */
    public Prefetch(BatchSource source, long step, int threadCount) {
        this.source = source;
        this.next = step;
        this.threads =
                Executors.newFixedThreadPool(
                        threadCount, Thread.ofPlatform().daemon().name("loader-", 0).factory());
        while (coming.size() < AHEAD) {
            submit();
        }
    }

    private void submit() {
        long step = next++;
        coming.addLast(threads.submit(() -> source.batch(step)));
    }

    /** The next step's batch. */
    public Batch next() throws InterruptedException {
        submit();
        try {
            return coming.removeFirst().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a batch could not be made", e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
