package dev.vellum.proxy.origin;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.net.Channels;
import dev.vellum.proxy.origin.Connector.Connection;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One race of connection attempts (RFC 8305 section 5): the next address starts when the last
 * attempt failed, or has taken {@link #ATTEMPT_DELAY}; the first to connect wins and the others are
 * closed. Used on its loop only, but for its creation.
 */
final class ConnectionRace {

    /** RFC 8305 section 5: recommended 250 milliseconds. */
    static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final Consumer<Connection> done;
    private final Deque<InetSocketAddress> waiting = new ArrayDeque<>();
    private final List<ChannelFuture> running = new ArrayList<>();
    private final Future<?> deadline;
    private @Nullable Future<?> nextStart;
    private Failure lastFailure = Failure.ORIGIN_REFUSED;
    private boolean over;

    ConnectionRace(
            Bootstrap bootstrap, EventLoop loop, Duration timeout, Consumer<Connection> done) {
        this.bootstrap = bootstrap;
        this.loop = loop;
        this.done = done;
        this.deadline =
                loop.schedule(
                        () -> lose(Failure.ORIGIN_CONNECT_TIMEOUT),
                        timeout.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** Runs it over {@code order}, which is not empty. */
    void start(List<InetSocketAddress> order) {
        waiting.addAll(order);
        startNext();
    }

    private void startNext() {
        InetSocketAddress address = waiting.poll();
        if (over || address == null) {
            return;
        }
        ChannelFuture attempt = bootstrap.connect(address);
        running.add(attempt);
        nextStart = loop.schedule(this::startNext, ATTEMPT_DELAY.toMillis(), TimeUnit.MILLISECONDS);
        attempt.addListener(ignored -> finished(attempt));
    }

    private void finished(ChannelFuture attempt) {
        running.remove(attempt);
        if (over) {
            Channels.close(attempt.channel());
        } else if (attempt.isSuccess()) {
            win(attempt);
        } else {
            lastFailure =
                    attempt.cause() instanceof ConnectTimeoutException
                            ? Failure.ORIGIN_CONNECT_TIMEOUT
                            : Failure.ORIGIN_REFUSED;
            cancelNextStart();
            if (!waiting.isEmpty()) {
                startNext();
            } else if (running.isEmpty()) {
                lose(lastFailure);
            }
        }
    }

    private void win(ChannelFuture attempt) {
        end();
        done.accept(new Connection.Opened(attempt.channel()));
    }

    /** Ends it without a connection, if it is not over. */
    void lose(Failure failure) {
        if (!over) {
            end();
            done.accept(new Connection.Failed(failure));
        }
    }

    private void end() {
        over = true;
        deadline.cancel(false);
        cancelNextStart();
        for (ChannelFuture attempt : List.copyOf(running)) {
            attempt.cancel(false);
            Channels.close(attempt.channel());
        }
    }

    private void cancelNextStart() {
        if (nextStart != null) {
            nextStart.cancel(false);
        }
    }
}
