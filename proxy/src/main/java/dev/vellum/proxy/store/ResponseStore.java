package dev.vellum.proxy.store;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Vary;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.store.disk.DiskEvents;
import dev.vellum.proxy.store.disk.DiskResponse;
import dev.vellum.proxy.store.disk.DiskTier;
import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.store.purge.Purges;
import dev.vellum.proxy.store.purge.Standing;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Stored responses wherever they are: in memory, behind it on disk, behind that where a fleet
 * shares them, and none that was purged. What is not in memory is brought there before it is used,
 * every byte checked.
 */
public final class ResponseStore implements AutoCloseable {

    /** A body beyond this many bytes is not written to disk again for a new head alone. */
    private static final long REWRITE_BYTES = 1 << 20;

    private final MemoryTier memory;
    private final BodyFiles files;
    private final Optional<DiskTier> disk;
    private final Optional<SharedResponses> shared;
    private final Purges purges;
    private final Chunks chunks;
    private final long objectBytes;
    private final Loads loads = new Loads();

    /** What came of asking for a load. */
    public enum Load {
        /** There is nothing to load: nobody will be told. */
        NOTHING,
        /** It has begun. */
        BEGUN,
        /** Another request's load of the same resource is under way, maybe of another variant. */
        JOINED
    }

    private ResponseStore(
            MemoryTier memory,
            BodyFiles files,
            Optional<DiskTier> disk,
            Optional<SharedResponses> shared,
            Purges purges,
            Chunks chunks,
            long objectBytes) {
        this.memory = memory;
        this.files = files;
        this.disk = disk;
        this.shared = shared;
        this.purges = purges;
        this.chunks = chunks;
        this.objectBytes = objectBytes;
    }

    /**
     * Takes over what the disk holds. Where it cannot be told what was purged, nothing on disk is
     * believed: the store is in memory only then, as it is without a disk.
     *
     * @param sharing makes what is shared with others, if anything is
     */
    public static ResponseStore open(
            MemoryConfig memory,
            Optional<DiskConfig> disk,
            CachePolicy policy,
            Chunks chunks,
            InstantSource clock,
            DiskEvents events,
            Function<Purges, Optional<SharedResponses>> sharing) {
        Purges purges = Purges.inMemory(clock);
        Optional<DiskTier> tier = Optional.empty();
        if (disk.isPresent()) {
            try {
                purges = Purges.open(disk.get().directory().resolve("purges"), clock);
                tier = Optional.of(DiskTier.open(disk.get(), policy, events));
            } catch (IOException unreadable) {
                events.turnedOff("purges: " + unreadable);
            }
        }
        return new ResponseStore(
                new MemoryTier(memory.bytes().bytes()),
                new BodyFiles(memory.fileBytes()),
                tier,
                sharing.apply(purges),
                purges,
                chunks,
                memory.objectBytes().bytes());
    }

    /** What was purged. */
    public Purges purges() {
        return purges;
    }

    /** The tier on disk, if there is one. */
    public Optional<DiskTier> disk() {
        return disk;
    }

    /** The second copies of what is often asked for. */
    public BodyFiles files() {
        return files;
    }

    /** Every response in memory for {@code key}. */
    public List<Stored> find(CacheKey key) {
        return memory.find(key);
    }

    /**
     * What {@code stored} is after all purges: the same, one to be confirmed before its next use,
     * or null where it is gone.
     */
    public @Nullable Stored current(CacheKey key, Stored stored) {
        return switch (purges.standing(key, stored.response())) {
            case CURRENT -> stored;
            case OUTDATED -> stored.response().invalidated() ? stored : memory.outdate(key, stored);
            case PURGED -> {
                memory.remove(key, stored);
                yield null;
            }
        };
    }

    /** Whether a response was asked for after everything that purged it. */
    public boolean isCurrent(CacheKey key, StoredResponse response) {
        return purges.standing(key, response) == Standing.CURRENT;
    }

