package dev.vellum.loadtest;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One end of an HTTP/1.1 connection: heads as text, contents as bytes. */
final class Wire implements AutoCloseable {

    private static final int LONGEST_HEAD = 64 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Socket socket;
    private final InputStream in;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
    }

    /** Start line and fields, each with its line end; null where the other end closed instead. */
    @Nullable String head() throws IOException {
        StringBuilder head = new StringBuilder(256);
        int line = 0;
        while (head.length() < LONGEST_HEAD) {
            int octet = in.read();
            if (octet < 0) {
                if (head.isEmpty()) {
                    return null;
                }
                throw new EOFException("end within a head (expected: an empty line)");
            }
            head.append((char) octet);
            if (octet == '\n') {
                if (head.length() - line == 2) {
                    return head.substring(0, line);
                }
                line = head.length();
            }
        }
        throw new IOException("head: beyond " + LONGEST_HEAD + " bytes (expected: less)");
    }

    /** Value of the first field of that name, or empty. */
    static String field(String head, String name) {
        for (String line : head.split("\r\n", -1)) {
            if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                return line.substring(name.length() + 1).strip();
            }
        }
        return "";
    }

    void send(String head) throws IOException {
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes, int length) throws IOException {
        socket.getOutputStream().write(bytes, 0, length);
    }

    /** Reads that many bytes. */
    void read(byte[] bytes, int length) throws IOException {
        int read = in.readNBytes(bytes, 0, length);
        if (read < length) {
            throw new EOFException("end after " + read + " bytes (expected: " + length + ")");
        }
    }

    /** Ends the connection with a reset, as a client does that has lost its interest. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
