package dev.vellum.proxy.coding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.BodyReader;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.units.ByteSize;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class CodedBodiesTest {

    private static final long OBJECT_BYTES = 1 << 20;

    private final Chunks chunks = new Chunks(ByteSize.ofMib(64).bytes(), 0);
    private final CodedBodies bodies = new CodedBodies(CodingConfig.DEFAULT, chunks, OBJECT_BYTES);
    private final EventExecutor loop = new DefaultEventExecutor();

    @AfterEach
    void nothingIsHeldOnceAllIsClosed() {
        bodies.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        assertThat(chunks.used()).isZero();
    }

    /** Reads a body to its end on a loop, as a delivery does; fails as the body does. */
    private CompletableFuture<byte[]> read(Body body) {
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        loop.execute(() -> {
            BodyReader[] reader = new BodyReader[1];
            Runnable pump =
                    () -> {
                        BodyReader in = reader[0];
                        for (ByteBuf piece = in.next(5_000);
                                piece != null;
                                piece = in.next(5_000)) {
                            bytes.writeBytes(ByteBufUtil.getBytes(piece));
                            piece.release();
                        }
                        Failure broken = in.failed();
                        if (broken != null) {
                            in.close();
                            whole.completeExceptionally(new IOException(broken.name()));
                        } else if (in.ended()) {
                            in.close();
                            whole.complete(bytes.toByteArray());
                        }
                    };
            BodyReader opened = body.reader(loop, () -> pump.run());
            if (opened == null) { // broken already
                whole.completeExceptionally(new IOException(String.valueOf(body.failure())));
                return;
            }
            reader[0] = opened;
            pump.run();
        });
        return whole;
    }

    private Body growing(boolean keeping) {
        return new Body(chunks, -1, keeping);
    }

    private static byte[] text(int length) {
        return "all work and no play. "
                .repeat(length / 22 + 1)
                .substring(0, length)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void append(Body body, byte[] bytes) {
        body.append(Unpooled.wrappedBuffer(bytes));
        body.wake();
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void aStoredBodyIsCodedOnceAndKept(Coding coding) throws Exception {
        byte[] text = text(300_000);
        Body source = growing(true);
        append(source, text);
        source.complete(Fields.of(), () -> {});

        Body first = Objects.requireNonNull(bodies.of(source, coding, body -> {}));
        assertThat(Decoders.decode(coding, read(first).get())).isEqualTo(text);
        Body second = Objects.requireNonNull(bodies.of(source, coding, body -> {}));
        assertThat(second).isSameAs(first);
        assertThat(second.state()).isEqualTo(Body.State.COMPLETE);
        while (bodies.size() == 0) {
            Thread.sleep(1);
        }
        first.release();
        second.release();
        source.release();
        assertThat(bodies.of(source, coding, body -> {}))
                .satisfiesAnyOf(
                        gone -> assertThat(gone).isNull(),
                        kept -> Objects.requireNonNull(kept).release());
    }

    @Test
    void aGrowingBodyIsCodedAsItGrowsAndWhatHasComeIsNotHeldBack() throws Exception {
        Body source = growing(true);
        Body coded = Objects.requireNonNull(bodies.of(source, Coding.GZIP, body -> {}));
        Body shared = Objects.requireNonNull(bodies.of(source, Coding.GZIP, body -> {}));
        assertThat(shared).isSameAs(coded);
        shared.release();
        CompletableFuture<byte[]> whole = read(coded);
        append(source, text(1_000));
        while (coded.length() < 20) {
            Thread.sleep(5);
        }
        assertThat(coded.state()).isEqualTo(Body.State.GROWING);
        append(source, text(500));
        source.complete(Fields.of("X-End", "1"), () -> {});
        assertThat(Decoders.decode(Coding.GZIP, whole.get())).hasSize(1_500);
        assertThat(coded.trailers()).isEqualTo(Fields.of("X-End", "1"));
        coded.release();
        source.release();
    }

    @Test
    void aBodyThatBreaksOffBreaksItsCodedFormOff() {
        Body source = growing(true);
        Body coded = Objects.requireNonNull(bodies.of(source, Coding.BR, body -> {}));
        CompletableFuture<byte[]> whole = read(coded);
        append(source, text(50_000));
        source.fail(Failure.ORIGIN_CLOSED);
        assertThat(whole).failsWithin(Duration.ofSeconds(20));
        assertThat(coded.state()).isEqualTo(Body.State.FAILED);
        coded.release();
        source.release();
    }

    @Test
    void whatIsTooLargeToKeepGoesNoFasterThanItsReader() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        byte[] noise = new byte[6 << 20];
        random.nextBytes(noise);
        Body source = growing(true);
        append(source, noise);
        source.complete(Fields.of(), () -> {});
        Body coded = Objects.requireNonNull(bodies.of(source, Coding.ZSTD, body -> {}));
        BodyReader stalled = Objects.requireNonNull(coded.reader(loop, () -> {}));
        long before = -1;
        for (long length = 0; length != before; length = coded.length()) {
            before = length;
            Thread.sleep(300);
        }
        assertThat(coded.length()).isLessThan(OBJECT_BYTES + (1 << 20));
        assertThat(coded.state()).isEqualTo(Body.State.GROWING);
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!stalled.ended()) {
            ByteBuf piece = stalled.next(5_000);
            if (piece == null) {
                Thread.sleep(1);
            } else {
                bytes.writeBytes(ByteBufUtil.getBytes(piece));
                piece.release();
            }
        }
        whole.complete(bytes.toByteArray());
        stalled.close();
        assertThat(Decoders.decode(Coding.ZSTD, whole.get())).isEqualTo(noise);
        assertThat(bodies.size()).isZero();
        coded.release();
        source.release();
    }

    @Test
    void nothingIsMadeOfABodyThatIsGone() {
        Body source = growing(true);
        source.release();
        assertThat(bodies.of(source, Coding.GZIP, body -> {})).isNull();
        assertThat(List.of(Coding.values())).hasSize(3);
    }
}
