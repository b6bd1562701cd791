package dev.vellum.proxy.exchange;

import dev.vellum.proxy.exchange.SelectedResponse.Segment;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.BodyFile;
import dev.vellum.proxy.store.BodyFiles;
import dev.vellum.proxy.store.BodyReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries a body, or pieces of it, to its client, as fast as both allow. Used on the client's loop.
 */
final class Delivery {

    private static final int STEP = 64 * 1024;

    /** Of a file nothing is held here while it waits. */
    private static final int FILE_STEP = 256 * 1024;

    /** Who wants to know how a delivery ends. */
    interface End {

        /**
         * Called once, unless the delivery is cancelled.
         *
         * @param broken why the client did not get all; null if it did
         */
        void onDelivered(@Nullable Failure broken);
    }

    private final Client client;
    private final End end;
    private final BodyReader reader;
    private final @Nullable BodyFile file;
    private final Iterator<Segment> segments;
    private long sent;
    private boolean over;

    private Delivery(
            Body body, @Nullable BodyFile file, Client client, End end, List<Segment> segments)
            throws BodyGone {
        this.client = client;
        this.end = end;
        this.segments = segments.isEmpty() ? Collections.emptyIterator() : segments.iterator();
        BodyReader opened = body.reader(client.loop(), this::pump);
        if (opened == null) {
            throw new BodyGone();
        }
        this.reader = opened;
        this.file = file;
    }

    /** The body was released, or broke off, before it could be read. */
    private static final class BodyGone extends Exception {
        private static final long serialVersionUID = 1;

        BodyGone() {
            super(null, null, false, false);
        }
    }

    /** A delivery of all of {@code body}, begun by {@link #pump}; null if the body is gone. */
    static @Nullable Delivery of(Body body, Client client, End end) {
        return made(body, null, client, end, List.of());
    }

    /**
     * A delivery of pieces of a body that is complete; of all of it if there are none.
     *
     * @param files where the kernel may find it
     */
    static @Nullable Delivery of(
            Body body, BodyFiles files, Client client, End end, List<Segment> segments) {
        return made(body, client.takesFiles() ? files.of(body) : null, client, end, segments);
    }

    private static @Nullable Delivery made(
            Body body, @Nullable BodyFile file, Client client, End end, List<Segment> segments) {
        try {
            Delivery delivery = new Delivery(body, file, client, end, segments);
            if (!segments.isEmpty()) {
                delivery.reader.limit(0, 0);
            }
            return delivery;
        } catch (BodyGone gone) {
            if (file != null) {
                file.release();
            }
            return null;
        }
    }

    /** Content bytes handed over so far. */
    long sent() {
        return sent;
    }

    /** Sends what there is while the client takes it. */
    void pump() {
        if (!over) {
            sendAll();
            client.flush();
        }
    }

    private void sendAll() {
        while (!over) {
            if (reader.ended() && !segments.hasNext()) {
                over = true;
                client.end(reader.trailers());
                close();
                end.onDelivered(null);
            } else if (!client.writable()) {
                return;
            } else if (reader.ended()) {
                begin(segments.next());
            } else if (!sendNext()) {
                return;
            }
        }
    }

    private void begin(Segment segment) {
        if (!segment.before().isEmpty()) {
            send(Unpooled.copiedBuffer(segment.before(), StandardCharsets.ISO_8859_1));
        }
        reader.limit(segment.first(), segment.end());
    }

    private boolean sendNext() {
        if (file != null) {
            long first = reader.position();
            int count = reader.skip(FILE_STEP);
            sent += count;
            client.data(file.region(first, count));
            return true;
        }
        ByteBuf slice = reader.next(STEP);
        if (slice != null) {
            send(slice);
            return true;
        }
        if (reader.ended()) {
            return true;
        }
        Failure failure = reader.failed();
        if (failure != null) {
            over = true;
            client.reset();
            close();
            end.onDelivered(failure);
        }
        return false;
    }

    private void send(ByteBuf data) {
        sent += data.readableBytes();
        client.data(data);
    }

    /** The client is gone. */
    void cancel() {
        if (!over) {
            over = true;
            close();
        }
    }

    private void close() {
        reader.close();
        if (file != null) {
            file.release();
        }
    }
}
