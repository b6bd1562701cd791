package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.disk.DiskEvents.Drop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one thread that writes, fed by a bounded queue. When the disk fails it closes the log, and
 * opens it anew once the disk takes a file again.
 */
final class DiskWriter {

    private static final int PROBE_BYTES = 1 << 20;
    private static final int MAX_WAITING = 65_536;

    private final DiskConfig config;
    private final DiskIndex index;
    private final SegmentLog log;
    private final DiskEvents events;
    private final BlockingQueue<Task> queue = new LinkedBlockingQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final CountDownLatch tried = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean on;

    private sealed interface Task {
        record Write(CacheKey key, StoredResponse response, Fields trailers, BodySource body)
                implements Task {}

        /** Whether there was something on disk to void is known when it was asked for. */
        record Remove(long resource, boolean any) implements Task {}

        record Flush(CountDownLatch done) implements Task {}

        record Stop() implements Task {}
    }

    DiskWriter(DiskConfig config, DiskIndex index, SegmentLog log, DiskEvents events) {
        this.config = config;
        this.index = index;
        this.log = log;
        this.events = events;
        this.thread = Thread.ofPlatform().name("disk-writer").daemon().unstarted(this::run);
    }

    /** Starts, and waits until the directory is read or has failed. */
    void start() {
        thread.start();
        await(tried);
    }

    boolean isOn() {
        return on;
    }

    /** Queues a response; one that does not fit is dropped, and with it what it would replace. */
    void write(CacheKey key, StoredResponse response, Fields trailers, BodySource body) {
        Drop reason = on ? null : Drop.OFF;
        if (reason == null) {
            long waiting = waitingBytes.addAndGet(body.length());
            if (queue.size() < MAX_WAITING && waiting <= config.queueBytes().bytes()) {
                queue.add(new Task.Write(key, response, trailers, body));
                return;
            }
            waitingBytes.addAndGet(-body.length());
            reason = Drop.QUEUE_FULL;
        }
        body.close();
        events.dropped(reason);
        remove(DiskKey.resource(key));
    }

    /** Voids what is on disk or waits to be written for a resource. */
    void remove(long resource) {
        boolean any = index.removeAll(resource);
        if (on && queue.size() < 2 * MAX_WAITING) {
            queue.add(new Task.Remove(resource, any));
        }
    }

    /** Waits until all that was queued before is written. */
    void flush() {
        CountDownLatch done = new CountDownLatch(1);
        queue.add(new Task.Flush(done));
        await(done);
    }

    /** Writes what waits, and ends. */
    void stop() {
        queue.add(new Task.Stop());
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long retryAt = System.nanoTime();
        while (true) {
            try {
                if (!on && System.nanoTime() - retryAt >= 0) {
                    turnOn();
                    tried.countDown();
                }
                Task task =
                        on
                                ? queue.take()
                                : queue.poll(retryAt - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (task instanceof Task.Stop) {
                    end();
                    return;
                }
                if (task != null) {
                    perform(task);
                }
            } catch (IOException | RuntimeException failed) {
                turnOff(failed);
                retryAt = System.nanoTime() + config.retry().toNanos();
                tried.countDown();
            } catch (InterruptedException notUsed) {
                // ended by Stop only
            }
        }
    }

    private void end() throws IOException {
        on = false;
        for (Task late = queue.poll(); late != null; late = queue.poll()) {
            if (late instanceof Task.Write write) {
                write.body().close();
            }
        }
        log.close();
    }

    private void turnOn() throws IOException {
        Files.createDirectories(config.directory());
        probe(config.directory().resolve("probe"));
        log.load();
        on = true;
        events.turnedOn();
    }

    /** A full disk may still take a name: what it must take is bytes. */
    private void probe(Path file) throws IOException {
        int size = Math.min(PROBE_BYTES, config.segmentBytes().clampedToInt());
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(size);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void turnOff(Exception cause) {
        on = false;
        index.clear();
        try {
            log.close();
        } catch (IOException second) {
            cause.addSuppressed(second);
        }
        events.turnedOff(cause.toString());
    }

    private void perform(Task task) throws IOException {
        switch (task) {
            case Task.Write write -> {
                waitingBytes.addAndGet(-write.body().length());
                try (BodySource body = write.body()) {
                    append(write, body);
                }
            }
            case Task.Remove remove -> {
                if (on && (index.removeAll(remove.resource()) || remove.any())) {
                    log.appendRemoval(remove.resource());
                }
            }
            case Task.Flush flush -> flush.done().countDown();
            case Task.Stop stop -> throw new IllegalStateException(stop + " (expected: handled)");
        }
    }

    private void append(Task.Write write, BodySource body) throws IOException {
        if (!on) {
            events.dropped(Drop.OFF);
            return;
        }
        DiskKey key = DiskKey.of(write.key(), write.response());
        ByteBuffer head = ResponseFormat.write(write.key(), write.response(), write.trailers());
        if (head == null || !log.fits(RecordFormat.recordLength(head.remaining(), body.length()))) {
            events.dropped(Drop.TOO_LARGE);
            drop(key.resource());
        } else if (log.append(key, micros(write.response().requestTime()), head, body)) {
            events.stored(body.length());
        } else {
            events.dropped(Drop.BODY_GONE);
            drop(key.resource());
        }
    }

    /** What could not be written must not leave its predecessor in its place. */
    private void drop(long resource) throws IOException {
        if (index.removeAll(resource)) {
            log.appendRemoval(resource);
        }
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
}
