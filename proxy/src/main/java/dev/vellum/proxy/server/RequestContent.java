package dev.vellum.proxy.server;

import dev.vellum.proxy.exchange.Services;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.net.ProgressWatch;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * How far the content of one connection's current request has come, and whether it is wanted. Used
 * on the connection's loop.
 */
final class RequestContent {

    /** Bytes that are thrown away after the response. */
    private static final int MOST_DISCARDED = 1024 * 1024;

    private final EventLoop loop;
    private final Services services;
    private final Runnable onSlowSender;
    private @Nullable ProgressWatch watch;
    private boolean wanted;
    private boolean ended;
    private int discarded;

    /**
     * @param onSlowSender called when the client sends too slowly what is wanted
     */
    RequestContent(EventLoop loop, Services services, Runnable onSlowSender) {
        this.loop = loop;
        this.services = services;
        this.onSlowSender = onSlowSender;
    }

    /** Whether content follows a head with these fields. */
    static boolean follows(Fields fields) {
        String length = fields.first("Content-Length");
        return length == null ? fields.contains("Transfer-Encoding") : !length.equals("0");
    }

    /** Another request has begun. */
    void next() {
        wanted = false;
        ended = false;
        discarded = 0;
    }

    boolean wanted() {
        return wanted;
    }

    /** Whether all of it has come. */
    boolean ended() {
        return ended;
    }

    /** It is wanted: from here on its sender is watched. */
    void ask() {
        if (watch == null && !ended) {
            watch =
                    new ProgressWatch(
                            loop,
                            services.timeouts().stall(),
                            services.limits().slowestRate().bytes(),
                            onSlowSender);
        }
        wanted = true;
        if (watch != null) {
            watch.heldBack(false);
        }
    }

    /** It has to wait until it is asked for again. */
    void pause() {
        wanted = false;
        if (watch != null) {
            watch.heldBack(true);
        }
    }

    void progressed(int bytes) {
        if (watch != null) {
            watch.progressed(bytes);
        }
    }

    /** Counts what is thrown away; false if that is too much. */
    boolean mayDiscard(int bytes) {
        discarded += bytes;
        return discarded <= MOST_DISCARDED;
    }

    /** It is whole. */
    void end() {
        ended = true;
        stopWatching();
    }

    void stopWatching() {
        if (watch != null) {
            watch.stop();
            watch = null;
        }
    }
}
