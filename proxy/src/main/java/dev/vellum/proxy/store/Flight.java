package dev.vellum.proxy.store;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.StoredResponse;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fetch that several requests wait for. They are told when its header arrives, and those that
 * come later at once, until the flight ends.
 */
public final class Flight {

    /** What the header brought for those that wait. */
    public sealed interface Arrival {
        /**
         * A response that others than its first asker may get; each looks for itself whether it
         * fits.
         *
         * @param body still growing
         */
        record Shared(StoredResponse response, Body body) implements Arrival {}

        /** The store holds what the fetch brought. */
        record LookAgain() implements Arrival {}

        /** The response is its first asker's alone. */
        record NotShared() implements Arrival {}

        /**
         * The origin answers with an error: what is stored may stand in.
         *
         * @param status of the error
         */
        record UseStale(int status) implements Arrival {}

        /** There will be no response. */
        record Broken(Failure failure) implements Arrival {}
    }

    /** Who waits for a header. */
    @FunctionalInterface
    public interface Follower {

        /**
         * Called once.
         *
         * @param late whether the header was there before the follower: then it is no answer to its
         *     request, but at best a stored response
         */
        void onArrival(Arrival arrival, boolean late);
    }

    private record Place(EventExecutor loop, Follower follower) {}

    private final List<Place> followers = new ArrayList<>(0);
    private @Nullable Arrival arrival;
    private volatile boolean outdated;

    /**
     * Tells {@code follower} on {@code loop} when the header is there, or soon if it is already.
     */
    public void follow(EventExecutor loop, Follower follower) {
        Arrival known;
        synchronized (this) {
            known = arrival;
            if (known == null) {
                followers.add(new Place(loop, follower));
            }
        }
        if (known != null) {
            Arrival landed = known;
            loop.execute(() -> follower.onArrival(landed, true));
        }
    }

    /** Whether its response may be stored: nothing has changed the resource since it started. */
    public boolean current() {
        return !outdated;
    }

    void outdate() {
        outdated = true;
    }

    /** Tells everyone; only the first call counts. */
    void land(Arrival what) {
        List<Place> told;
        synchronized (this) {
            if (arrival != null) {
                return;
            }
            arrival = what;
            told = List.copyOf(followers);
            followers.clear();
        }
        for (Place place : told) {
            place.loop().execute(() -> place.follower().onArrival(what, false));
        }
    }
}
