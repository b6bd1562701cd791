package dev.vellum.proxy.store.disk;

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
import dev.vellum.proxy.http.StoredResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Responses whose head says what their body must be: resource and revision decide every byte, and
 * the length.
 */
final class Samples {

    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private Samples() {}

    /** What was found on disk. */
    record Found(int revision, ByteBuffer body, DiskResponse.Transfer transfer, Fields trailers) {}

    static CacheKey key(int resource) {
        return new CacheKey("http", new Authority("a.example", 80), "/" + resource);
    }

    static StoredResponse response(int resource, int revision, String... requestFields) {
        CacheKey key = key(resource);
        RequestHead request =
                new RequestHead(
                        "GET",
                        new RequestTarget.Absolute(
                                key.scheme(), key.authority(), key.pathAndQuery()),
                        HttpVersion.HTTP_1_1,
                        Fields.of(requestFields));
        Fields fields =
                Fields.of(
                        "Cache-Control", "max-age=1000", "X-Revision", Integer.toString(revision));
        if (requestFields.length > 0) {
            fields = fields.plus("Vary", requestFields[0]);
        }
        ResponseHead head = new ResponseHead(HttpVersion.HTTP_1_1, 200, "OK", fields);
        Storability assessed =
                Storability.assess(request, head, NOW, NOW.plusMillis(3), CachePolicy.FORWARD);
        assertThat(assessed).isInstanceOf(Storability.Store.class);
        return ((Storability.Store) assessed)
                .response()
                .withLength(body(resource, revision).length);
    }

    /** 0 bytes to 200 KB: none, less than a chunk, just a chunk, several. */
    static byte[] body(int resource, int revision) {
        SplittableRandom random = new SplittableRandom(resource * 1_000_003L + revision);
        int length =
                switch (random.nextInt(10)) {
                    case 0 -> 0;
                    case 1 -> RecordFormat.CHUNK;
                    case 2, 3 -> random.nextInt(200_000);
                    default -> random.nextInt(8_000);
                };
        byte[] body = new byte[length];
        random.nextBytes(body);
        return body;
    }

    static void put(DiskTier tier, int resource, int revision, String... requestFields) {
        tier.put(
                key(resource),
                response(resource, revision, requestFields),
                Fields.of("X-Trailer", "t" + revision),
                source(body(resource, revision)));
    }

    static BodySource source(byte[] bytes) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        return new BodySource() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public @Nullable ByteBuffer next() {
                // pieces that do not fall together with the chunks on disk
                int count = Math.min(left.remaining(), 10_007);
                ByteBuffer piece = left.slice(left.position(), count);
                left.position(left.position() + count);
                return count == 0 ? null : piece;
            }

            @Override
            public void close() {}
        };
    }

    /** Everything found for a resource, read to its end. */
    static List<Found> find(DiskTier tier, int resource) {
        List<Found> all = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        boolean called =
                tier.find(
                        key(resource),
                        responses -> {
                            for (DiskResponse response : responses) {
                                all.add(read(response));
                            }
                            done.countDown();
                        });
        try {
            assertThat(!called || done.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        return all;
    }

    private static Found read(DiskResponse response) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DiskResponse.Transfer transfer =
                response.transfer(chunk -> {
                    byte[] bytes = new byte[chunk.remaining()];
                    chunk.get(bytes);
                    body.writeBytes(bytes);
                });
        String revision = response.response().head().fields().first("X-Revision");
        return new Found(
                Integer.parseInt(String.valueOf(revision)),
                ByteBuffer.wrap(body.toByteArray()),
                transfer,
                response.trailers());
    }

    /**
     * Checks what was found against what its head says: the whole body, or, where it broke off,
     * chunks from its beginning.
     *
     * @return whether it was whole
     */
    static boolean check(int resource, Found found) {
        byte[] right = body(resource, found.revision());
        byte[] bytes = found.body().array();
        return switch (found.transfer()) {
            case WHOLE -> {
                assertThat(bytes).as("body of %d", resource).isEqualTo(right);
                yield true;
            }
            case NOTHING -> {
                assertThat(bytes).isEmpty();
                yield false;
            }
            case BROKEN_OFF -> {
                assertThat(bytes).hasSizeLessThan(right.length);
                assertThat(right).as("body of %d", resource).startsWith(bytes);
                yield false;
            }
        };
    }
}
