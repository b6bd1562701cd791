package dev.vellum.proxy;

import dev.vellum.proxy.origin.OriginAddress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An origin on loopback that does to each request what a test says, byte by byte. */
final class ScriptedOrigin implements AutoCloseable {

    /** What is done to a request. */
    @FunctionalInterface
    interface Script {
        void answer(Received request, Wire wire) throws IOException, InterruptedException;
    }

    /**
     * A request as it came.
     *
     * @param head start line and fields, without the empty line
     * @param connection counts the connections from 1
     */
    record Received(String head, String body, int connection) {
        String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        String path() {
            return line().split(" ", -1)[1];
        }

        String field(String name) {
            return RawClient.field(head, name);
        }
    }

    /** The connection that a request came by. */
    record Wire(Socket socket, InputStream in, OutputStream out) {
        void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** A head of these lines, the first behind the version. */
        void head(String... lines) throws IOException {
            send("HTTP/1.1 " + String.join("\r\n", lines) + "\r\n\r\n");
        }

        /** A whole response with its length. */
        void respond(String status, String fields, String body) throws IOException {
            send(
                    "HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s"
                            .formatted(status, fields, body.length(), body));
        }

        /** Ends the connection with a reset. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    private final ServerSocket listener;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    ScriptedOrigin(Script script) throws IOException {
        this("127.0.0.1", 0, script);
    }

    ScriptedOrigin(String host, int port, Script script) throws IOException {
        this(new ServerSocket(port, 1024, InetAddress.getByName(host)), script);
    }

    ScriptedOrigin(ServerSocket listener, Script script) {
        this.script = script;
        this.listener = listener;
        Thread.ofVirtual().start(this::accept);
    }

    /** An origin that answers everything with 200, these fields and this body. */
    static ScriptedOrigin always(String fields, String body) throws IOException {
        return new ScriptedOrigin((request, wire) -> wire.respond("200 OK", fields, body));
    }

    int port() {
        return listener.getLocalPort();
    }

    OriginAddress address() {
        return new OriginAddress("http", "127.0.0.1", port());
    }

    List<Received> received() {
        return received;
    }

    int connections() {
        return connections.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                int number = connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket, number));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Wire wire = new Wire(socket, in, socket.getOutputStream());
            while (true) {
                String head = RawClient.readHead(in);
                if (head == null) {
                    return;
                }
                String body =
                        head.contains("Expect: 100-continue") ? "" : RawClient.readBody(in, head);
                Received request = new Received(head, body, number);
                received.add(request);
                script.answer(request, wire);
                if (socket.isClosed()) {
                    return;
                }
            }
        } catch (IOException | InterruptedException ended) {
            // as a client may do at any time
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
