package dev.vellum.proxy.h2;

import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Looks now and then whether a peer, or one of its streams, has come to a halt. */
final class StallWatch {

    private final Channel channel;
    private final Limits limits;
    private final Timeouts timeouts;
    private final Future<?> timer;
    private long blockSince;
    private long pending;
    private long pendingSince;

    /**
     * Begins to look.
     *
     * @param look called each time, on the channel's loop
     */
    StallWatch(Channel channel, Limits limits, Timeouts timeouts, Runnable look) {
        this.channel = channel;
        this.limits = limits;
        this.timeouts = timeouts;
        long period = period(timeouts).toMillis();
        this.timer =
                channel.eventLoop()
                        .scheduleAtFixedRate(look, period, period, TimeUnit.MILLISECONDS);
    }

    private static Duration period(Timeouts timeouts) {
        Duration shortest = timeouts.requestHeader();
        for (Duration other : List.of(timeouts.keepAlive(), timeouts.stall())) {
            shortest = shortest.compareTo(other) < 0 ? shortest : other;
        }
        return Duration.ofMillis(Math.max(1, shortest.toMillis() / 4));
    }

    /**
     * Some frames were read.
     *
     * @param inBlock whether a field block has begun and not ended
     * @param same whether that is so since before
     */
    void read(boolean inBlock, boolean same) {
        if (!inBlock) {
            blockSince = 0;
        } else if (!same) {
            blockSince = System.nanoTime();
        }
    }

    /** Whether the peer takes too long for a field block. */
    boolean slowBlock(long now) {
        return blockSince != 0 && now - blockSince > timeouts.requestHeader().toNanos();
    }

    /** Whether the peer has read nothing for so long; to be asked each time. */
    boolean notRead(long now) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        long left = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        if (left == 0 || left != pending) {
            pending = left;
            pendingSince = now;
            return false;
        }
        return now - pendingSince > timeouts.stall().toNanos();
    }

    /** Whether the stream's content goes out too slowly; to be asked each time. */
    boolean stalled(Http2Stream stream, long now) {
        long least = limits.slowestRate().bytes() * Math.max(1, timeouts.stall().toSeconds());
        return stream.stalled(now, timeouts.stall().toNanos(), least);
    }

    void stop() {
        timer.cancel(false);
    }
}
