package dev.vellum.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vellum.proxy.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;

/**
 * Whatever a client sends, and however it is cut into reads (the first byte of the input says): it
 * is read in one way only, and what we would write of it is read the same again.
 */
class RequestDecoderFuzzTest {

    @FuzzTest(maxDuration = "20s")
    void requestsAreReadOneWay(byte[] data) {
        if (data.length < 2) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
        List<Object> whole = Parts.ofRequests(bytes, bytes.length);
        assertThat(Parts.ofRequests(bytes, 1 + (data[0] & 0x3f))).isEqualTo(whole);
        for (Object part : whole) {
            // one of 1.0 may come without the Host that forwarding adds
            if (part instanceof RequestHead head && head.fields().contains("Host")) {
                ByteBuf written = Unpooled.buffer();
                Http1Writer.request(head, true, written);
                Object again = Parts.ofRequests(ByteBufUtil.getBytes(written), 1 << 20).getFirst();
                assertThat(again).isInstanceOf(RequestHead.class);
                assertThat(((RequestHead) again).method()).isEqualTo(head.method());
                assertThat(((RequestHead) again).target()).isEqualTo(head.target());
                assertThat(((RequestHead) again).fields()).isEqualTo(head.fields());
            }
        }
    }
}
