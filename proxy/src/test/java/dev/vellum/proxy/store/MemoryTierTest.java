package dev.vellum.proxy.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.Storability;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MemoryTierTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Authority HOST = new Authority("example.test", 80);

    private final Chunks chunks = new Chunks(Long.MAX_VALUE, 0);

    private static CacheKey key(String path) {
        return new CacheKey("http", HOST, path);
    }

    private Stored stored(String language, int length) {
        RequestHead request =
                new RequestHead(
                        "GET",
                        new RequestTarget.Absolute("http", HOST, "/"),
                        HttpVersion.HTTP_1_1,
                        Fields.of("X-Kind", language));
        ResponseHead head =
                new ResponseHead(
                        HttpVersion.HTTP_1_1,
                        200,
                        "OK",
                        Fields.of("Cache-Control", "max-age=60", "Vary", "X-Kind"));
        if (!(Storability.assess(request, head, NOW, NOW, CachePolicy.EDGE)
                instanceof Storability.Store(var response))) {
            throw new AssertionError("not storable");
        }
        Body body = new Body(chunks, length, true);
        ByteBuf data = Unpooled.wrappedBuffer(new byte[length]);
        body.append(data);
        data.release();
        body.complete(Fields.of(), () -> {});
        return new Stored(response.withLength(length), body, new byte[0]);
    }

    @Test
    void responseReplacesOnlyTheOneThatTheSameRequestWouldHaveGot() {
        try (MemoryTier tier = new MemoryTier(1_000_000)) {
            Stored one = stored("one", 10);
            Stored other = stored("other", 10);
            Stored newer = stored("one", 10);
            for (Stored each : new Stored[] {one, other, newer}) {
                tier.put(key("/"), each);
                each.body().release();
            }
            assertThat(tier.find(key("/"))).containsExactlyInAnyOrder(newer, other);
            assertThat(one.body().tryAcquire()).isFalse();
        }
        assertThat(chunks.used()).isZero();
    }

    @Test
    void noMoreThanSixteenVariantsAreKept() {
        try (MemoryTier tier = new MemoryTier(1_000_000)) {
            for (int i = 0; i < 40; i++) {
                Stored each = stored("kind " + i, 10);
                tier.put(key("/"), each);
                each.body().release();
            }
            assertThat(tier.find(key("/"))).hasSize(MemoryTier.VARIANTS);
            assertThat(chunks.used()).isEqualTo(MemoryTier.VARIANTS * 10L);
        }
    }

    @Test
    void evictedBodiesAreReleased() {
        try (MemoryTier tier = new MemoryTier(100_000)) {
            for (int i = 0; i < 100; i++) {
                Stored each = stored("x", 10_000);
                tier.put(key("/" + i), each);
                each.body().release();
            }
            assertThat(chunks.used()).isBetween(10_000L, 100_000L);
        }
        assertThat(chunks.used()).isZero();
    }

    @Test
    void freshenedResponseKeepsItsBytes() {
        try (MemoryTier tier = new MemoryTier(1_000_000)) {
            Stored old = stored("x", 10);
            tier.put(key("/"), old);
            old.body().release();
            Stored fresh = old.with(old.response(), new byte[1]);
            tier.replace(key("/"), old, fresh);
            assertThat(tier.find(key("/"))).containsExactly(fresh);
            assertThat(chunks.used()).isEqualTo(10);
            tier.invalidate(key("/"));
            assertThat(tier.find(key("/")).getFirst().response().invalidated()).isTrue();
            tier.remove(key("/"));
            assertThat(tier.find(key("/"))).isEmpty();
            assertThat(chunks.used()).isZero();
        }
    }
}
