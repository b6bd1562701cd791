package dev.vellum.proxy.server;

import dev.vellum.proxy.exchange.Client;
import dev.vellum.proxy.exchange.Exchange;
import dev.vellum.proxy.exchange.LocalResponse;
import dev.vellum.proxy.h2.ErrorCode;
import dev.vellum.proxy.h2.FieldBlock;
import dev.vellum.proxy.h2.Http2Stream;
import dev.vellum.proxy.h2.MessageReader;
import dev.vellum.proxy.h2.ProtocolError;
import dev.vellum.proxy.h2.StreamChannel;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Priority;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.WebSocketHandshake;
import dev.vellum.proxy.intercept.Interception;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request of an HTTP/2 connection, and where its response goes. */
final class Http2ClientStream extends Http2Stream implements Client, StreamChannel.Carrier {

    /*
     * Content that comes before it is wanted waits here; as only what was handed on is granted
     * anew, it is never more than the stream's window.
     */

    private final Http2ClientConnection connection;
    private final ClientCounts.Share share;
    private final ClientCounts counts;
    private final Deque<ByteBuf> early = new ArrayDeque<>(0);
    private final RequestContent content;
    private @Nullable Exchange exchange;
    private @Nullable StreamChannel tunnel;
    private @Nullable Fields trailers;
    private @Nullable String webSocketKey;
    private boolean counted;
    private boolean opensTunnel;
    private boolean answersHead;
    private boolean begun;
    private boolean bodiless;

    Http2ClientStream(
            Http2ClientConnection connection,
            int id,
            ClientCounts.Share share,
            ClientCounts counts) {
        super(connection, id);
        this.connection = connection;
        this.share = share;
        this.counts = counts;
        this.content =
                new RequestContent(connection.loop(), connection.services(), this::onSlowSender);
    }

    // ---- the request

    void begin(MessageReader.Request read, boolean end) throws ProtocolError {
        if (end) {
            remoteEndedAtOnce();
        }
        switch (read) {
            case MessageReader.Request.Plain(var head) -> {
                opensTunnel = head.method().equals("CONNECT");
                expect(head, end);
                run(head, !end && !opensTunnel);
            }
            case MessageReader.Request.WebSocket(var head) -> {
                opensTunnel = true;
                run(withKey(head), false);
            }
            case MessageReader.Request.UnknownProtocol(var head) ->
                    refuse(Failure.PROTOCOL_UNKNOWN);
            case MessageReader.Request.TooLarge large -> refuse(Failure.REQUEST_HEADER_TOO_LARGE);
            case MessageReader.Request.Malformed(var why) ->
                    throw new IllegalStateException("request: malformed (expected: a request)");
        }
    }

    private void expect(RequestHead head, boolean end) throws ProtocolError {
        String length = head.fields().first("content-length");
        if (length == null) {
            return;
        }
        long bytes = Long.parseLong(length);
        if (end ? bytes > 0 : opensTunnel) {
            throw malformed("content of another length than promised");
        }
        promised(bytes);
    }

    /** What HTTP/1.1 has in place of a stream of its own (RFC 8441 section 5). */
    private RequestHead withKey(RequestHead head) {
        long random = connection.services().random().getAsLong();
        long more = connection.services().random().getAsLong();
        byte[] octets = java.nio.ByteBuffer.allocate(16).putLong(random).putLong(more).array();
        String key = Base64.getEncoder().encodeToString(octets);
        webSocketKey = key;
        return head.with(head.fields().plus("Sec-WebSocket-Key", key));
    }

    private void run(RequestHead head, boolean hasBody) {
        answersHead = head.method().equals("HEAD");
        Inside inside = connection.inside();
        if (inside != null && !inside.admits(head)) {
            refuse(Failure.MISDIRECTED);
            return;
        }
        String priority = head.fields().combined("priority");
        if (priority != null) {
            prioritise(priority);
        }
        if (!counts.begin(share)) {
            refuse(Failure.TOO_MANY_REQUESTS);
            return;
        }
        counted = true;
        Serving serving = connection.serving();
        Exchange made = new Exchange(serving.services(), serving.pool(), this, head, hasBody);
        exchange = made;
        made.run();
    }

