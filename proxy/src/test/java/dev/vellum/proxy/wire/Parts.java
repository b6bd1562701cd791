package dev.vellum.proxy.wire;

import dev.vellum.proxy.limits.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;

/** What the decoders make of bytes: heads, runs of content in hexadecimal, trailers, refusals. */
final class Parts {

    private Parts() {}

    /**
     * Of requests.
     *
     * @param step bytes in each read
     */
    static List<Object> ofRequests(byte[] bytes, int step) {
        EmbeddedChannel channel = new EmbeddedChannel();
        Framing.RequestReader reader = Framing.requests(channel.pipeline(), Limits.DEFAULT, "http");
        return read(channel, bytes, step, reader::next);
    }

    /** Of the responses to one request. */
    static List<Object> ofResponses(byte[] bytes, int step, String method) {
        EmbeddedChannel channel = new EmbeddedChannel();
        Framing.responses(channel.pipeline(), Limits.DEFAULT).expect(method, false);
        return read(channel, bytes, step, () -> {});
    }

    private static List<Object> read(
            EmbeddedChannel channel, byte[] bytes, int step, Runnable next) {
        List<Object> parts = new ArrayList<>();
        StringBuilder content = new StringBuilder();
        for (int at = 0; at < bytes.length && channel.isOpen(); at += step) {
            channel.writeInbound(
                    Unpooled.copiedBuffer(bytes, at, Math.min(step, bytes.length - at)));
            for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
                switch (part) {
                    case ByteBuf run -> {
                        content.append(ByteBufUtil.hexDump(run));
                        run.release();
                    }
                    case Rejected refusal -> {
                        // which fault is found first depends on what has arrived; that one is
                        // found does not
                        content.setLength(0);
                        parts.add(Rejected.class);
                    }
                    case BodyEnd end -> {
                        parts.add(content.toString());
                        content.setLength(0);
                        parts.add(end.trailers());
                        if (end.reusable()) {
                            next.run();
                        }
                    }
                    default -> parts.add(part);
                }
            }
        }
        channel.finishAndReleaseAll();
        return parts;
    }
}
