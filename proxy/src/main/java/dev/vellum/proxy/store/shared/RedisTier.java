package dev.vellum.proxy.store.shared;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Vary;
import dev.vellum.proxy.store.SharedResponses;
import dev.vellum.proxy.store.disk.BodySource;
import dev.vellum.proxy.store.disk.RecordBytes;
import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.store.purge.Purges;
import io.lettuce.core.RedisException;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Responses in Redis or Valkey, which the proxies of a fleet share. Where it does not answer in
 * time, or at all, it counts as empty: after a few requests in a row nobody asks any more, until it
 * is connected anew.
 */
public final class RedisTier implements SharedResponses {

    /** Lookups under way; beyond them the store counts as empty. */
    private static final int MOST_LOOKUPS = 256;

    /** Lookups in a row without an answer before the link is given up. */
    private static final int PATIENCE = 8;

    private final SharedConfig config;
    private final CachePolicy policy;
    private final SharedCounters counters;
    private final ClientResources resources;
    private final RedisLink.Maker links;
    private final FleetPurges purges;
    private final Fleet fleet;
    private final SharedWriter writer;
    private final AtomicInteger lookups = new AtomicInteger();
    private final AtomicInteger inVain = new AtomicInteger();

    private RedisTier(
            SharedConfig config,
            Purges local,
            Optional<Path> directory,
            CachePolicy policy,
            SharedCounters counters) {
        this.config = config;
        this.policy = policy;
        this.counters = counters;
        resources =
                DefaultClientResources.builder()
                        .ioThreadPoolSize(2)
                        .computationThreadPoolSize(2)
                        .build();
        SecureRandom random = new SecureRandom();
        String self = HexFormat.of().toHexDigits(random.nextLong());
        Optional<Path> memo = directory.map(folder -> folder.resolve("fleet-position"));
        purges = new FleetPurges(local, Fleet.remembered(memo));
        links = RedisLink.maker(config, resources);
        fleet = new Fleet(links, purges, new PurgeStream(config.prefix(), self), memo);
        writer = new SharedWriter(config, fleet, purges, policy, counters, random::nextLong);
    }

    /**
     * Begins to connect; nobody waits for that.
     *
     * @param local this machine's purges
     * @param directory where this machine's responses outlive a restart, if anywhere
     * @param policy by which stored heads are read
     */
    public static RedisTier open(
            SharedConfig config,
            Purges local,
            Optional<Path> directory,
            CachePolicy policy,
            SharedCounters counters) {
        RedisTier tier = new RedisTier(config, local, directory, policy, counters);
        tier.fleet.start();
        tier.writer.start();
        return tier;
    }

    /** Own purges that the others do not know yet. */
    public int untoldPurges() {
        return fleet.untold();
    }

    @Override
    public boolean answers() {
        return fleet.link() != null && lookups.get() < MOST_LOOKUPS;
    }

    @Override
    public void find(CacheKey key, RequestHead request, Consumer<Optional<Found>> action) {
        Instant asked = purges.now();
        String resource = SharedRecord.resource(config.prefix(), key);
        RedisLink link = fleet.link();
        if (link == null) {
            action.accept(Optional.empty());
            return;
        }
        lookups.incrementAndGet();
        CompletableFuture<?> _ =
                value(link, resource, key, request)
                        .orTimeout(config.deadline().toNanos(), TimeUnit.NANOSECONDS)
                        .whenComplete((value, failed) -> {
                            lookups.decrementAndGet();
                            answered(failed == null);
                            Optional<Found> found = Optional.empty();
                            try {
                                found = failed == null ? judge(key, request, asked, value) : found;
                            } finally {
                                action.accept(found); // someone waits, whatever happens
                            }
                        });
    }

    /** What a request selects, not yet judged. */
    private CompletableFuture<Optional<SharedRecord.Value>> value(
            RedisLink link, String resource, CacheKey key, RequestHead request) {
        try {
            return link.commands()
                    .get(resource)
                    .toCompletableFuture()
                    .thenCompose(bytes -> {
                        Optional<SharedRecord.Value> first = read(bytes, key);
                        if (!(first.orElse(null) instanceof SharedRecord.Choice choice)) {
                            return CompletableFuture.completedFuture(first);
                        }
                        return link.commands()
                                .get(SharedRecord.variant(resource, choice, request.fields()))
                                .toCompletableFuture()
                                .thenApply(chosen -> read(chosen, key));
                    });
        } catch (RedisException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private Optional<SharedRecord.Value> read(byte @Nullable [] bytes, CacheKey key) {
        if (bytes == null) {
            return Optional.empty();
        }
        SharedRecord.Value value = SharedRecord.read(bytes, key, policy);
        if (value == null) {
            counters.damaged();
        }
        return Optional.ofNullable(value);
    }

    private Optional<Found> judge(
            CacheKey key, RequestHead request, Instant asked, Optional<SharedRecord.Value> value) {
        Optional<Found> found =
                value.orElse(null) instanceof SharedRecord.Response(var position, var read)
                                && Vary.matches(request, read.response())
                        ? current(key, asked, position, read)
                        : Optional.empty();
        if (found.isPresent()) {
            counters.hit();
        } else {
            counters.miss();
        }
        return found;
    }

    private Optional<Found> current(
            CacheKey key, Instant asked, Position position, RecordBytes.Read read) {
        StoredResponse here = read.response().askedAt(asked);
        return switch (purges.standing(key, read.response(), position)) {
            case CURRENT -> Optional.of(new Found(here, read.trailers(), read.body()));
            case OUTDATED ->
                    Optional.of(new Found(here.invalidate(), read.trailers(), read.body()));
            case PURGED -> Optional.empty();
        };
    }

    private void answered(boolean inTime) {
        if (inTime) {
            inVain.set(0);
            fleet.worked();
        } else {
            counters.noAnswer();
            if (inVain.incrementAndGet() >= PATIENCE) {
                inVain.set(0);
                fleet.breakOff();
            }
        }
    }

    @Override
    public void put(CacheKey key, StoredResponse response, Fields trailers, BodySource body) {
        writer.put(key, response, trailers, body);
    }

    @Override
    public void remove(CacheKey key) {
        writer.remove(key);
    }

    @Override
    public void purge(Collection<Purge> wishes) throws IOException {
        fleet.purge(wishes);
    }

    @Override
    public void close() {
        writer.close();
        fleet.close();
        links.close();
        resources
                .shutdown(0, Duration.ofSeconds(2).toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }
}
