package dev.vellum.proxy;

import dev.vellum.proxy.origin.OriginAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An origin that speaks HTTP/2 without TLS, frame by frame as a test says. */
final class FrameOrigin implements AutoCloseable {

    /** What is done on each connection. */
    @FunctionalInterface
    interface Script {
        void serve(Http2Client wire, int connection) throws IOException, InterruptedException;
    }

    private final ServerSocket listener =
            new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    FrameOrigin(Script script) throws IOException {
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    OriginAddress address() {
        return new OriginAddress("h2c", "127.0.0.1", listener.getLocalPort());
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
            Http2Client wire = new Http2Client(socket);
            wire.readPreface();
            wire.frame(Http2Client.SETTINGS, 0, 0);
            script.serve(wire, number);
        } catch (IOException | InterruptedException ended) {
            // as a client may do at any time
        } finally {
            open.remove(socket);
        }
    }

    /** The next request's stream, once its head is here; -1 at the end of the connection. */
    static int nextRequest(Http2Client wire) throws IOException {
        for (Http2Client.Frame frame = wire.read(); frame != null; frame = wire.read()) {
            if (frame.type() == Http2Client.HEADERS) {
                return frame.stream();
            }
        }
        return -1;
    }

    static void answer(Http2Client wire, int stream, String text) throws IOException {
        wire.headers(
                stream, Http2Client.END_HEADERS, ":status", "200", "cache-control", "no-store");
        wire.data(stream, text, true);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
