package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.origin.OriginConnection;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.BodyReader;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.variant.Variants;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The content of a response on its way from the origin into a body, which clients read and which
 * the store keeps when it is whole. A body that is not kept holds its origin back. Used on the
 * fetch's loop.
 */
final class Intake {

    /** Bytes that a body which is not kept may be ahead of its fastest reader. */
    private static final int WINDOW = 256 * 1024;

    private final Services services;
    private final EventLoop loop;
    private final FetchPlan plan;
    private final @Nullable OriginConnection connection;
    private final Body body;
    private @Nullable StoredResponse storing;
    private final @Nullable MessageDigest digest;
    private boolean paused;
    private long fetched;
    private long firstByte;

    /** Bytes that the body must have in the end; -1 where the origin's framing tells. */
    private long promised = -1;

    private boolean over;

    private Intake(
            Services services,
            EventLoop loop,
            FetchPlan plan,
            @Nullable OriginConnection connection,
            Body body,
            @Nullable StoredResponse storing) {
        this.services = services;
        this.loop = loop;
        this.plan = plan;
        this.connection = connection;
        this.body = body;
        this.storing = storing;
        this.digest = identifies(services, storing) ? sha256() : null;
        body.onRead(this::onRead);
    }

    /** Pictures are known by their bytes, so that a variant of others is never sent for them. */
    private static boolean identifies(Services services, @Nullable StoredResponse storing) {
        return storing != null
                && services.variants().isPresent()
                && storing.isComplete()
                && Variants.identifies(storing.head());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is in every JDK", impossible);
        }
    }

    private void append(ByteBuf data) {
        if (digest != null && storing != null) {
            for (ByteBuffer part : data.nioBuffers()) {
                digest.update(part);
            }
        }
        body.append(data);
    }

    /** Whether there is room to keep a body of this length; -1 if it is not known. */
    static boolean fits(Services services, long length) {
        return length <= services.memory().objectBytes().bytes() && services.headroom().mayKeep();
    }

    /** The intake of a response that is to be stored. */
    static Intake keeping(
            Services services,
            EventLoop loop,
            FetchPlan plan,
            @Nullable OriginConnection connection,
            StoredResponse response,
            long length) {
        Body body = new Body(services.chunks(), length, true);
        return new Intake(services, loop, plan, connection, body, response);
    }

    /** The intake of a response that is not. */
    static Intake passing(
            Services services,
            EventLoop loop,
            FetchPlan plan,
            @Nullable OriginConnection connection,
            long length) {
        Body body = new Body(services.chunks(), length, false);
        Intake intake = new Intake(services, loop, plan, connection, body, null);
        body.pass(services.memory().objectBytes().bytes());
        return intake;
    }

    /**
     * Puts the bytes that are stored already before those that come.
     *
     * @param length bytes that both have together
     */
    void beginWith(BodyReader held, long length) {
        promised = length;
        try (held) {
            for (ByteBuf bytes = held.next(Chunks.SIZE);
                    bytes != null;
                    bytes = held.next(Chunks.SIZE)) {
                append(bytes);
                bytes.release();
            }
        }
    }

    Body body() {
        return body;
    }

    /** Content bytes received so far. */
    long fetched() {
        return fetched;
    }

    /** Whether the body is whole, or never will be. */
    boolean over() {
        return over;
    }

    void data(ByteBuf data) {
        firstByte = fetched == 0 ? System.nanoTime() : firstByte;
        fetched += data.readableBytes();
        boolean keeping = body.keeping();
        if (keeping
                && (fetched > services.memory().objectBytes().bytes()
                        || services.chunks().crowded())) {
            // too much to store: from here on it only passes by
            stopStoring();
            keeping = false;
            if (over) {
                return;
            }
        }
        append(data);
        if (!keeping && !paused && body.ahead() >= WINDOW && connection != null) {
            paused = true;
            connection.pause();
        }
    }

    private void stopStoring() {
        body.pass(services.memory().objectBytes().bytes());
        storing = null;
        plan.endFlight(services.inFlight());
        dropIfUnwanted();
    }

    /** Ends what nobody reads and is not to be stored. */
    void dropIfUnwanted() {
        if (!body.keeping() && body.readers() == 0) {
            if (!over && connection != null) {
                connection.abandon();
            }
            fail(Failure.ORIGIN_CLOSED);
        }
    }

    /** On the thread of some reader. */
    private void onRead() {
        if (loop.inEventLoop()) {
            afterRead();
        } else {
            loop.execute(this::afterRead);
        }
    }

    private void afterRead() {
        if (over || body.keeping()) {
            return;
        }
        dropIfUnwanted();
        if (!over && paused && body.ahead() < WINDOW / 2 && connection != null) {
            paused = false;
            connection.resume();
        }
    }

    void end(Fields trailers) {
        if (over) {
            return;
        }
        if (promised >= 0 && body.length() != promised) {
            fail(Failure.RESPONSE_INCOMPLETE);
            return;
        }
        over = true;
        services.decoded()
                .ifPresent(
                        decoded -> decoded.link().arrived(fetched, System.nanoTime() - firstByte));
        body.complete(
                trailers,
                () -> {
                    store();
                    plan.endFlight(services.inFlight());
                });
        body.release();
    }

    private void store() {
        StoredResponse response = storing;
        CacheKey key = plan.key();
        if (response == null || key == null || plan.outdated()) {
            return;
        }
        long length = body.length();
        if (response.content() instanceof Content.Part part && part.length() != length) {
            return;
        }
        String id = digest == null ? "" : HexFormat.of().formatHex(digest.digest());
        StoredResponse complete = response.isComplete() ? response.withBytes(length, id) : response;
        services.store().put(key, new Stored(complete, body, services.readyHead().of(complete)));
    }

    /** Breaks the body off for everyone who reads it. */
    void fail(Failure failure) {
        if (over) {
            return;
        }
        over = true;
        plan.endFlight(services.inFlight());
        body.fail(failure);
        body.release();
    }
}
