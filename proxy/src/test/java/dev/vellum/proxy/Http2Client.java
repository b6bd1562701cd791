package dev.vellum.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Speaks HTTP/2 frame by frame, as wrongly as a test wants, and reads what comes back. */
final class Http2Client implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int PRIORITY_UPDATE = 16;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int WITH_PRIORITY = 32;
    static final int WHOLE = END_STREAM | END_HEADERS;

    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static final List<String> CODES =
            List.of(
                    "NO_ERROR",
                    "PROTOCOL_ERROR",
                    "INTERNAL_ERROR",
                    "FLOW_CONTROL_ERROR",
                    "SETTINGS_TIMEOUT",
                    "STREAM_CLOSED",
                    "FRAME_SIZE_ERROR",
                    "REFUSED_STREAM",
                    "CANCEL",
                    "COMPRESSION_ERROR",
                    "CONNECT_ERROR",
                    "ENHANCE_YOUR_CALM",
                    "INADEQUATE_SECURITY",
                    "HTTP_1_1_REQUIRED");

    /** A frame as it came. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Frame(int type, int flags, int stream, byte[] payload) {
        int number(int at) {
            return ByteBuffer.wrap(payload).getInt(at);
        }

        boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }
    }

    /** A response as far as it came. */
    static final class Response {
        final Map<String, String> fields = new LinkedHashMap<>();
        final Map<String, String> trailers = new LinkedHashMap<>();
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        final List<Integer> interim = new ArrayList<>();
        int status;
        boolean whole;
        @Nullable String reset;

        String text() {
            return body.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);
    private final Map<Integer, Response> responses = new LinkedHashMap<>();

    /** Bytes of content in the order they came: stream numbers. */
    final List<Integer> order = new ArrayList<>();

    @Nullable String goAway;
    int lastStream = -1;
    boolean closed;

    /** Whether nothing more can be sent; what came before may still be read. */
    boolean broken;

    boolean settled;
    long pong;
    boolean grants = true;

    Http2Client(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** A connection that has sent nothing. */
    static Http2Client bare(int port) throws IOException {
        return new Http2Client(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** A connection with preface and settings; pairs of id and value. */
    static Http2Client open(int port, int... settings) throws IOException {
        return bare(port).begin(settings);
    }

    Http2Client begin(int... settings) throws IOException {
        raw(PREFACE.getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, settings(settings));
        return this;
    }

    static byte[] settings(int... pairs) {
        ByteBuffer payload = ByteBuffer.allocate(pairs.length * 3);
        for (int i = 0; i < pairs.length; i += 2) {
            payload.putShort((short) pairs[i]).putInt(pairs[i + 1]);
        }
        return payload.array();
    }

    // ---- sending

    void raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    static byte[] frameBytes(int type, int flags, int stream, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        return frame.array();
    }

    /** Sends a frame; a connection that is closed already is no news. */
    void frame(int type, int flags, int stream, byte... payload) throws IOException {
        try {
            raw(frameBytes(type, flags, stream, payload));
        } catch (SocketException gone) {
            broken = true;
        }
    }

    void headers(int stream, int flags, String... namesAndValues) throws IOException {
        frame(HEADERS, flags, stream, block(namesAndValues));
    }

    /** A whole GET with these fields besides. */
    void get(int stream, String path, String... more) throws IOException {
        headers(stream, WHOLE, with(path, more));
    }

    static String[] with(String path, String... more) {
        String[] all = new String[8 + more.length];
        String[] pseudo = {
            ":method", "GET", ":scheme", "http", ":authority", "example.test", ":path", path
        };
        System.arraycopy(pseudo, 0, all, 0, 8);
        System.arraycopy(more, 0, all, 8, more.length);
        return all;
    }

    /** The head of a POST whose content is to follow. */
    void post(int stream, String path, String... more) throws IOException {
        String[] all = with(path, more);
        all[1] = "POST";
        headers(stream, END_HEADERS, all);
    }

    void data(int stream, String text, boolean end) throws IOException {
        frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void windowUpdate(int stream, int increment) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, number(increment));
    }

    void reset(int stream, int code) throws IOException {
        frame(RST_STREAM, 0, stream, number(code));
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** Literal fields that are never indexed, without Huffman coding (RFC 7541 section 6.2.3). */
    static byte[] block(String... namesAndValues) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            out.write(0x10);
            string(out, namesAndValues[i]);
            string(out, namesAndValues[i + 1]);
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        if (octets.length < 127) {
            out.write(octets.length);
        } else {
            out.write(127);
            int rest = octets.length - 127;
            while (rest >= 128) {
                out.write(rest % 128 + 128);
                rest /= 128;
            }
            out.write(rest);
        }
        out.writeBytes(octets);
    }

    // ---- receiving

    /** Reads what a client begins with. */
    void readPreface() throws IOException {
        byte[] start = new byte[PREFACE.length()];
        in.readFully(start);
        if (!new String(start, StandardCharsets.US_ASCII).equals(PREFACE)) {
            throw new IOException("a preface that is none");
        }
    }

    /** The next frame, taken into account; null when the connection is closed. */
    @Nullable Frame read() throws IOException {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt() & 0x7fffffff;
            byte[] payload = new byte[length];
            in.readFully(payload);
            Frame frame = new Frame(type, flags, stream, payload);
            take(frame);
            return frame;
        } catch (EOFException | SocketException ended) {
            closed = true;
            return null;
        }
    }

    private void take(Frame frame) throws IOException {
        switch (frame.type()) {
            case SETTINGS -> {
                if ((frame.flags() & ACK) == 0) {
                    frame(SETTINGS, ACK, 0);
                } else {
                    settled = true;
                }
            }
            case HEADERS -> fields(frame);
            case DATA -> {
                response(frame.stream()).body.writeBytes(frame.payload());
                order.add(frame.stream());
                if (grants && frame.payload().length > 0) {
                    windowUpdate(0, frame.payload().length);
                    if (!frame.endsStream()) {
                        windowUpdate(frame.stream(), frame.payload().length);
                    }
                }
            }
            case RST_STREAM -> response(frame.stream()).reset = code(frame.number(0));
            case GOAWAY -> {
                lastStream = frame.number(0);
                goAway = code(frame.number(4));
            }
            case PING -> {
                if ((frame.flags() & ACK) != 0) {
                    pong = ByteBuffer.wrap(frame.payload()).getLong();
                }
            }
            default -> {}
        }
        if (frame.endsStream()) {
            response(frame.stream()).whole = true;
        }
    }

    private static String code(int number) {
        return number >= 0 && number < CODES.size() ? CODES.get(number) : "code " + number;
    }

    private void fields(Frame frame) throws IOException {
        Response response = response(frame.stream());
        Map<String, String> into = response.status == 0 ? response.fields : response.trailers;
        try {
            hpack.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()))
                    .forEach(line ->
                            into.merge(
                                    line.getKey().toString(),
                                    line.getValue().toString(),
                                    (a, b) -> a + ", " + b));
        } catch (Http2Exception broken) {
            throw new IOException(broken);
        }
        String status = response.fields.get(":status");
        if (response.status == 0 && status != null) {
            int number = Integer.parseInt(status);
            if (number < 200) {
                response.interim.add(number);
                response.fields.clear();
            } else {
                response.status = number;
            }
        }
    }

    Response response(int stream) {
        return responses.computeIfAbsent(stream, number -> new Response());
    }

    /** Reads until the response is whole, or broken off. */
    Response await(int stream) throws IOException {
        Response response = response(stream);
        while (!response.whole && response.reset == null && goAway == null && read() != null) {
            // on to the next
        }
        return response;
    }

    /** One GET and its response. */
    Response exchange(int stream, String path, String... more) throws IOException {
        get(stream, path, more);
        return await(stream);
    }

    /**
     * What became of it: {@code goaway CODE}, {@code reset CODE}, {@code status N}, {@code closed}
     * or {@code alive}, whichever comes first.
     *
     * @param expected all that may be expected: where that is the connection's end alone, what
     *     becomes of the stream before does not count
     */
    String outcome(int stream, String expected) throws IOException {
        boolean ends = expected.startsWith("goaway") && !expected.contains("reset");
        boolean silent = expected.contains("alive");
        frame(PING, 0, 0, new byte[] {0, 0, 0, 0, 0, 0, 0, 42});
        Response response = response(stream);
        while (true) {
            if (goAway != null) {
                return "goaway " + goAway;
            }
            if (!ends && response.reset != null && !response.reset.equals("NO_ERROR")) {
                return "reset " + response.reset;
            }
            if (!ends && response.whole) {
                return "status " + response.status;
            }
            if (closed) {
                return "closed";
            }
            if (silent && pong == 42 && response.status == 0) {
                return "alive";
            }
            read();
        }
    }

    /** Whether the connection answers. */
    boolean lives() throws IOException {
        pong = 0;
        frame(PING, 0, 0, new byte[] {0, 0, 0, 0, 0, 0, 0, 7});
        while (pong != 7 && read() != null) {
            // on to the next
        }
        return pong == 7;
    }

    /** Whether the stream or the connection has been ended, once all that was sent is read. */
    boolean refuses(int stream) throws IOException {
        return !lives() || goAway != null || response(stream).reset != null;
    }

    /** Reads to the end of the connection. */
    void drain() throws IOException {
        while (read() != null) {
            // nothing more is of interest
        }
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
