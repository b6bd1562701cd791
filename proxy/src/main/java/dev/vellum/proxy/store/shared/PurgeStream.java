package dev.vellum.proxy.store.shared;

import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.store.purge.PurgeText;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XReadArgs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stream in which the proxies of a fleet tell each other of purges. */
final class PurgeStream {

    private static final Logger LOG = LoggerFactory.getLogger(PurgeStream.class);

    /** About how many purges the stream keeps. */
    static final int LENGTH = 100_000;

    private static final int PAGE = 1_000;
    private static final Duration NEWS = Duration.ofSeconds(1);
    private static final String FROM = "from";
    private static final String PURGE = "purge";

    private final String name;
    private final String self;

    /**
     * @param self a name that no other proxy has, nor this one at another start
     */
    PurgeStream(String prefix, String self) {
        this.name = prefix + ":purges";
        this.self = self;
    }

    /**
     * Purges of others.
     *
     * @param last position of the last entry, whoever made it
     */
    record Page(Map<Position, Purge> purges, Position last, int size) {}

    /** Adds a purge; its position. */
    Position add(RedisLink link, Purge purge) throws IOException, InterruptedException {
        Map<String, byte[]> body = Map.of(FROM, bytes(self), PURGE, bytes(PurgeText.write(purge)));
        XAddArgs args = XAddArgs.Builder.maxlen(LENGTH).approximateTrimming();
        return Position.parse(RedisLink.await(link.commands().xadd(name, args, body)));
    }

    long length(RedisLink link) throws IOException, InterruptedException {
        return RedisLink.await(link.commands().xlen(name));
    }

    /** Position of the oldest entry; the start if there is none. */
    Position oldest(RedisLink link) throws IOException, InterruptedException {
        var first = RedisLink.await(link.commands().xrange(name, Range.unbounded(), Limit.from(1)));
        return first.isEmpty() ? Position.START : Position.parse(first.getFirst().getId());
    }

    boolean has(RedisLink link, Position position) throws IOException, InterruptedException {
        Range<String> range = Range.create(position.toString(), position.toString());
        return !RedisLink.await(link.commands().xrange(name, range)).isEmpty();
    }

    /** A page of what there is after a position. */
    Page after(RedisLink link, Position position) throws IOException, InterruptedException {
        Range<String> range =
                Range.from(
                        Range.Boundary.excluding(position.toString()), Range.Boundary.unbounded());
        return page(
                position, RedisLink.await(link.commands().xrange(name, range, Limit.from(PAGE))));
    }

    /** Waits a little for what comes after a position. */
    @SuppressWarnings("unchecked") // an array of one, made for the call
    Page news(RedisLink link, Position position) throws IOException, InterruptedException {
        XReadArgs args = XReadArgs.Builder.block(NEWS).count(PAGE);
        var answer =
                link.waitingCommands()
                        .xread(args, XReadArgs.StreamOffset.from(name, position.toString()));
        return page(position, RedisLink.await(answer, NEWS.plus(RedisLink.PATIENCE)));
    }

    private Page page(Position after, List<StreamMessage<String, byte[]>> messages) {
        Map<Position, Purge> purges = new TreeMap<>();
        Position last = after;
        for (StreamMessage<String, byte[]> message : messages) {
            last = Position.parse(message.getId());
            byte[] purge = message.getBody().get(PURGE);
            byte[] from = message.getBody().get(FROM);
            if (purge == null || (from != null && text(from).equals(self))) {
                continue;
            }
            try {
                purges.put(last, PurgeText.read(text(purge)));
            } catch (IllegalArgumentException unknown) {
                // a kind of a later version: what it purges cannot be told
                LOG.warn(
                        "a purge of the fleet is not known here, so everything is purged", unknown);
                purges.put(last, new Purge(new Purge.Target.Everything(), false));
            }
        }
        return new Page(purges, last, messages.size());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