    /**
     * Brings what answers {@code request} from disk to memory.
     *
     * @param readyHead serialises the head of what is found
     * @param action runs on {@code loop} when that is over, but not after {@link Load#NOTHING}. It
     *     is given what was found, which it may use even where memory has no room to keep it; its
     *     body is to be acquired before the action returns.
     */
    public Load load(
            CacheKey key,
            RequestHead request,
            Function<StoredResponse, byte[]> readyHead,
            EventExecutor loop,
            Consumer<Optional<Stored>> action) {
        boolean onDisk = disk.isPresent() && disk.get().mayHave(key);
        if ((!onDisk && !asksOthers()) || chunks.crowded()) {
            return Load.NOTHING;
        }
        if (!loads.begin(key, new Loads.Waiter(loop, action))) {
            return Load.JOINED;
        }
        if (onDisk && disk.get().find(key, found -> loaded(key, request, readyHead, found))) {
            return Load.BEGUN;
        }
        if (asksOthers()) {
            askOthers(key, request, readyHead);
            return Load.BEGUN;
        }
        loads.endForOthers(key);
        return Load.NOTHING;
    }

    private boolean asksOthers() {
        return shared.isPresent() && shared.get().answers();
    }

    private void loaded(
            CacheKey key,
            RequestHead request,
            Function<StoredResponse, byte[]> readyHead,
            List<DiskResponse> found) {
        Optional<Stored> stored = Optional.empty();
        boolean ask = false;
        try {
            DiskResponse best = select(key, request, found);
            if (best != null && best.length() <= objectBytes) {
                stored = fetch(key, best, readyHead);
            }
            ask = stored.isEmpty() && asksOthers();
        } finally {
            if (!ask) {
                loads.end(key, stored);
            }
        }
        if (ask) {
            askOthers(key, request, readyHead);
        }
    }

    private void askOthers(
            CacheKey key, RequestHead request, Function<StoredResponse, byte[]> readyHead) {
        shared.orElseThrow()
                .find(
                        key,
                        request,
                        found -> {
                            Optional<Stored> stored = Optional.empty();
                            try {
                                stored = found.map(here -> take(key, here, readyHead));
                            } finally {
                                loads.end(key, stored);
                            }
                        });
    }

    /** What others had is now in memory, and soon on disk, with a body that the caller owns. */
    private Stored take(
            CacheKey key, SharedResponses.Found found, Function<StoredResponse, byte[]> readyHead) {
        StoredResponse response = found.response();
        Body body = new Body(chunks, response.content().length(), true);
        found.body().forEach(bytes -> body.append(Unpooled.wrappedBuffer(bytes)));
        Stored stored = new Stored(response, body, readyHead.apply(response));
        body.complete(found.trailers(), () -> memory.put(key, stored));
        writeToDisk(key, stored);
        return stored;
    }

    private @Nullable DiskResponse select(
            CacheKey key, RequestHead request, List<DiskResponse> found) {
        List<DiskResponse> current = new ArrayList<>(found.size());
        for (DiskResponse each : found) {
            if (purges.standing(key, each.response()) == Standing.PURGED) {
                each.forget();
            } else {
                current.add(each);
            }
        }
        StoredResponse best =
                Vary.select(request, current.stream().map(DiskResponse::response).toList());
        for (DiskResponse each : current) {
            if (each.response().equals(best)) {
                return each;
            }
        }
        return null;
    }

    /** What is now in memory, with a body that the caller owns. */
    private Optional<Stored> fetch(
            CacheKey key, DiskResponse found, Function<StoredResponse, byte[]> readyHead) {
        Body body = new Body(chunks, found.length(), true);
        boolean whole =
                found.transfer(chunk -> body.append(Unpooled.wrappedBuffer(chunk)))
                        == DiskResponse.Transfer.WHOLE;
        if (!whole) {
            body.release();
            return Optional.empty();
        }
        StoredResponse response = found.response();
        Stored stored = new Stored(response, body, readyHead.apply(response));
        body.complete(found.trailers(), () -> memory.put(key, stored));
        return Optional.of(stored);
    }

