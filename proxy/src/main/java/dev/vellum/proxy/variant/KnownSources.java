package dev.vellum.proxy.variant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Sniffer;
import dev.vellum.proxy.picture.Sniffing;
import dev.vellum.proxy.picture.VariantMaker;
import dev.vellum.proxy.store.Chunks;
import io.netty.util.concurrent.EventExecutor;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of sources: the picture and its variants, or why nothing can be made of it.
 * Whatever was forgotten is read from the source again. Thread-safe.
 */
final class KnownSources {

    /** Sources that something is known of, at a few hundred bytes each. */
    private static final long INDEXED = 100_000;

    private static final WeakReference<Presentation.Presented> NOTHING = new WeakReference<>(null);

    private final PictureConfig config;

    /** Held while a long source is read, so that one copy at most is on the heap. */
    private final Lock reading = new ReentrantLock();

    private final Cache<SourceKey, Known> indexes =
            Caffeine.newBuilder().maximumSize(INDEXED).executor(Runnable::run).build();

    /**
     * A source, and whether the store holds latents in its place: then other forms can be made, and
     * fewer.
     */
    private record SourceKey(CacheKey key, String digest, boolean master) {
        static SourceKey of(Source source) {
            return new SourceKey(source.key(), source.digest(), source.master().isPresent());
        }

        // as of CacheKey

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof SourceKey that
                    && master == that.master
                    && digest.equals(that.digest)
                    && key.equals(that.key);
        }

        @Override
        public int hashCode() {
            return 31 * key.hashCode() + digest.hashCode();
        }
    }

    /** What is known of a source. */
    sealed interface Known {
        record Picture(VariantIndex index) implements Known {}

        /**
         * Nothing can be made of it.
         *
         * @param last how it went out last, which holds as long as it has the same head
         */
        record Unsuitable(
                Bypass reason, AtomicReference<WeakReference<Presentation.Presented>> last)
                implements Known {
            Unsuitable(Bypass reason) {
                this(reason, new AtomicReference<>(NOTHING));
            }
        }
    }

    KnownSources(PictureConfig config) {
        this.config = config;
    }

    /** Nothing can be made of a source. */
    void unsuitable(Source source, Bypass reason) {
        indexes.put(SourceKey.of(source), new Known.Unsuitable(reason));
    }

    /** What took the place of a picture does not do for someone: next time it is to stay. */
    void wantOriginal(Source source) {
        SourceKey at = new SourceKey(source.key(), source.digest(), false);
        VariantMaker.Lost lost = source.master().orElseThrow().lost();
        Known known =
                indexes.get(at, ignored -> new Known.Picture(new VariantIndex(lost.header())));
        if (known instanceof Known.Picture(var index)) {
            index.wantOriginal();
        }
    }

    /**
     * Tells what is known of a source; before this returns if it is, or if the source is short.
     *
     * @param action told on {@code loop}
     */
    void whenKnown(Source source, EventExecutor loop, Consumer<Known> action) {
        SourceKey at = SourceKey.of(source);
        Known known = indexes.getIfPresent(at);
        if (known != null) {
            action.accept(known);
        } else if (source.master().isPresent()
                || source.length() <= Chunks.SIZE
                || isOutOfBounds(source)) {
            action.accept(learn(at, source));
        } else {
            Thread.ofVirtual()
                    .name("picture-header")
                    .start(() -> {
                        Known read = alone(at, source);
                        loop.execute(() -> action.accept(read));
                    });
        }
    }

    private Known alone(SourceKey at, Source source) {
        reading.lock();
        try {
            Known known = indexes.getIfPresent(at);
            return known == null ? learn(at, source) : known;
        } finally {
            reading.unlock();
        }
    }

    private Known learn(SourceKey at, Source source) {
        Known looked = look(source);
        return indexes.get(at, ignored -> looked);
    }

    private boolean isOutOfBounds(Source source) {
        return source.length() < config.guard().leastBytes()
                || source.length() > config.limits().sourceBytes().bytes();
    }

    /** Frames are counted, so that all is read; but for what is no picture from the beginning. */
    private Known look(Source source) {
        if (source.master().isPresent()) {
            Master master = source.master().get();
            VariantIndex index = new VariantIndex(master.lost().header());
            index.hold(
                    master.variant(), source.stored().response().content().length(), master.tag());
            return new Known.Picture(index);
        }
        if (source.length() < config.guard().leastBytes()) {
            return new Known.Unsuitable(Bypass.TINY);
        }
        if (source.length() > config.limits().sourceBytes().bytes()) {
            return new Known.Unsuitable(Bypass.TOO_MANY_BYTES);
        }
        Sniffing first = Sniffer.sniff(source.stored().body().bytes(Chunks.SIZE));
        boolean more = source.length() > Chunks.SIZE && !(first instanceof Sniffing.Unknown);
        Sniffing all = more ? Sniffer.sniff(source.stored().body().bytes()) : first;
        return switch (all) {
            case Sniffing.Unknown() -> new Known.Unsuitable(Bypass.NOT_A_PICTURE);
            case Sniffing.Malformed malformed -> new Known.Unsuitable(Bypass.MALFORMED);
            case Sniffing.Found(var header) -> new Known.Picture(new VariantIndex(header));
        };
    }
}
