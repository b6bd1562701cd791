package dev.vellum.loadtest;

import dev.vellum.loadtest.Tally.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One visit to a page, as a browser makes it: the page, then its pictures over a few connections.
 *
 * @param port of the proxy
 * @param connections at most at a time, 6 as browsers have them
 */
record PageLoad(int port, Objects objects, Pages pages, int connections, Tally tally) {

    private static final int BLOCK = 64 * 1024;

    /**
     * Loads a page and everything on it; every byte is checked.
     *
     * @param page from 0
     */
    void run(int page) throws InterruptedException {
        List<Integer> pictures = pages.pictures(page);
        AtomicInteger next = new AtomicInteger();
        if (!fetchAll(List.of(pages.document(page)), new AtomicInteger())) {
            return;
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.min(connections, pictures.size()); i++) {
            threads.add(Thread.ofVirtual().start(() -> fetchAll(pictures, next)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private boolean fetchAll(List<Integer> numbers, AtomicInteger next) {
        try (Wire wire = new Wire(new Socket(InetAddress.getLoopbackAddress(), port))) {
            byte[] block = new byte[BLOCK];
            for (int i = next.getAndIncrement(); i < numbers.size(); i = next.getAndIncrement()) {
                fetch(wire, numbers.get(i), block);
            }
            return true;
        } catch (IOException broken) {
            tally.wrong("page: " + broken);
            return false;
        }
    }

    private void fetch(Wire wire, int number, byte[] block) throws IOException {
        long start = System.nanoTime();
        wire.send("GET /o/" + number + " HTTP/1.1\r\nHost: soak.test\r\n\r\n");
        String head = wire.head();
        int size = objects.size(number);
        if (head == null
                || !head.startsWith("HTTP/1.1 200 ")
                || !Wire.field(head, "Content-Length").equals(Integer.toString(size))) {
            throw new Unexpected(head + " (expected: 200 and " + size + " bytes)");
        }
        for (int at = 0; at < size; at += block.length) {
            int some = Math.min(block.length, size - at);
            wire.read(block, some);
            if (!objects.isRight(number, at, block, some)) {
                throw new Unexpected("wrong bytes from " + at + " on");
            }
        }
        boolean hit = Wire.field(head, "Cache-Status").contains(";hit");
        tally.right(Kind.GET, hit, size, System.nanoTime() - start);
    }
}
