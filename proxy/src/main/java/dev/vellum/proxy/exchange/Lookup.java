package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.Reuse;
import dev.vellum.proxy.store.ResponseStore;
import dev.vellum.proxy.store.Stored;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a stored response that the request selects: in memory, and where that has nothing on
 * disk and where a fleet shares them. Used on the client's loop.
 */
final class Lookup {

    /** Who wants it; told once for each look, before {@link #look} returns if memory knows. */
    interface Seeker {

        /** What is found answers, or can be asked about; its body is to be acquired at once. */
        void onFound(Stored found);

        /** Nothing is stored that the request selects. */
        void onMissing(Reuse.Missing missing);
    }

    private final Services services;
    private final Question question;
    private final EventExecutor loop;
    private final CacheKey at;
    private final Seeker seeker;
    private boolean lookedBehind;
    private boolean joined;

    Lookup(Services services, Question question, EventExecutor loop, CacheKey at, Seeker seeker) {
        this.services = services;
        this.question = question;
        this.loop = loop;
        this.at = at;
        this.seeker = seeker;
    }

    /** Looks; again, when something may have been stored meanwhile. */
    void look() {
        List<Stored> stored = services.store().find(at);
        Stored selected = select(stored);
        if (selected != null) {
            seeker.onFound(selected);
        } else if (!lookBehind()) {
            seeker.onMissing(missing(stored));
        }
    }

    /** Whether this goes on when what is on disk, or shared, is in memory. */
    private boolean lookBehind() {
        if (lookedBehind) {
            return false;
        }
        ResponseStore.Load load =
                services.store()
                        .load(
                                at,
                                question.forwarded(),
                                services.readyHead()::of,
                                loop,
                                this::onLoaded);
        // whom another's load did not help may look for itself, but does not queue up
        lookedBehind = load == ResponseStore.Load.BEGUN || joined;
        joined = true;
        return load != ResponseStore.Load.NOTHING;
    }

    private void onLoaded(Optional<Stored> found) {
        // what was found may be too much for memory to keep, and still answers this request
        Stored selected = select(found.stream().toList());
        if (selected != null) {
            seeker.onFound(selected);
        } else {
            look();
        }
    }

    private @Nullable Stored select(List<Stored> stored) {
        if (stored.isEmpty()) {
            return null;
        }
        RequestHead by =
                stored.size() == 1
                        ? question.comparedWith(stored.getFirst())
                        : question.forwarded();
        return services.store().select(at, stored, by);
    }

    private Reuse.Missing missing(List<Stored> stored) {
        Reuse reuse =
                stored.isEmpty()
                        ? Reuse.nothingStored(question.forwarded())
                        : Reuse.decide(
                                question.forwarded(),
                                stored.getFirst().response(),
                                services.clock().instant(),
                                services.policy());
        return reuse instanceof Reuse.Missing missing
                ? missing
                : new Reuse.Miss(Reuse.Reason.NOTHING_STORED);
    }
}
