package dev.vellum.proxy.store.shared;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.disk.BodySource;
import io.lettuce.core.RedisException;
import io.lettuce.core.SetArgs;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Writes responses to Redis behind, on a thread of its own, from a bounded queue. */
final class SharedWriter implements AutoCloseable {

    private static final int MOST_WAITING = 4096;

    private final SharedConfig config;
    private final Fleet fleet;
    private final FleetPurges purges;
    private final CachePolicy policy;
    private final SharedCounters counters;
    private final LongSupplier random;
    private final BlockingQueue<Task> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    private sealed interface Task {}

    private record Write(
            CacheKey key, StoredResponse response, Fields trailers, BodySource body, long bytes)
            implements Task {}

    private record Remove(CacheKey key) implements Task {}

    /**
     * @param random for tags that no one used before
     */
    SharedWriter(
            SharedConfig config,
            Fleet fleet,
            FleetPurges purges,
            CachePolicy policy,
            SharedCounters counters,
            LongSupplier random) {
        this.config = config;
        this.fleet = fleet;
        this.purges = purges;
        this.policy = policy;
        this.counters = counters;
        this.random = random;
        thread = Thread.ofPlatform().name("vellum-shared-writer").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Queues a response, whose body this closes. */
    void put(CacheKey key, StoredResponse response, Fields trailers, BodySource body) {
        long bytes = body.length();
        boolean wanted = bytes <= config.objectBytes().bytes() && fleet.link() != null && !closed;
        if (wanted && waitingBytes.addAndGet(bytes) <= config.queueBytes().bytes()) {
            if (queue.offer(new Write(key, response, trailers, body, bytes))) {
                return;
            }
        }
        if (wanted) {
            waitingBytes.addAndGet(-bytes);
        }
        body.close();
        counters.notStored();
    }

    /** Queues a removal. Where the queue is full nobody takes anything in, either. */
    void remove(CacheKey key) {
        if (fleet.link() != null && !queue.offer(new Remove(key))) {
            fleet.breakOff();
        }
    }

    private void run() {
        while (!closed) {
            try {
                Task task = queue.poll(200, TimeUnit.MILLISECONDS);
                if (task != null) {
                    perform(task);
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                closed = true;
            }
        }
        for (Task task = queue.poll(); task != null; task = queue.poll()) {
            if (task instanceof Write write) {
                write.body().close();
            }
        }
    }

    private void perform(Task task) throws InterruptedException {
        RedisLink link = fleet.link();
        try {
            switch (task) {
                case Write write -> {
                    waitingBytes.addAndGet(-write.bytes());
                    try (BodySource body = write.body()) {
                        if (link == null || !write(link, write, body)) {
                            counters.notStored();
                        }
                    }
                }
                case Remove(var key) -> {
                    if (link != null) {
                        String resource = SharedRecord.resource(config.prefix(), key);
                        RedisLink.await(link.commands().del(resource));
                    }
                }
            }
        } catch (IOException | RedisException | CancellationException noAnswer) {
            counters.notStored();
            fleet.breakOff();
        }
    }

    private boolean write(RedisLink link, Write write, BodySource body)
            throws IOException, InterruptedException {
        StoredResponse response = write.response();
        Duration keep = response.remaining(purges.now()).plus(config.keep());
        if (!keep.isPositive() || purges.isGone(write.key(), response)) {
            return false;
        }
        Position position = purges.at(response.requestTime());
        byte[] bytes = SharedRecord.write(position, write.key(), response, write.trailers(), body);
        if (bytes == null) {
            return false;
        }
        String key = SharedRecord.resource(config.prefix(), write.key());
        // some servers count expiry in signed milliseconds from 1970
        SetArgs expiry =
                SetArgs.Builder.px(Math.min(keep.toMillis(), Duration.ofDays(3650).toMillis()));
        List<String> names = response.terms().vary();
        if (!names.isEmpty()) {
            SharedRecord.Choice choice = choice(link, write.key(), key, names);
            RedisLink.await(link.commands().set(key, SharedRecord.write(choice), expiry));
            key = SharedRecord.variant(key, choice, response.request().fields());
        }
        RedisLink.await(link.commands().set(key, bytes, expiry));
        counters.stored(write.bytes());
        return true;
    }

    /** The choice that is there, if it is by the same fields; else a new one, for new variants. */
    private SharedRecord.Choice choice(
            RedisLink link, CacheKey key, String resource, List<String> names)
            throws IOException, InterruptedException {
        byte @Nullable [] known = RedisLink.await(link.commands().get(resource));
        if (known != null
                && SharedRecord.read(known, key, policy) instanceof SharedRecord.Choice choice
                && choice.names().equals(names)) {
            return choice;
        }
        return new SharedRecord.Choice(HexFormat.of().toHexDigits(random.getAsLong()), names);
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
