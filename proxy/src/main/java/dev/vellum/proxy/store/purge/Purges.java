package dev.vellum.proxy.store.purge;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.purge.Purge.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * When what was last purged. A stored response that was asked for at that time or earlier is
 * purged, wherever it is: in memory, on disk, or still on its way. Nothing is searched for, however
 * much is stored.
 */
public final class Purges implements AutoCloseable {

    /** Targets that are told apart, at about 200 bytes each. */
    static final int MAX_TARGETS = 100_000;

    private static final Target EVERYTHING = new Target.Everything();

    private final FetchClock clock;
    private final @Nullable PurgeLog log;
    private final ConcurrentMap<Target, Epoch> epochs = new ConcurrentHashMap<>();

    /** Lengths that purged prefixes have, ascending; replaced as a whole. */
    private volatile int[] prefixLengths = {};

    /** No purge is later; what was asked for after it needs no closer look. */
    private volatile Instant latest = Instant.MIN;

    /** When a target was last purged hard and softly; {@link Instant#MIN} for never. */
    private record Epoch(Instant hard, Instant soft) {

        static final Epoch NEVER = new Epoch(Instant.MIN, Instant.MIN);

        Epoch with(Instant when, boolean softly) {
            return softly ? new Epoch(hard, later(soft, when)) : new Epoch(later(hard, when), soft);
        }

        Epoch with(Epoch other) {
            return new Epoch(later(hard, other.hard), later(soft, other.soft));
        }

        Instant latest() {
            return later(hard, soft);
        }

        private static Instant later(Instant one, Instant other) {
            return one.isAfter(other) ? one : other;
        }
    }

    private Purges(FetchClock clock, @Nullable PurgeLog log) {
        this.clock = clock;
        this.log = log;
    }

    /** Purges that last as long as this process. */
    public static Purges inMemory(InstantSource source) {
        return new Purges(new FetchClock(source, Instant.MIN), null);
    }

    /**
     * Purges that are kept in a file. Where it is damaged, everything stored so far counts as
     * purged.
     *
     * @throws IOException if the file can be neither read nor made
     */
    public static Purges open(Path file, InstantSource source) throws IOException {
        PurgeLog.Opened opened = PurgeLog.open(file);
        Instant last =
                opened.entries().stream()
                        .map(PurgeLog.Entry::when)
                        .max(Comparator.naturalOrder())
                        .orElse(Instant.MIN);
        Purges purges = new Purges(new FetchClock(source, last), opened.log());
        opened.entries().forEach(purges::enter);
        if (opened.damaged()) {
            purges.enter(new PurgeLog.Entry(purges.clock.next(), new Purge(EVERYTHING, false)));
            opened.log().replace(purges.entries());
        }
        return purges;
    }

    /** By which the times of requests and responses that are stored are to be taken. */
    public InstantSource clock() {
        return clock;
    }

    /**
     * Purges, in memory at once; when this returns it will hold after a crash, too.
     *
     * @throws IOException if it could not be written; it holds until this process ends nevertheless
     */
    public synchronized void purge(Collection<Purge> wishes) throws IOException {
        Instant now = clock.next();
        List<PurgeLog.Entry> added = new ArrayList<>();
        for (Purge wish : wishes) {
            PurgeLog.Entry entry = new PurgeLog.Entry(now, wish);
            enter(entry);
            added.add(entry);
        }
        if (log != null) {
            log.append(added);
        }
        boolean tooMany = epochs.size() > MAX_TARGETS;
        if (tooMany) {
            mergeOldest();
        }
        if (log != null && (tooMany || log.lines() > 2L * MAX_TARGETS)) {
            log.replace(entries());
        }
    }

    /**
     * Purges softly, in memory only: for what responses of an origin invalidate (RFC 9875), of
     * which there may be many.
     */
    public synchronized void outdate(Target target) {
        enter(new PurgeLog.Entry(clock.next(), new Purge(target, true)));
        if (epochs.size() > MAX_TARGETS) {
            mergeOldest();
        }
    }

