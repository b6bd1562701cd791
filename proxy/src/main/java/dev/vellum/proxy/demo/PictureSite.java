package dev.vellum.proxy.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A site on loopback: pictures, which may be kept for an hour, and a page. */
public final class PictureSite implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(String type, byte[] content) {}

    public PictureSite() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Where something is, or will be. */
    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** Puts something there. */
    public void put(String path, String type, byte[] content) {
        entries.put(path, new Entry(type, content));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Entry entry = entries.get(exchange.getRequestURI().getPath());
            if (entry == null) {
                byte[] text = "nothing here\n".getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(404, text.length);
                exchange.getResponseBody().write(text);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", entry.type());
            exchange.getResponseHeaders().set("Cache-Control", "max-age=3600");
            exchange.sendResponseHeaders(200, entry.content().length);
            exchange.getResponseBody().write(entry.content());
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