    /** Changes how soon the response is sent, as a Priority field says. */
    void prioritise(String field) {
        prioritise(Priority.DEFAULT.with(field));
    }

    /** Answers what is not going to be an exchange. */
    private void refuse(Failure failure) {
        connection.services().journal().refused(failure);
        LocalResponse local =
                LocalResponse.failure(failure, connection.services().here().name(), List.of());
        respond(local.head(), local.text().length());
        data(local.content());
        end(Fields.of());
    }

    @Override
    protected void onFields(FieldBlock block, boolean end) throws ProtocolError {
        Fields behind = end ? MessageReader.trailers(block) : null;
        if (behind == null) {
            throw malformed("fields within content, or that are no trailers");
        }
        trailers = behind;
        onEnd();
    }

    @Override
    protected void onData(ByteBuf data) {
        if (tunnel != null) {
            tunnel.arrive(data);
        } else if (exchange == null || localEnded()) {
            taken(data.readableBytes());
            data.release();
        } else if (content.wanted() && early.isEmpty()) {
            pass(data);
        } else {
            early.add(data);
        }
    }

    private void pass(ByteBuf data) {
        int bytes = data.readableBytes();
        content.progressed(bytes);
        taken(bytes);
        if (exchange == null) {
            data.release();
        } else {
            exchange.onBody(data);
        }
    }

    @Override
    protected void onEnd() {
        if (tunnel != null) {
            tunnel.endArrivals();
        } else if (early.isEmpty()) {
            endContent();
        }
    }

    private void endContent() {
        content.end();
        Exchange current = exchange;
        if (current != null && !localEnded()) {
            current.onBodyEnd(trailers == null ? Fields.of() : trailers);
        }
    }

    @Override
    public void readBody() {
        content.ask();
        if (!early.isEmpty()) {
            connection.loop().execute(this::passEarly);
        }
    }

    private void passEarly() {
        while (!early.isEmpty() && content.wanted() && !closed()) {
            pass(early.remove());
        }
        if (early.isEmpty() && remoteEnded() && !content.ended() && !closed()) {
            endContent();
        }
    }

    @Override
    public void pauseBody() {
        content.pause();
    }

    private void onSlowSender() {
        if (exchange != null) {
            connection.services().journal().refused(Failure.REQUEST_TIMEOUT);
            onBroken(ErrorCode.CANCEL);
            reset(ErrorCode.CANCEL);
        }
    }

    // ---- the response

    @Override
    public EventLoop loop() {
        return connection.loop();
    }

    @Override
    public InetSocketAddress address() {
        return connection.address();
    }

    @Override
    public String scheme() {
        return connection.secure() ? "https" : "http";
    }

    @Override
    public void informational(ResponseHead head) {
        if (!begun) {
            sendHead(status(head), head.fields(), false);
            flushStream();
        }
    }

    @Override
    public @Nullable String admitted() {
        Inside inside = connection.inside();
        return inside == null ? null : inside.user();
    }

    @Override
    public void open(ResponseHead head, Interception.Opened opened, String user) {
        connection.opener().open(tunnel(head), new Inside(opened, user));
    }

    @Override
    public boolean takesReadyHead() {
        return false;
    }

    @Override
    public ByteBuf headBuffer() {
        throw new IllegalStateException("a head for HTTP/1 (expected: none on HTTP/2)");
    }

    @Override
    public void respond(ByteBuf head) {
        throw new IllegalStateException("a head for HTTP/1 (expected: none on HTTP/2)");
    }

