package dev.vellum.proxy.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.units.ByteSize;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.FileRegion;
import io.netty.channel.epoll.Epoll;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BodyFilesTest {

    private final Chunks chunks = new Chunks(Long.MAX_VALUE, 0);
    private final BodyFiles files = new BodyFiles(ByteSize.ofMib(1));

    @BeforeEach
    void onLinux() {
        assumeTrue(Epoll.isAvailable());
    }

    @AfterEach
    void close() {
        files.close();
    }

    private Body body(byte[] bytes) {
        Body body = new Body(chunks, bytes.length, true);
        ByteBuf data = Unpooled.wrappedBuffer(bytes);
        body.append(data);
        data.release();
        body.complete(Fields.of(), () -> {});
        return body;
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** The file at the fourth request. */
    private BodyFile often(Body body) {
        for (int i = 0; i < 3; i++) {
            assertThat(files.of(body)).isNull();
        }
        BodyFile file = files.of(body);
        assertThat(file).isNotNull();
        return file;
    }

    private static byte[] read(FileRegion region) throws IOException {
        ByteArrayOutputStream into = new ByteArrayOutputStream();
        while (region.transferred() < region.count()) {
            region.transferTo(Channels.newChannel(into), region.transferred());
        }
        region.release();
        return into.toByteArray();
    }

    @Test
    void whatIsAskedForOftenIsSentFromAFileByteForByte() throws IOException {
        byte[] bytes = random(200_000, 1);
        Body body = body(bytes);
        BodyFile file = often(body);

        assertThat(read(file.region(0, 200_000))).isEqualTo(bytes);
        assertThat(read(file.region(65_000, 1_000)))
                .isEqualTo(Arrays.copyOfRange(bytes, 65_000, 66_000));
        assertThat(files.bytes()).isEqualTo(200_000);
        file.release();
        body.release();
    }

    @Test
    void smallBodiesAndThoseThatWouldTakeAllAreNotCopied() {
        for (int length : new int[] {BodyFiles.SMALLEST - 1, 300_000}) {
            Body body = body(random(length, 2));
            for (int i = 0; i < 8; i++) {
                assertThat(files.of(body)).isNull();
            }
            body.release();
        }
    }

    @Test
    void withoutBytesThereAreNone() {
        try (BodyFiles none = new BodyFiles(ByteSize.ofBytes(0))) {
            Body body = body(random(100_000, 3));
            for (int i = 0; i < 8; i++) {
                assertThat(none.of(body)).isNull();
            }
            body.release();
        }
    }

    @Test
    void allTogetherStayWithinTheirBytes() {
        for (int i = 0; i < 20; i++) {
            Body body = body(random(200_000, i));
            for (int request = 0; request < 8; request++) {
                BodyFile file = files.of(body);
                if (file != null) {
                    file.release();
                }
            }
            body.release();
            assertThat(files.bytes()).isBetween(1L, 1L << 20);
        }
    }

    /** Pages that are on their way must not change, whatever becomes of the body and its copy. */
    @Test
    void aRegionKeepsItsBytesWhenEverythingElseIsGone() throws IOException {
        byte[] bytes = random(200_000, 4);
        Body body = body(bytes);
        BodyFile file = often(body);
        FileRegion region = file.region(0, 200_000);
        file.release();
        body.release();
        files.close();

        assertThat(read(region)).isEqualTo(bytes);
        assertThat(file.tryAcquire()).isFalse();
    }
}
