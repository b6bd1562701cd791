package dev.vellum.loadtest;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A kept connection of one thread, with a request on it or none; responses have a Content-Length.
 */
final class PacedConnection implements AutoCloseable {

    private static final int LONGEST_HEAD = 16 * 1024;

    private final SocketChannel channel;
    private final ByteBuffer request;
    private final ByteBuffer in = ByteBuffer.allocateDirect(256 * 1024);
    private final byte[] head = new byte[LONGEST_HEAD];
    private int headLength;

    /** Content still to come; below 0 within the head. */
    private long missing = -1;

    private boolean failed;
    private long due;

    PacedConnection(InetSocketAddress server, ByteBuffer request, Selector selector)
            throws IOException {
        channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
        this.request = request.duplicate();
    }

    /** Sends the request that should have begun at {@code time}, on the clock of nanoTime. */
    void send(long time) throws IOException {
        due = time;
        request.rewind();
        while (request.hasRemaining()) {
            channel.write(request); // far shorter than what a socket takes at once
        }
    }

    /** When the request on it should have begun. */
    long due() {
        return due;
    }

    /** Whether the last response had another status than 200. */
    boolean failed() {
        return failed;
    }

    /** Reads what has come; true when that ends the response. */
    boolean receive() throws IOException {
        while (true) {
            in.clear();
            int read = channel.read(in);
            if (read < 0) {
                throw new EOFException("the server closed (expected: a kept connection)");
            } else if (read == 0) {
                return false;
            }
            in.flip();
            if (missing < 0) {
                readHead();
            }
            if (missing >= 0) {
                missing -= in.remaining();
                if (missing == 0) {
                    missing = -1;
                    return true;
                }
            }
        }
    }

    private void readHead() throws IOException {
        while (in.hasRemaining()) {
            if (headLength == head.length) {
                throw new IOException("head: beyond " + LONGEST_HEAD + " bytes (expected: less)");
            }
            head[headLength++] = in.get();
            if (headLength >= 4 && head[headLength - 1] == '\n' && head[headLength - 3] == '\n') {
                String text = new String(head, 0, headLength, StandardCharsets.ISO_8859_1);
                failed = !text.startsWith("HTTP/1.1 200 ");
                missing = Long.parseLong(Wire.field(text, "Content-Length"));
                headLength = 0;
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
