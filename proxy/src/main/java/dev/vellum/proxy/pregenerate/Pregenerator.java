package dev.vellum.proxy.pregenerate;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A proxy's own pregeneration, for whoever asks on its admin port. Thread-safe. */
public final class Pregenerator implements AutoCloseable {

    /** URLs that may wait; beyond them the command of that name has its own list. */
    private static final int MOST = 10_000;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final Pregeneration pregeneration;
    private final BlockingQueue<URI> waiting = new ArrayBlockingQueue<>(MOST);
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private @Nullable Thread worker; // guarded by this

    /**
     * @param proxy where this proxy listens
     */
    public Pregenerator(InetSocketAddress proxy) {
        pregeneration = new Pregeneration(proxy, INTERVAL, PATIENCE);
    }

    /**
     * Takes URLs to be visited in the background.
     *
     * @return how many there was room for
     */
    public synchronized int add(List<URI> urls) {
        int added = 0;
        for (URI url : urls) {
            added += waiting.offer(url) ? 1 : 0;
        }
        taken.addAndGet(added);
        if (worker == null) {
            worker = Thread.ofPlatform().daemon().name("vellum-pregenerate").start(this::work);
        }
        return added;
    }

    private void work() {
        try {
            while (true) {
                pregeneration.run(
                        List.of(waiting.take()), (url, outcome) -> done.incrementAndGet());
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@code 3 of 10} since this proxy was started. */
    public String progress() {
        return done.get() + " of " + taken.get();
    }

    @Override
    public synchronized void close() {
        if (worker != null) {
            worker.interrupt();
        }
    }
}