    /**
     * Purges as of a given time, in memory only: for times that another clock than this one's
     * gives.
     */
    public synchronized void purge(Purge wish, Instant when) {
        enter(new PurgeLog.Entry(when, wish));
        if (epochs.size() > MAX_TARGETS) {
            mergeOldest();
        }
    }

    private void enter(PurgeLog.Entry entry) {
        Target target = entry.purge().target();
        epochs.compute(
                target,
                (ignored, known) ->
                        (known == null ? Epoch.NEVER : known)
                                .with(entry.when(), entry.purge().soft()));
        if (target instanceof Target.Prefix) {
            setPrefixLengths();
        }
        // last, since whoever sees it looks at what was entered before
        if (entry.when().isAfter(latest)) {
            latest = entry.when();
        }
    }

    private void setPrefixLengths() {
        TreeSet<Integer> lengths = new TreeSet<>();
        for (Target target : epochs.keySet()) {
            if (target instanceof Target.Prefix(var uri)) {
                lengths.add(uri.length());
            }
        }
        prefixLengths = lengths.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Bounds memory: the older half of the targets is forgotten, and everything as old as they are
     * counts as purged instead.
     */
    private void mergeOldest() {
        List<Instant> times = epochs.values().stream().map(Epoch::latest).sorted().toList();
        Instant middle = times.get(times.size() / 2);
        Epoch merged = Epoch.NEVER;
        for (var entry : epochs.entrySet()) {
            if (!entry.getValue().latest().isAfter(middle)) {
                merged = merged.with(entry.getValue());
            }
        }
        Epoch all = merged;
        epochs.compute(EVERYTHING, (ignored, known) -> known == null ? all : known.with(all));
        epochs.entrySet()
                .removeIf(entry ->
                        !entry.getKey().equals(EVERYTHING)
                                && !entry.getValue().latest().isAfter(middle));
        setPrefixLengths();
    }

    private List<PurgeLog.Entry> entries() {
        List<PurgeLog.Entry> all = new ArrayList<>();
        epochs.forEach((target, epoch) -> {
            if (!epoch.hard().equals(Instant.MIN)) {
                all.add(new PurgeLog.Entry(epoch.hard(), new Purge(target, false)));
            }
            if (!epoch.soft().equals(Instant.MIN)) {
                all.add(new PurgeLog.Entry(epoch.soft(), new Purge(target, true)));
            }
        });
        return all;
    }

    /** How a response that is stored for {@code key} stands. */
    public Standing standing(CacheKey key, StoredResponse response) {
        Instant asked = response.requestTime();
        if (asked.isAfter(latest)) {
            return Standing.CURRENT;
        }
        String uri = key.uri();
        Epoch sum = epoch(EVERYTHING).with(epoch(new Target.Url(uri)));
        for (int length : prefixLengths) {
            if (length <= uri.length()) {
                sum = sum.with(epoch(new Target.Prefix(uri.substring(0, length))));
            }
        }
        String origin = Purge.originOf(key);
        for (String tag : Tags.of(response.head().fields())) {
            sum = sum.with(epoch(new Target.Tag(origin, tag)));
            sum = sum.with(epoch(new Target.Tag(Purge.ANY_ORIGIN, tag)));
        }
        for (String group : response.terms().groups()) {
            sum = sum.with(epoch(new Target.Group(origin, group)));
            sum = sum.with(epoch(new Target.Group(Purge.ANY_ORIGIN, group)));
        }
        for (Target bytes : Contained.of(response)) {
            sum = sum.with(epoch(bytes));
        }
        if (!asked.isAfter(sum.hard())) {
            return Standing.PURGED;
        }
        return asked.isAfter(sum.soft()) ? Standing.CURRENT : Standing.OUTDATED;
    }

    /** Whether a target was purged for good since that time. */
    public boolean isPurged(Target target, Instant asked) {
        return !asked.isAfter(latest) && !asked.isAfter(epoch(target).hard());
    }

    private Epoch epoch(Target target) {
        Epoch known = epochs.get(target);
        return known == null ? Epoch.NEVER : known;
    }

    /** How many targets are told apart. */
    public int size() {
        return epochs.size();
    }

    /** Closes the file; every purge was forced to it before. */
    @Override
    public synchronized void close() {
        if (log != null) {
            log.close();
        }
    }
}
