package dev.vellum.proxy.origin;

import dev.vellum.proxy.h2.ErrorCode;
import dev.vellum.proxy.h2.FieldBlock;
import dev.vellum.proxy.h2.Http2Stream;
import dev.vellum.proxy.h2.MessageReader;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HopByHop;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.net.ProgressWatch;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One exchange on an HTTP/2 connection. */
final class Http2OriginStream extends Http2Stream implements OriginConnection {

    /*
     * The head goes out with whatever comes next, so that a request without content is one frame.
     * Content is handed on as it comes; while the listener wants none the far end is granted none,
     * so that at most a window more arrives.
     */

    private final Http2OriginConnection connection;
    private final boolean reused;
    private @Nullable Listener listener;
    private @Nullable RequestHead unsent;
    private boolean toProxy;
    private boolean answersHead;
    private boolean answered;
    private boolean headed;
    private boolean refused;
    private boolean touched;
    private @Nullable Fields trailers;
    private @Nullable Future<?> firstByte;
    private @Nullable ProgressWatch receiving;
    private boolean paused;
    private int owed;
    private long received;

    Http2OriginStream(Http2OriginConnection connection, int id, boolean reused) {
        super(connection, id);
        this.connection = connection;
        this.reused = reused;
    }

    @Override
    public OriginAddress address() {
        return connection.address();
    }

    @Override
    public EventLoop loop() {
        return connection.loop();
    }

    /** Also where the far end said that it has not begun. */
    @Override
    public boolean reused() {
        return reused || refused;
    }

    @Override
    public boolean answered() {
        return answered;
    }

    // ---- the request

    @Override
    public void begin(RequestHead head, boolean proxied, boolean chunked, Listener told) {
        listener = told;
        unsent = head;
        toProxy = proxied;
        answersHead = head.method().equals("HEAD");
    }

    private void sendHead(boolean end) {
        RequestHead head = unsent;
        if (head == null) {
            return;
        }
        unsent = null;
        Fields fields = HopByHop.strip(head.fields()).without("Host");
        if (HopByHop.hasOption(head.fields(), "TE")) {
            fields = fields.plus("te", "trailers");
        }
        String host = head.fields().first("Host");
        String authority = host == null ? head.target().authority().text(scheme(head)) : host;
        String path =
                head.target() instanceof RequestTarget.Absolute target
                        ? target.pathAndQuery()
                        : "*";
        sendHead(
                new String[] {
                    ":method",
                    head.method(),
                    ":scheme",
                    scheme(head),
                    ":authority",
                    authority,
                    ":path",
                    path
                },
                fields,
                end);
        flushStream();
    }

    /** Of the resource for a proxy; an origin wants its own, whatever the client came by. */
    private String scheme(RequestHead head) {
        String own = connection.address().secure() ? "https" : "http";
        if (!toProxy) {
            return own;
        }
        return switch (head.target()) {
            case RequestTarget.Absolute target -> target.scheme();
            case RequestTarget.Asterisk target -> target.scheme();
            case RequestTarget.AuthorityForm tunnel -> own;
        };
    }

    @Override
    public boolean data(ByteBuf data) {
        sendHead(false);
        sendData(data);
        flushStream();
        return sendable();
    }

    @Override
    public void flush() {
        sendHead(false);
    }

    @Override
    public void end(Fields behind) {
        if (unsent != null && behind.size() == 0) {
            sendHead(true);
        } else {
            sendHead(false);
            sendEnd(behind);
            flushStream();
        }
        if (!headed && !closed()) {
            firstByte =
                    loop().schedule(
                                    () -> fail(Failure.RESPONSE_TIMEOUT),
                                    connection.firstByte().toMillis(),
                                    TimeUnit.MILLISECONDS);
        }
    }

    @Override
    protected void onSendable() {
        if (listener != null && !localEnded()) {
            listener.onWritable();
        }
    }

    @Override
    protected void onSent() {}

    @Override
    protected void onStalled() {
        fail(Failure.ORIGIN_WRITE_TIMEOUT);
    }

    // ---- the response

    @Override
    protected void onFields(FieldBlock block, boolean end) {
        Listener current = listener;
        if (current == null) {
            return;
        }
        if (headed) {
            trailers = end ? MessageReader.trailers(block) : null;
            if (trailers == null) {
                fail(Failure.RESPONSE_MALFORMED);
            } else {
                finish();
            }
            return;
        }
        if (block.tooLarge()) {
            fail(Failure.RESPONSE_HEADER_TOO_LARGE);
            return;
        }
        ResponseHead head = MessageReader.response(block, connection.mostLines());
        if (head == null || (head.status() < 200 && end)) {
            fail(Failure.RESPONSE_MALFORMED);
            return;
        }
        answered = true;
        if (head.status() < 200) {
            current.onInformational(head);
        } else {
            head(head, end, current);
        }
    }

