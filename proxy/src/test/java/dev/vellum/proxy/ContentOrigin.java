package dev.vellum.proxy;

import dev.vellum.proxy.origin.OriginAddress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An origin on loopback for load: answers every GET with what {@link Contents} has for its path.
 */
final class ContentOrigin implements AutoCloseable {

    private final ServerSocket listener =
            new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final String fields;

    /**
     * @param fields of every response, each with its line end
     */
    ContentOrigin(String fields) throws IOException {
        this.fields = fields;
        Thread.ofVirtual().start(this::accept);
    }

    OriginAddress address() {
        return new OriginAddress("http", "127.0.0.1", listener.getLocalPort());
    }

    /** Requests so far. */
    int requests() {
        return requests.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String head = RawClient.readHead(in);
                    head != null;
                    head = RawClient.readHead(in)) {
                requests.incrementAndGet();
                String path = head.split(" ", 3)[1];
                String body = Contents.of(path);
                String response =
                        "HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s"
                                .formatted(fields, body.length(), body);
                socket.getOutputStream().write(response.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException ended) {
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
