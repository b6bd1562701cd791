package dev.vellum.proxy.exchange;

import dev.vellum.proxy.access.Destinations;
import dev.vellum.proxy.access.Gate;
import dev.vellum.proxy.coding.CodedBodies;
import dev.vellum.proxy.coding.CodingConfig;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.intercept.Interception;
import dev.vellum.proxy.latent.DecodedPictures;
import dev.vellum.proxy.latent.ModelFiles;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.origin.Connector;
import dev.vellum.proxy.origin.PoolConfig;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.Headroom;
import dev.vellum.proxy.store.InFlight;
import dev.vellum.proxy.store.MemoryConfig;
import dev.vellum.proxy.store.ResponseStore;
import dev.vellum.proxy.store.purge.Purges;
import dev.vellum.proxy.variant.Variants;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What every exchange works with, one immutable snapshot for a request's whole life.
 *
 * @param here this proxy; its client fields are not used
 * @param route which servers may answer a request
 * @param variants other forms of pictures, where they are made
 * @param offer what is made of pictures, and for whom
 * @param decoded latents of the parent made pictures of ({@code client})
 * @param models decoder files that clients may fetch; none at a client
 * @param hold how long a picture is held back at most while a better form of it is made
 * @param random for boundaries between parts, which content must not contain
 * @param ids a number for each request, unlike any before
 */
public record Services(
        Hop here,
        Gate gate,
        Destinations destinations,
        Routing route,
        Connector connector,
        CachePolicy policy,
        ResponseStore store,
        InFlight inFlight,
        Purges purges,
        Chunks chunks,
        Headroom headroom,
        CodingConfig coding,
        CodedBodies codedBodies,
        Optional<Variants> variants,
        Offer offer,
        Optional<DecodedPictures> decoded,
        Optional<ModelFiles> models,
        Duration hold,
        MemoryConfig memory,
        PoolConfig pool,
        Limits limits,
        Timeouts timeouts,
        InstantSource clock,
        LongSupplier random,
        LongSupplier ids,
        ReadyHead readyHead,
        Interception interception,
        Journal journal) {

    /** Constructor from parts that are public. */
    public Services(
            Hop here,
            Gate gate,
            Destinations destinations,
            Routing route,
            Connector connector,
            CachePolicy policy,
            MemoryConfig memory,
            ResponseStore store,
            InFlight inFlight,
            Purges purges,
            Chunks chunks,
            Headroom headroom,
            CodingConfig coding,
            CodedBodies codedBodies,
            Optional<Variants> variants,
            Offer offer,
            Optional<DecodedPictures> decoded,
            Optional<ModelFiles> models,
            Duration hold,
            PoolConfig pool,
            Limits limits,
            Timeouts timeouts,
            InstantSource clock,
            LongSupplier random,
            LongSupplier ids,
            Interception interception,
            Journal journal) {
        this(
                here,
                gate,
                destinations,
                route,
                connector,
                policy,
                store,
                inFlight,
                purges,
                chunks,
                headroom,
                coding,
                codedBodies,
                variants,
                offer,
                decoded,
                models,
                hold,
                memory,
                pool,
                limits,
                timeouts,
                clock,
                random,
                ids,
                new ReadyHead(here),
                interception,
                journal);
    }
}