    private void head(ResponseHead head, boolean end, Listener current) {
        headed = true;
        if (firstByte != null) {
            firstByte.cancel(false);
        }
        long length = head.contentLength();
        boolean bodiless = answersHead || head.status() == 304 || head.status() == 204;
        if (length >= 0 && !bodiless) {
            if (end && length > 0) {
                fail(Failure.RESPONSE_INCOMPLETE);
                return;
            }
            promised(length);
        }
        if (!end) {
            receiving =
                    new ProgressWatch(
                            loop(),
                            connection.stall(),
                            length >= 0 ? connection.slowestRate() : 0,
                            () -> fail(Failure.ORIGIN_IDLE));
        }
        current.onHead(head);
        if (end) {
            finish();
        }
    }

    @Override
    protected void onData(ByteBuf data) {
        int bytes = data.readableBytes();
        grantConnection(bytes);
        Listener current = listener;
        try {
            if (current == null) {
                return;
            }
            if (!headed) {
                fail(Failure.RESPONSE_MALFORMED);
                return;
            }
            received += bytes;
            if (receiving != null) {
                receiving.progressed(bytes);
            }
            if (received > connection.mostBody()) {
                fail(Failure.RESPONSE_BODY_TOO_LARGE);
                return;
            }
            owed += bytes;
            current.onData(data);
            grantOwed();
            if (!touched) {
                touched = true;
                connection.touch(this);
            }
        } finally {
            data.release();
        }
    }

    private void grantOwed() {
        if (!paused && owed > 0) {
            int bytes = owed;
            owed = 0;
            grant(bytes);
        }
    }

    /** All that came in this batch was told. */
    void batch() {
        touched = false;
        if (listener != null) {
            listener.onBatch();
        }
    }

    @Override
    protected void onEnd() {
        if (listener != null && !headed) {
            fail(Failure.RESPONSE_MALFORMED);
        } else {
            finish();
        }
    }

    private void finish() {
        Listener current = listener;
        listener = null;
        stopTimers();
        if (!localEnded()) {
            // the response is whole: the rest of the request is not wanted
            reset(ErrorCode.CANCEL);
        }
        if (current != null) {
            current.onEnd(trailers == null ? Fields.of() : trailers);
        }
    }

    @Override
    public void pause() {
        paused = true;
        if (receiving != null) {
            receiving.heldBack(true);
        }
    }

    @Override
    public void resume() {
        paused = false;
        if (receiving != null) {
            receiving.heldBack(false);
        }
        if (!closed()) {
            grantOwed();
            flushStream();
        }
    }

    // ---- early ends

    @Override
    public void abandon() {
        listener = null;
        stopTimers();
        reset(ErrorCode.CANCEL);
    }

    @Override
    public void putBack() {
        withdraw();
    }

    @Override
    public Channel detach() {
        throw new IllegalStateException("a stream (expected: a connection that can be a tunnel)");
    }

    /** The far end will not answer: it may be asked again. */
    void unanswered() {
        refused = true;
        fail(Failure.ORIGIN_CLOSED);
    }

    private void fail(Failure failure) {
        Listener current = listener;
        listener = null;
        stopTimers();
        reset(ErrorCode.CANCEL);
        if (current != null) {
            current.onFailure(failure);
        }
    }

    @Override
    protected void onBroken(ErrorCode code) {
        refused = code == ErrorCode.REFUSED_STREAM || code == ErrorCode.HTTP_1_1_REQUIRED;
        if (code == ErrorCode.HTTP_1_1_REQUIRED) {
            connection.fallBack();
        }
        boolean brokeRules = code == ErrorCode.PROTOCOL_ERROR || code == ErrorCode.STREAM_CLOSED;
        fail(
                brokeRules
                        ? Failure.RESPONSE_MALFORMED
                        : answered ? Failure.RESPONSE_INCOMPLETE : Failure.ORIGIN_CLOSED);
    }

    private void stopTimers() {
        if (firstByte != null) {
            firstByte.cancel(false);
            firstByte = null;
        }
        if (receiving != null) {
            receiving.stop();
            receiving = null;
        }
    }
}
