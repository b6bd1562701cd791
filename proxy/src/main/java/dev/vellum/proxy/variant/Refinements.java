package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.picture.Admission;
import dev.vellum.proxy.picture.Haste;
import dev.vellum.proxy.picture.Making;
import dev.vellum.proxy.picture.Variant;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Latents that were made in haste, because a client waited, are made once more when there is
 * nothing else to do: with more effort and more trials, for fewer bytes. One at a time, and it
 * gives way as soon as somebody waits again. Thread-safe.
 */
final class Refinements {

    /** Pictures that may wait; of more the oldest stay as they are. */
    private static final int MOST = 1024;

    /**
     * Share of the bytes that must go, or what clients have already would be outdated for little.
     */
    private static final double LEAST_GAIN = 0.02;

    private final VariantJobs jobs;
    private final VariantStore files;
    private final InstantSource clock;
    private final Holding holding;
    private final Deque<Hasty> waiting = new ArrayDeque<>(); // guarded by this
    private @Nullable Hasty current; // guarded by this
    private Admission.@Nullable Ticket ticket; // guarded by this

    /** Is told of a variant that is in the store. */
    @FunctionalInterface
    interface Holding {
        void hold(Source source, VariantIndex index, Variant variant, StoredResponse response);
    }

    /**
     * What was made in haste.
     *
     * @param bytes of it
     */
    record Hasty(Source source, VariantIndex index, Variant variant, long bytes) {

        private boolean exceeds(Making.Made made) {
            return made.file().length < bytes * (1 - LEAST_GAIN);
        }
    }

    Refinements(VariantJobs jobs, VariantStore files, InstantSource clock, Holding holding) {
        this.jobs = jobs;
        this.files = files;
        this.clock = clock;
        this.holding = holding;
    }

    /** Notes what can be made better, some time. */
    synchronized void add(Hasty hasty) {
        if (waiting.size() == MOST) {
            waiting.removeFirst();
        }
        waiting.addLast(hasty);
    }

    /** Somebody waits for other work, which is among the jobs: what is under way is put off. */
    void giveWay() {
        Admission.Ticket called;
        synchronized (this) {
            called = ticket;
            ticket = null;
            if (called != null && current != null) {
                waiting.addFirst(current);
            }
        }
        if (called != null) {
            called.cancel();
        }
    }

    /** Begins with the next one if there is nothing else to do. */
    void whenIdle() {
        for (Hasty next = next(); next != null; next = next()) {
            Hasty own = next;
            Instant begun = clock.instant();
            Admission admission =
                    jobs.make(
                            new VariantJobs.Job(
                                    own.source.key().uri(), own.source.digest(), own.variant, true),
                            own.source.stored().body(),
                            Optional.empty(),
                            own.index.header(),
                            Haste.NONE,
                            making ->
                                    making instanceof Making.Made made && own.exceeds(made)
                                            ? files.keep(own.source, own.variant, made, begun)
                                            : making,
                            making -> ended(own, making, begun));
            if (admission instanceof Admission.Taken(var taken)) {
                underWay(own, taken);
                return;
            }
            synchronized (this) {
                current = null; // its picture has gone, or there is no room
            }
        }
    }

    private synchronized @Nullable Hasty next() {
        if (current != null || jobs.transcoder().waitingJobs() > 0) {
            return null;
        }
        current = waiting.pollFirst();
        return current;
    }

    /** Unless it has ended meanwhile. */
    private synchronized void underWay(Hasty own, Admission.Ticket taken) {
        if (own.equals(current)) {
            ticket = taken;
        }
    }

    private void ended(Hasty own, Making making, Instant begun) {
        synchronized (this) {
            current = null;
            ticket = null;
        }
        if (making instanceof Making.Made made && own.exceeds(made)) {
            StoredResponse response = files.response(own.source, own.variant, made, begun);
            holding.hold(own.source, own.index, own.variant, response);
        }
        whenIdle();
    }
}