    @Override
    public void respond(ResponseHead head, long length) {
        begun = true;
        String priority = head.fields().combined("priority");
        if (priority != null) {
            prioritise(priority);
        }
        bodiless = answersHead || head.status() == 204 || head.status() == 304;
        Fields fields = head.fields();
        if (!bodiless) {
            fields = fields.without("Content-Length");
            fields = length < 0 ? fields : fields.plus("content-length", Long.toString(length));
        } else if (head.status() == 204) {
            fields = fields.without("Content-Length");
        }
        sendHead(status(head), fields, bodiless || length == 0);
    }

    private static String[] status(ResponseHead head) {
        return new String[] {":status", Integer.toString(head.status())};
    }

    @Override
    public void data(ByteBuf data) {
        if (bodiless) {
            data.release();
        } else {
            sendData(data);
        }
    }

    @Override
    public boolean takesFiles() {
        return false;
    }

    @Override
    public void data(FileRegion data) {
        data.release();
        throw new IllegalStateException("content: of a file (expected: a buffer)");
    }

    @Override
    public boolean writable() {
        return sendable();
    }

    @Override
    public void flush() {
        flushStream();
    }

    @Override
    public void end(Fields behind) {
        sendEnd(behind);
        flushStream();
        finish();
    }

    /** The exchange is over; what the client still sends is for nobody. */
    private void finish() {
        exchange = null;
        release();
        if (localEnded() && !remoteEnded()) {
            // section 8.1: the response is whole, and the rest of the request not wanted
            reset(ErrorCode.NO_ERROR);
        }
    }

    private void release() {
        content.stopWatching();
        if (counted) {
            counted = false;
            counts.end(share);
        }
        for (ByteBuf data = early.poll(); data != null; data = early.poll()) {
            taken(data.readableBytes());
            data.release();
        }
    }

    @Override
    public void reset() {
        exchange = null;
        release();
        reset(ErrorCode.INTERNAL_ERROR);
    }

    @Override
    protected void onSent() {
        if (exchange == null) {
            reset(ErrorCode.NO_ERROR);
        }
    }

    // ---- tunnels

    /** The key was ours, so its answer is ours to look at (RFC 6455 section 4.1). */
    @Override
    public boolean accepts(ResponseHead switching) {
        return webSocketKey == null
                || WebSocketHandshake.accept(webSocketKey)
                        .equals(switching.fields().combined("Sec-WebSocket-Accept"));
    }

    @Override
    public Channel tunnel(ResponseHead head) {
        // section 8.5 and RFC 8441 section 5: 200, and no fields of a handshake on HTTP/1
        Fields fields =
                head.fields()
                        .without("Connection", "Upgrade", "Sec-WebSocket-Accept", "Content-Length");
        sendHead(new String[] {":status", "200"}, fields, false);
        flushStream();
        begun = true;
        exchange = null;
        StreamChannel made =
                new StreamChannel(
                        this,
                        connection.loop(),
                        connection.transport().localAddress(),
                        connection.address());
        tunnel = made;
        for (ByteBuf data = early.poll(); data != null; data = early.poll()) {
            made.arrive(data);
        }
        if (remoteEnded()) {
            made.endArrivals();
        }
        release();
        return made;
    }

    @Override
    public void write(ByteBuf data) {
        sendData(data);
    }

    @Override
    public void taken(int bytes) {
        grant(bytes);
        grantConnection(bytes);
    }

    @Override
    public void end() {
        sendEnd(Fields.of());
        flushStream();
    }

    // ---- early ends

    @Override
    protected void onSendable() {
        if (tunnel != null) {
            tunnel.writable();
        } else if (exchange != null) {
            exchange.onWritable();
        }
    }

    @Override
    protected void onStalled() {
        connection.services().journal().refused(Failure.CLIENT_TOO_SLOW);
        reset(ErrorCode.CANCEL);
        onBroken(ErrorCode.CANCEL);
    }

    @Override
    protected void onBroken(ErrorCode code) {
        Exchange current = exchange;
        exchange = null;
        release();
        if (current != null) {
            current.onGone();
        }
        if (tunnel != null) {
            tunnel.lose();
        }
    }
}
