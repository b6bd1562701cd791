package dev.vellum.proxy.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BodyTest {

    private final Chunks chunks = new Chunks(Long.MAX_VALUE, 0);
    private final AtomicInteger wakes = new AtomicInteger();

    private BodyReader reader(Body body) {
        BodyReader reader = body.reader(ImmediateEventExecutor.INSTANCE, wakes::incrementAndGet);
        assertThat(reader).isNotNull();
        return reader;
    }

    private static void append(Body body, byte[] bytes) {
        ByteBuf data = Unpooled.wrappedBuffer(bytes);
        body.append(data);
        body.wake();
        data.release();
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void drain(BodyReader reader, ByteArrayOutputStream into) {
        for (ByteBuf slice = reader.next(10_000); slice != null; slice = reader.next(10_000)) {
            byte[] bytes = new byte[slice.readableBytes()];
            slice.readBytes(bytes);
            into.writeBytes(bytes);
            slice.release();
        }
    }

    @Test
    void readersThatJoinAtAnyMomentReadTheSameBytes() {
        byte[] all = random(300_000, 1);
        Body body = new Body(chunks, -1, true);
        ByteArrayOutputStream early = new ByteArrayOutputStream();
        ByteArrayOutputStream late = new ByteArrayOutputStream();
        BodyReader first = reader(body);
        append(body, java.util.Arrays.copyOfRange(all, 0, 100_000));
        drain(first, early);
        append(body, java.util.Arrays.copyOfRange(all, 100_000, 300_000));
        BodyReader second = reader(body);
        body.complete(Fields.of("X-Sum", "1"), () -> {});
        drain(first, early);
        drain(second, late);

        assertThat(first.ended()).isTrue();
        assertThat(second.ended()).isTrue();
        assertThat(second.trailers().first("X-Sum")).isEqualTo("1");
        assertThat(early.toByteArray()).isEqualTo(all);
        assertThat(late.toByteArray()).isEqualTo(all);
        first.close();
        second.close();
        body.release();
        assertThat(chunks.used()).isZero();
    }

    @Test
    void readerThatRanDryIsWokenOnceForEachBatchAndAtTheEnd() {
        Body body = new Body(chunks, -1, true);
        BodyReader reader = reader(body);
        assertThat(reader.next(100)).isNull();
        append(body, random(10, 2));
        append(body, random(10, 3));
        assertThat(wakes).hasValue(1);
        drain(reader, new ByteArrayOutputStream());
        body.complete(Fields.of(), () -> {});
        assertThat(wakes).hasValue(2);
        reader.close();
        body.release();
    }

    @Test
    void failureReachesReadersOfTodayAndRefusesThoseOfTomorrow() {
        Body body = new Body(chunks, 100, true);
        BodyReader reader = reader(body);
        append(body, random(50, 4));
        body.fail(Failure.ORIGIN_CLOSED);

        assertThat(reader.next(100)).isNull();
        assertThat(reader.ended()).isFalse();
        assertThat(reader.failed()).isEqualTo(Failure.ORIGIN_CLOSED);
        assertThat(body.reader(ImmediateEventExecutor.INSTANCE, () -> {})).isNull();
        reader.close();
        body.release();
        assertThat(chunks.used()).isZero();
    }

    @Test
    void releasedBodyCannotBeAcquiredAgain() {
        Body body = new Body(chunks, 5, true);
        append(body, random(5, 5));
        body.complete(Fields.of(), () -> {});
        assertThat(body.tryAcquire()).isTrue();
        body.release();
        body.release();
        assertThat(body.tryAcquire()).isFalse();
        assertThat(body.reader(ImmediateEventExecutor.INSTANCE, () -> {})).isNull();
    }

    @Test
    void sliceOutlivesItsBody() {
        byte[] bytes = random(1000, 6);
        Body body = new Body(chunks, 1000, true);
        append(body, bytes);
        body.complete(Fields.of(), () -> {});
        BodyReader reader = reader(body);
        ByteBuf slice = reader.next(1000);
        reader.close();
        body.release();
        assertThat(slice).isNotNull();
        assertThat(slice).isEqualTo(Unpooled.wrappedBuffer(bytes));
        assertThat(slice.release()).isTrue();
    }

    @Test
    void smallBodyTakesAboutItsSize() {
        Body known = new Body(chunks, 2000, true);
        append(known, random(2000, 7));
        known.complete(Fields.of(), () -> {});
        assertThat(known.footprint()).isEqualTo(2000);

        Body unknown = new Body(chunks, -1, true);
        append(unknown, random(2000, 8));
        assertThat(unknown.footprint()).isEqualTo(Chunks.SIZE);
        unknown.complete(Fields.of(), () -> {});
        assertThat(unknown.footprint()).isEqualTo(2000);
        known.release();
        unknown.release();
        assertThat(chunks.used()).isZero();
    }

    @Test
    void passingBodyHoldsOnlyWhatIsStillToBeRead() {
        Body body = new Body(chunks, -1, false);
        body.pass(1_000_000);
        BodyReader reader = reader(body);
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            append(body, random(50_000, i));
            assertThat(body.ahead()).isEqualTo(50_000);
            drain(reader, read);
            assertThat(body.footprint()).isLessThanOrEqualTo(3L * Chunks.SIZE);
        }
        assertThat(read.size()).isEqualTo(5_000_000);
        assertThat(body.reader(ImmediateEventExecutor.INSTANCE, () -> {}))
                .as("beginning is gone")
                .isNull();
        reader.close();
        body.release();
        assertThat(chunks.used()).isZero();
    }

    @Test
    void readerThatLagsTooFarBehindTheOthersIsCut() {
        Body body = new Body(chunks, -1, false);
        body.pass(Chunks.SIZE);
        BodyReader fast = reader(body);
        BodyReader slow = reader(body);
        for (int i = 0; i < 10; i++) {
            append(body, random(50_000, i));
            drain(fast, new ByteArrayOutputStream());
        }
        assertThat(slow.failed()).isEqualTo(Failure.CLIENT_TOO_SLOW);
        assertThat(slow.next(100)).isNull();
        assertThat(fast.failed()).isNull();
        assertThat(body.footprint()).isLessThanOrEqualTo(2L * Chunks.SIZE);
        fast.close();
        slow.close();
        body.release();
        assertThat(chunks.used()).isZero();
    }

    @Test
    void limitedReaderReadsJustItsRange() {
        byte[] all = random(200_000, 9);
        Body body = new Body(chunks, 200_000, true);
        append(body, all);
        body.complete(Fields.of(), () -> {});
        BodyReader reader = reader(body);
        reader.limit(65_530, 65_550);
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        drain(reader, read);
        assertThat(reader.ended()).isTrue();
        assertThat(read.toByteArray()).isEqualTo(java.util.Arrays.copyOfRange(all, 65_530, 65_550));
        reader.close();
        body.release();
    }
}
