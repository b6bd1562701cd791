package dev.vellum.proxy.wire;

import dev.vellum.proxy.wire.StrictReader.Message;
import dev.vellum.proxy.wire.StrictReader.NotStrict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * An origin for tests, on loopback: reads requests strictly, remembers them, and answers each with
 * bytes as they are. Connections stay open until the other end closes them.
 */
public final class Origin implements AutoCloseable {

    private final ServerSocket listener;
    private final Function<Message, String> answers;
    private final ConcurrentLinkedQueue<Message> requests = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    /**
     * Starts to listen.
     *
     * @param answers what is sent back for a request, as characters of ISO 8859-1; what stands
     *     behind a {@code \0\0close} is not sent, but the connection closed
     */
    public Origin(Function<Message, String> answers) throws IOException {
        this.answers = answers;
        this.listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** What makes an answer end with its connection. */
    public static final String CLOSE = "\0\0close";

    public int port() {
        return listener.getLocalPort();
    }

    /** Requests that came whole. */
    public List<Message> requests() {
        return List.copyOf(requests);
    }

    /** What was sent to it that no careful proxy sends. */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    /** Connections that were ever opened and are open still. */
    public int connections() {
        return connections.size();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                connections.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            StrictReader reader = new StrictReader(socket.getInputStream());
            while (true) {
                Message request = reader.request(head -> goOnIfExpected(head, socket));
                if (request == null) {
                    return;
                }
                requests.add(request);
                String answer = answers.apply(request);
                int close = answer.indexOf(CLOSE);
                String sent = close < 0 ? answer : answer.substring(0, close);
                socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
                if (close >= 0) {
                    return;
                }
            }
        } catch (NotStrict fault) {
            // a request that was broken off is not one that was malformed
            if (!fault.ended()) {
                faults.add(String.valueOf(fault.getMessage()));
            }
        } catch (IOException reset) {
            // broken off as well
        } finally {
            connections.remove(socket);
        }
    }

    private static void goOnIfExpected(Message head, Socket socket) throws IOException {
        if ("100-continue".equalsIgnoreCase(head.field("Expect"))) {
            socket.getOutputStream()
                    .write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }
}
