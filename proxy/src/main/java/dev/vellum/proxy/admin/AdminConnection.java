package dev.vellum.proxy.admin;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.wire.BodyEnd;
import dev.vellum.proxy.wire.Framing;
import dev.vellum.proxy.wire.Http1Writer;
import dev.vellum.proxy.wire.Rejected;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One connection of an operator. Content of requests is thrown away. */
final class AdminConnection extends ChannelInboundHandlerAdapter {

    private final AdminPages pages;
    private Framing.@Nullable RequestReader reader;
    private @Nullable RequestHead request;

    AdminConnection(AdminPages pages) {
        this.pages = pages;
    }

    void install(Channel channel, Limits limits) {
        reader = Framing.requests(channel.pipeline(), limits, "http");
        channel.pipeline().addLast(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        switch (message) {
            case RequestHead head -> request = head;
            case ByteBuf content -> content.release();
            case BodyEnd end -> {
                if (request != null) {
                    answer(context, request, end.reusable());
                }
            }
            case Rejected refused -> refuse(context, refused.failure());
            default -> throw new IllegalStateException("message: " + message.getClass());
        }
    }

    private void answer(ChannelHandlerContext context, RequestHead asked, boolean reusable) {
        AdminPages.Page page = pages.answer(asked);
        ByteBuf out = context.alloc().ioBuffer(512 + page.content().length());
        Fields fields = page.head().fields();
        Http1Writer.response(
                page.head().with(reusable ? fields : fields.plus("Connection", "close")), out);
        if (!asked.method().equals("HEAD")) {
            out.writeCharSequence(page.content(), StandardCharsets.UTF_8);
        }
        send(context, out, reusable);
        if (reusable && reader != null) {
            reader.next();
        }
    }

    private static void refuse(ChannelHandlerContext context, Failure failure) {
        ByteBuf out = context.alloc().ioBuffer(128);
        Http1Writer.response(
                new ResponseHead(
                        HttpVersion.HTTP_1_1,
                        failure.status(),
                        "",
                        Fields.of("Content-Length", "0", "Connection", "close")),
                out);
        send(context, out, false);
    }

    private static void send(ChannelHandlerContext context, ByteBuf out, boolean goesOn) {
        var sent = context.writeAndFlush(out);
        if (!goesOn) {
            sent.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** A timeout, or a connection that broke: nothing to answer. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var _ = context.close();
    }
}
