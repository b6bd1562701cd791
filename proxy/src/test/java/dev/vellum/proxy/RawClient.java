package dev.vellum.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client that sends what a test says and reads responses strictly by their framing. */
final class RawClient implements AutoCloseable {

    /**
     * A response as it came.
     *
     * @param whole whether the framing says that nothing is missing
     */
    record Response(String head, String body, boolean whole) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        String field(String name) {
            return RawClient.field(head, name);
        }
    }

    private final Socket socket;
    private final InputStream in;

    RawClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    RawClient(Socket connected) throws IOException {
        socket = connected;
        socket.setSoTimeout(20_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** One GET on a connection of its own. */
    static Response get(int port, String target, String fields) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return client.exchange("GET", target, fields, "");
        }
    }

    Socket socket() {
        return socket;
    }

    InputStream in() {
        return in;
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Sends a request's head: its line without the version, then its fields. */
    void sendHead(String methodAndTarget, String... fields) throws IOException {
        String rest = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        send(methodAndTarget + " HTTP/1.1\r\n" + rest + "\r\n");
    }

    /** Sends a request with the Host of {@code example.test} and reads its final response. */
    Response exchange(String method, String target, String fields, String body) throws IOException {
        String host =
                fields.toLowerCase(Locale.ROOT).startsWith("host:") ? "" : "Host: example.test\r\n";
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
        send(method + " " + target + " HTTP/1.1\r\n" + host + fields + length + "\r\n" + body);
        return response(method);
    }

    /** Reads the next final response, skipping interim ones. */
    Response response(String method) throws IOException {
        String head = readHead(in);
        while (head != null && head.startsWith("HTTP/1.1 1") && !head.startsWith("HTTP/1.1 101")) {
            head = readHead(in);
        }
        if (head == null) {
            throw new IOException("connection closed (expected: a response)");
        }
        int status = Integer.parseInt(head.substring(9, 12));
        if (method.equals("HEAD") || status == 304 || status == 204 || status == 101) {
            return new Response(head, "", true);
        }
        return read(head);
    }

    private Response read(String head) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean whole;
        try {
            if (field(head, "Transfer-Encoding").equals("chunked")) {
                whole = readChunks(in, body);
            } else if (!field(head, "Content-Length").isEmpty()) {
                int length = Integer.parseInt(field(head, "Content-Length"));
                body.write(in.readNBytes(length));
                whole = body.size() == length;
            } else {
                in.transferTo(body);
                whole = true;
            }
        } catch (java.net.SocketException reset) {
            whole = false;
        }
        return new Response(head, body.toString(StandardCharsets.ISO_8859_1), whole);
    }

    /** Start line and fields without the empty line; null at the end of the stream. */
    static @Nullable String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int octet = in.read();
            if (octet < 0) {
                return null;
            }
            head.append((char) octet);
        }
        return head.substring(0, head.length() - 2);
    }

    /** The content of a request. */
    static String readBody(InputStream in, String head) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (field(head, "Transfer-Encoding").equals("chunked")) {
            readChunks(in, body);
        } else if (!field(head, "Content-Length").isEmpty()) {
            body.write(in.readNBytes(Integer.parseInt(field(head, "Content-Length"))));
        }
        return body.toString(StandardCharsets.ISO_8859_1);
    }

    private static boolean readChunks(InputStream in, ByteArrayOutputStream body)
            throws IOException {
        while (true) {
            String line = readLine(in);
            if (line == null) {
                return false;
            }
            int size = Integer.parseInt(line, 16);
            if (size == 0) {
                for (String trailer = readLine(in); trailer != null; trailer = readLine(in)) {
                    if (trailer.isEmpty()) {
                        return true;
                    }
                }
                return false;
            }
            byte[] chunk = in.readNBytes(size);
            body.write(chunk);
            if (chunk.length < size || readLine(in) == null) {
                return false;
            }
        }
    }

    static @Nullable String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int octet = in.read();
            if (octet < 0) {
                return null;
            }
            if (octet == '\n') {
                return line.substring(0, line.length() - 1);
            }
            line.append((char) octet);
        }
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

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
