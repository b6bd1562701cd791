package dev.vellum.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vellum.proxy.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;

/**
 * Whatever an origin sends, and however it is cut into reads (the first byte of the input says): it
 * is read in one way only, and what we would write of it is read the same again.
 */
class ResponseDecoderFuzzTest {

    private static final List<String> METHODS = List.of("GET", "HEAD", "CONNECT", "POST");

    @FuzzTest(maxDuration = "20s")
    void responsesAreReadOneWay(byte[] data) {
        if (data.length < 2) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
        String method = METHODS.get((data[0] & 0xff) >> 6);
        List<Object> whole = Parts.ofResponses(bytes, bytes.length, method);
        assertThat(Parts.ofResponses(bytes, 1 + (data[0] & 0x3f), method)).isEqualTo(whole);
        for (Object part : whole) {
            if (part instanceof ResponseHead head) {
                ByteBuf written = Unpooled.buffer();
                Http1Writer.response(head, written);
                Object again =
                        Parts.ofResponses(ByteBufUtil.getBytes(written), 1 << 20, method)
                                .getFirst();
                assertThat(again).isInstanceOf(ResponseHead.class);
                assertThat(((ResponseHead) again).status()).isEqualTo(head.status());
                assertThat(((ResponseHead) again).reason()).isEqualTo(head.reason());
                assertThat(((ResponseHead) again).fields()).isEqualTo(head.fields());
            }
        }
    }
}
