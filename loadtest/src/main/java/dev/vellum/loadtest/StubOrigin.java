package dev.vellum.loadtest;

import dev.vellum.loadtest.Faults.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An origin on loopback that has {@link Objects} under {@code /o/NUMBER}, and knows validators and
 * ranges.
 */
final class StubOrigin implements AutoCloseable {

    private static final int BLOCK = 64 * 1024;
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,9})-(\\d{0,9})");

    private final Objects objects;
    private final Faults faults;
    private final ServerSocket listener =
            new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final LongAdder requests = new LongAdder();

    StubOrigin(Objects objects, Faults faults) throws IOException {
        this.objects = objects;
        this.faults = faults;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Requests so far. */
    long requests() {
        return requests.sum();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the run is over
        }
    }

    private void serve(Socket socket) {
        try (Wire wire = new Wire(socket)) {
            for (String head = wire.head(); head != null; head = wire.head()) {
                requests.increment();
                answer(wire, head);
            }
        } catch (IOException ended) {
            // as the proxy may do at any time
        } finally {
            open.remove(socket);
        }
    }

    private void answer(Wire wire, String head) throws IOException {
        Fault fault = faults.next();
        if (fault == Fault.SILENCE) {
            throw new IOException("a fault");
        }
        if (fault == Fault.UNAVAILABLE) {
            wire.send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        String[] words = head.split(" ", 3);
        int number = Integer.parseInt(words[1].substring(words[1].lastIndexOf('/') + 1));
        String tag = objects.entityTag(number);
        int size = objects.size(number);
        boolean same = Wire.field(head, "If-None-Match").contains(tag);
        Matcher range = RANGE.matcher(Wire.field(head, "Range"));
        boolean part = !same && range.matches() && Integer.parseInt(range.group(1)) < size;
        int first = part ? Integer.parseInt(range.group(1)) : 0;
        int last =
                part && !range.group(2).isEmpty()
                        ? Math.min(size - 1, Integer.parseInt(range.group(2)))
                        : size - 1;
        wire.send(
                "HTTP/1.1 "
                        + (same ? "304 Not Modified" : part ? "206 Partial Content" : "200 OK")
                        + "\r\nContent-Type: application/octet-stream\r\nETag: "
                        + tag
                        + "\r\nCache-Control: "
                        + objects.cacheControl(number)
                        + (part
                                ? "\r\nContent-Range: bytes " + first + "-" + last + "/" + size
                                : "")
                        + (same ? "" : "\r\nContent-Length: " + (last - first + 1))
                        + "\r\n\r\n");
        if (same || words[0].equals("HEAD")) {
            return;
        }
        byte[] block = new byte[Math.min(size, BLOCK)];
        for (int at = first; at <= last; at += block.length) {
            if (fault == Fault.RESET && at + block.length > last) {
                wire.reset();
                throw new IOException("a fault");
            }
            if (fault == Fault.STALL && at == first) {
                stall();
            }
            int length = Math.min(block.length, last + 1 - at);
            objects.read(number, at, block, length);
            wire.send(block, length);
        }
    }

    private static void stall() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
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
