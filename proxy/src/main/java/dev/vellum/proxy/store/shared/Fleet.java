package dev.vellum.proxy.store.shared;

import dev.vellum.proxy.store.purge.Purge;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This proxy's place in the fleet: keeps a link, hears of purges and tells its own. There is a link
 * for others to use only while everything that was purged is known here.
 */
final class Fleet implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    /** A stream that is shorter cannot have been trimmed. */
    private static final long LENGTH_IF_TRIMMED = PurgeStream.LENGTH / 2;

    /** Own purges that can be told again, where the stream got lost. */
    private static final int TOLD = 1_000;

    /** Own purges that may wait to be told; beyond them all becomes one: everything. */
    private static final int WAITING = 10_000;

    private final FleetPurges purges;
    private final PurgeStream stream;
    private final Optional<Path> memo;
    private final RedisLink.Maker links;
    private final Thread listener;
    private final Object telling = new Object();
    private final Deque<Purge> untold = new ArrayDeque<>();
    private final Deque<Purge> told = new ArrayDeque<>();
    private volatile @Nullable RedisLink link;
    private volatile boolean useful;
    private volatile boolean closed;

    /**
     * @param memo a file that keeps how far the purges were applied here, where what is stored
     *     outlives this process
     */
    Fleet(RedisLink.Maker links, FleetPurges purges, PurgeStream stream, Optional<Path> memo) {
        this.links = links;
        this.purges = purges;
        this.stream = stream;
        this.memo = memo;
        listener = Thread.ofPlatform().name("vellum-fleet").daemon().unstarted(this::listen);
    }

    void start() {
        listener.start();
    }

    /** How far purges were applied here, as a file remembers; the start if it does not. */
    static Position remembered(Optional<Path> memo) {
        try {
            return memo.isPresent()
                    ? Position.parse(
                            Files.readString(memo.get(), StandardCharsets.US_ASCII).strip())
                    : Position.START;
        } catch (NoSuchFileException first) {
            return Position.START;
        } catch (IOException | RuntimeException unreadable) {
            LOG.warn("{}: not a position; all purges count as new", memo, unreadable);
            return Position.START;
        }
    }

    /** The link, while it is there and everything that was purged is known. */
    @Nullable RedisLink link() {
        RedisLink current = link;
        return current != null && current.isOpen() ? current : null;
    }

    /** Something was answered in time: the next outage is a new one. */
    void worked() {
        useful = true;
    }

    /** Own purges that the others do not know yet. */
    int untold() {
        synchronized (telling) {
            return untold.size();
        }
    }

    // ---- telling

    /** Purges here, and tells the others; if they cannot be told now, as soon as they can. */
    void purge(Collection<Purge> wishes) throws IOException {
        IOException here = null;
        try {
            try {
                purges.beginOwn(wishes);
            } catch (IOException notDurable) {
                here = notDurable;
            }
            synchronized (telling) {
                untold.addAll(wishes);
                if (untold.size() > WAITING) {
                    untold.clear();
                    untold.add(new Purge(new Purge.Target.Everything(), false));
                }
                RedisLink current = link();
                if (current != null) {
                    tell(current);
                }
            }
        } catch (IOException unreachable) {
            LOG.warn("purged here; the others are told later: {}", unreachable.getMessage());
            breakOff();
        } finally {
            purges.endOwn();
        }
        if (here != null) {
            throw here;
        }
    }

    private void tell(RedisLink over) throws IOException {
        try {
            for (Purge next = untold.peek(); next != null; next = untold.peek()) {
                purges.learnOwn(stream.add(over, next), next);
                untold.remove();
                told.add(next);
                if (told.size() > TOLD) {
                    told.remove();
                }
            }
        } catch (RedisException unreachable) {
            throw new IOException(unreachable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    // ---- hearing

    private void listen() {
        Duration wait = FIRST_WAIT;
        while (!closed) {
            useful = false;
            try (RedisLink fresh = links.connect()) {
                catchUp(fresh);
                synchronized (telling) {
                    tell(fresh);
                    link = fresh;
                }
                LOG.info("the shared store is on");
                while (!closed && fresh.isOpen()) {
                    PurgeStream.Page page = stream.news(fresh, purges.last());
                    apply(page);
                }
                throw new IOException("no answers in time");
            } catch (IOException
                    | UncheckedIOException
                    | RedisException
                    | CancellationException failed) {
                if (!closed && (link != null || wait.equals(FIRST_WAIT))) {
                    LOG.warn("the shared store is off: {}", failed.toString());
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            } finally {
                link = null;
            }
            wait = useful ? FIRST_WAIT : wait.multipliedBy(2);
            wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
            pause(wait);
        }
    }

    private void pause(Duration wait) {
        long end = System.nanoTime() + wait.toNanos();
        while (!closed && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** Learns what was purged since the last time. */
    private void catchUp(RedisLink over) throws IOException, InterruptedException {
        Position oldest = stream.oldest(over);
        boolean trimmed = stream.length(over) >= LENGTH_IF_TRIMMED;
        Position last = purges.last();
        if (trimmed) {
            purges.learnAll(oldest);
        }
        if (!last.equals(Position.START) && !stream.has(over, last)) {
            if (trimmed) {
                purges.missedSome();
            } else {
                retell(over);
            }
        }
        PurgeStream.Page page = stream.after(over, Position.START);
        while (page.size() > 0) {
            apply(page);
            page = stream.after(over, page.last());
        }
        // so that what is asked for from now on counts from here, even where there was nothing
        purges.reached(purges.last());
    }

    /** Redis has lost the stream, and may have lost purges that not everyone had heard of. */
    private void retell(RedisLink over) throws IOException {
        purges.forgetPosition();
        synchronized (telling) {
            List<Purge> again = new ArrayList<>(told);
            told.clear();
            untold.addAll(again);
            tell(over);
        }
    }

    private void apply(PurgeStream.Page page) throws IOException {
        if (page.size() == 0) {
            return;
        }
        purges.learn(page.purges());
        boolean news = page.last().compareTo(purges.last()) > 0;
        purges.reached(page.last());
        if (news && memo.isPresent()) {
            Files.writeString(memo.get(), page.last().toString(), StandardCharsets.US_ASCII);
        }
    }

    /** Nobody answers in time: better none than a slow one. */
    void breakOff() {
        RedisLink current = link;
        link = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        breakOff();
        try {
            listener.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
