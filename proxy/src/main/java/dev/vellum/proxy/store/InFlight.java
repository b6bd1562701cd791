package dev.vellum.proxy.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.vellum.proxy.http.CacheKey;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * Fetches under way, so that requests for the same response wait for one of them; and, for keys
 * where waiting was in vain lately, the mark that says not to (a hit-for-miss).
 */
public final class InFlight {

    /** How long requests for a key whose response could not be shared go to the origin each. */
    static final Duration NOT_SHARED = Duration.ofSeconds(30);

    private final ConcurrentMap<CacheKey, Flight> flights = new ConcurrentHashMap<>();
    private final Cache<CacheKey, Boolean> notShared;

    /** How a request stands to the fetch of its key. */
    public sealed interface Place {
        /** It fetches, for others too. */
        record Leader(Flight flight) implements Place {}

        /** Another one fetches. */
        record Follower(Flight flight) implements Place {}

        /** It fetches for itself. */
        record Alone() implements Place {}
    }

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    public InFlight(LongSupplier nanoTime) {
        Ticker ticker = nanoTime::getAsLong;
        notShared =
                Caffeine.newBuilder()
                        .maximumSize(100_000)
                        .expireAfterWrite(NOT_SHARED)
                        .ticker(ticker)
                        .executor(Runnable::run)
                        .build();
    }

    /** Joins the fetch for {@code key}, or starts it. */
    public Place join(CacheKey key) {
        Flight mine = new Flight();
        if (notShared.getIfPresent(key) != null) {
            return new Place.Alone();
        }
        Flight first = flights.putIfAbsent(key, mine);
        return first == null ? new Place.Leader(mine) : new Place.Follower(first);
    }

    /** Starts a fetch nobody waits for; false if there is one already. */
    public boolean isUnderWay(CacheKey key) {
        return flights.containsKey(key);
    }

    /** The header of a flight is there; those that come later are told the same until it ends. */
    public void land(CacheKey key, Flight flight, Flight.Arrival arrival) {
        if (arrival instanceof Flight.Arrival.NotShared) {
            notShared.put(key, Boolean.TRUE);
        } else if (arrival instanceof Flight.Arrival.Shared) {
            notShared.invalidate(key);
        }
        flight.land(arrival);
    }

    /** Marks a key whose response did not fit one who waited. */
    public void markNotShared(CacheKey key) {
        notShared.put(key, Boolean.TRUE);
    }

    /**
     * The resource may have changed while its fetch is under way: those that wait get what it
     * brings, as they asked before, but nobody joins it any more and its response is not stored.
     */
    public void invalidate(CacheKey key) {
        Flight flight = flights.remove(key);
        if (flight != null) {
            flight.outdate();
        }
    }

    /** The flight is over: the store has its response, or nobody will. */
    public void end(CacheKey key, Flight flight) {
        flights.remove(key, flight);
    }
}
