package dev.vellum.proxy.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordBytesTest {

    private static final int FRONT = 5;
    private static final long NONCE = 17;

    /** Gives a body in pieces that do not end where chunks do. */
    private record Pieces(ByteBuffer body, long length) implements BodySource {

        static Pieces of(byte[] body) {
            return new Pieces(ByteBuffer.wrap(body), body.length);
        }

        @Override
        public @Nullable ByteBuffer next() {
            int count = Math.min(50_000, body.remaining());
            ByteBuffer piece = body.slice(body.position(), count);
            body.position(body.position() + count);
            return count == 0 ? null : piece;
        }

        @Override
        public void close() {}
    }

    private static byte[] write(int resource, int revision) {
        return Objects.requireNonNull(
                RecordBytes.write(
                        FRONT,
                        NONCE,
                        Samples.key(resource),
                        Samples.response(resource, revision),
                        Fields.of("X", "y"),
                        Pieces.of(Samples.body(resource, revision))));
    }

    private static RecordBytes.@Nullable Read read(long nonce, int resource, byte[] bytes) {
        ByteBuffer record = ByteBuffer.wrap(bytes, FRONT, bytes.length - FRONT);
        return RecordBytes.read(nonce, Samples.key(resource), record, CachePolicy.FORWARD);
    }

    @Test
    void whatWasWrittenComesBackWhateverItsLength() {
        for (int revision = 0; revision < 200; revision++) {
            RecordBytes.Read read = read(NONCE, 3, write(3, revision));
            assertThat(read).isNotNull();
            assertThat(read.response().head()).isEqualTo(Samples.response(3, revision).head());
            assertThat(read.response().requestTime()).isEqualTo(Samples.NOW);
            assertThat(read.trailers()).isEqualTo(Fields.of("X", "y"));
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (ByteBuffer chunk : read.body()) {
                byte[] bytes = new byte[chunk.remaining()];
                chunk.get(bytes);
                body.writeBytes(bytes);
            }
            assertThat(body.toByteArray()).isEqualTo(Samples.body(3, revision));
        }
    }

    @Test
    void noBitThatChangedPassesNorDoesAnEarlierEnd() {
        byte[] bytes = write(3, 1);
        for (int i = FRONT; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= (byte) (1 << i % 8);
            assertThat(read(NONCE, 3, damaged)).as("byte %d", i).isNull();
        }
        for (int length = FRONT; length < bytes.length; length++) {
            assertThat(read(NONCE, 3, java.util.Arrays.copyOf(bytes, length))).isNull();
        }
    }

    @Test
    void bytesOfAnotherResourceOrWithAnotherNonceDoNotPass() {
        byte[] bytes = write(3, 1);
        assertThat(read(NONCE, 3, bytes)).isNotNull();
        assertThat(read(NONCE, 4, bytes)).isNull();
        assertThat(read(NONCE + 1, 3, bytes)).isNull();
    }

    @Test
    void aBodyThatBreaksOffIsNotWritten() {
        byte[] body = Samples.body(3, 1);
        BodySource less = new Pieces(ByteBuffer.wrap(body, 0, body.length - 1), body.length);
        assertThat(
                        RecordBytes.write(
                                0,
                                NONCE,
                                Samples.key(3),
                                Samples.response(3, 1),
                                Fields.of(),
                                less))
                .isNull();
    }
}