    /**
     * The one of several responses for {@code key} that Vary selects for {@code request}, as it
     * stands now; null if there is none.
     */
    public @Nullable Stored select(CacheKey key, List<Stored> stored, RequestHead request) {
        if (stored.size() == 1) {
            Stored only = stored.getFirst();
            return Vary.matches(request, only.response()) ? current(key, only) : null;
        }
        StoredResponse best = Vary.select(request, stored.stream().map(Stored::response).toList());
        for (Stored each : stored) {
            if (each.response().equals(best)) {
                return current(key, each);
            }
        }
        return null;
    }

    /** Stores a response, on disk a little later. */
    public void put(CacheKey key, Stored stored) {
        if (!isPartOfMaster(key, stored.response())) {
            memory.put(key, stored);
            write(key, stored);
        }
    }

    /** What a form took the place of is worth more than a part of it. */
    private boolean isPartOfMaster(CacheKey key, StoredResponse response) {
        return response.content() instanceof Content.Part
                && memory.find(key).stream()
                        .map(Stored::response)
                        .anyMatch(known ->
                                known.content() instanceof Content.Master
                                        && !response.supersedes(known));
    }

    /**
     * Puts {@code fresh}, with the same body, in the place of {@code old}. On disk the head of a
     * large body stays as it was: it has to be confirmed again after a restart.
     */
    public void replace(CacheKey key, Stored old, Stored fresh) {
        memory.replace(key, old, fresh);
        if (fresh.body().length() <= REWRITE_BYTES) {
            write(key, fresh);
        }
    }

    /**
     * Puts another form of a response in its place, in memory and on disk; what a fleet shares
     * stays.
     *
     * @param which tells it from others for the same key
     * @param form of it, with a body that the caller owns
     * @return whether it was still there
     */
    public boolean substitute(
            CacheKey key, Predicate<StoredResponse> which, UnaryOperator<Stored> form) {
        Optional<Stored> put = memory.substitute(key, which, form);
        put.ifPresent(fresh -> writeToDisk(key, fresh));
        return put.isPresent();
    }

    private void write(CacheKey key, Stored stored) {
        writeToDisk(key, stored);
        if (stored.response().isComplete() && !stored.response().invalidated()) {
            shared.ifPresent(others -> {
                BodyCopy copy = BodyCopy.of(stored.body());
                if (copy != null) {
                    others.put(key, stored.response(), stored.body().trailers(), copy);
                }
            });
        }
    }

    private void writeToDisk(CacheKey key, Stored stored) {
        disk.ifPresent(tier -> {
            BodyCopy copy = BodyCopy.of(stored.body());
            if (copy != null) {
                tier.put(key, stored.response(), stored.body().trailers(), copy);
            }
        });
    }

    /** Marks one response as to be confirmed before its next use. */
    public void outdate(CacheKey key, Stored stored) {
        memory.outdate(key, stored);
        removeBehind(key);
    }

    /** Takes all responses for {@code key} out. */
    public void remove(CacheKey key) {
        memory.remove(key);
        removeBehind(key);
    }

    /** Marks all responses for {@code key} as to be confirmed before their next use. */
    public void invalidate(CacheKey key) {
        memory.invalidate(key);
        removeBehind(key);
    }

    private void removeBehind(CacheKey key) {
        disk.ifPresent(tier -> tier.remove(key));
        shared.ifPresent(others -> others.remove(key));
    }

    /**
     * Lets go of stored responses, here and where they are shared.
     *
     * @throws IOException as of {@link Purges#purge}
     */
    public void purge(Collection<Purge> wishes) throws IOException {
        if (shared.isPresent()) {
            shared.get().purge(wishes);
        } else {
            purges.purge(wishes);
        }
    }

    @Override
    public void close() {
        shared.ifPresent(SharedResponses::close);
        disk.ifPresent(DiskTier::close);
        files.close();
        memory.close();
        purges.close();
    }
}
