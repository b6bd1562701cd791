package dev.vellum.loadtest;

import dev.vellum.loadtest.Tally.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client that asks for one object after the other, in all the ways there are, and checks what it
 * gets.
 */
final class SoakClient implements Runnable {

    private static final int BLOCK = 64 * 1024;

    private final int port;
    private final Objects objects;
    private final Zipf popularity;
    private final SplittableRandom random;
    private final Tally tally;
    private final boolean excuses;
    private final BooleanSupplier over;
    private final byte[] block = new byte[BLOCK];
    private @Nullable Wire wire;

    SoakClient(
            int port,
            Objects objects,
            Zipf popularity,
            long seed,
            Tally tally,
            boolean excuses,
            BooleanSupplier over) {
        this.port = port;
        this.objects = objects;
        this.popularity = popularity;
        this.random = new SplittableRandom(seed);
        this.tally = tally;
        this.excuses = excuses;
        this.over = over;
    }

    @Override
    public void run() {
        while (!over.getAsBoolean()) {
            int number = popularity.next(random);
            Kind kind = kind();
            try {
                ask(kind, number);
            } catch (IOException broken) {
                if (excuses && !(broken instanceof Unexpected)) {
                    tally.excused();
                } else {
                    tally.wrong(kind + " /o/" + number + ": " + broken);
                }
                drop();
            }
        }
        drop();
    }

    private Kind kind() {
        int choice = random.nextInt(100);
        return choice < 70
                ? Kind.GET
                : choice < 80
                        ? Kind.RANGE
                        : choice < 88 ? Kind.CONDITIONAL : choice < 95 ? Kind.HEAD : Kind.ABORT;
    }

    private void ask(Kind kind, int number) throws IOException {
        int size = objects.size(number);
        int first = kind == Kind.RANGE ? random.nextInt(size) : 0;
        int last = kind == Kind.RANGE ? first + random.nextInt(size - first) : size - 1;
        String more =
                switch (kind) {
                    case GET, HEAD, ABORT -> "";
                    case RANGE -> "Range: bytes=" + first + "-" + last + "\r\n";
                    case CONDITIONAL -> "If-None-Match: " + objects.entityTag(number) + "\r\n";
                };
        Wire to = wire();
        long start = System.nanoTime();
        to.send(
                (kind == Kind.HEAD ? "HEAD" : "GET")
                        + " /o/"
                        + number
                        + " HTTP/1.1\r\nHost: soak.test\r\n"
                        + more
                        + "\r\n");
        String head = to.head();
        if (head == null) {
            throw new IOException("closed (expected: a response)");
        }
        int status = Integer.parseInt(head.substring(9, 12));
        if (excuses && status >= 502 && status <= 504) {
            skip(to, kind == Kind.HEAD ? "" : Wire.field(head, "Content-Length"));
            tally.excused();
            return;
        }
        // who answers may always send the whole (RFC 9110 section 14.2)
        int from = status == 206 ? first : 0;
        int content = kind == Kind.CONDITIONAL ? 0 : (status == 206 ? last + 1 : size) - from;
        String length = Wire.field(head, "Content-Length");
        if (!isExpected(kind, status)) {
            throw new Unexpected(head + " (expected: another status)");
        }
        if (kind != Kind.CONDITIONAL && !length.equals(Integer.toString(content))) {
            throw new Unexpected("Content-Length: " + length + " (expected: " + content + ")");
        }
        switch (kind) {
            case GET, RANGE -> check(to, number, from, content);
            case ABORT -> {
                content = random.nextInt(Math.min(size, 200_000));
                check(to, number, 0, content);
                to.reset();
                wire = null;
            }
            case CONDITIONAL, HEAD -> content = 0;
        }
        boolean hit = Wire.field(head, "Cache-Status").contains(";hit");
        tally.right(kind, hit, content, System.nanoTime() - start);
        if (Wire.field(head, "Connection").equalsIgnoreCase("close")) {
            drop();
        }
    }

    private static boolean isExpected(Kind kind, int status) {
        return switch (kind) {
            case GET, HEAD, ABORT -> status == 200;
            case RANGE -> status == 206 || status == 200;
            case CONDITIONAL -> status == 304;
        };
    }

    private void skip(Wire from, String length) throws IOException {
        int left = length.isEmpty() ? 0 : Integer.parseInt(length);
        while (left > 0) {
            int some = Math.min(BLOCK, left);
            from.read(block, some);
            left -= some;
        }
    }

    private void check(Wire from, int number, int first, int length) throws IOException {
        for (int at = 0; at < length; at += BLOCK) {
            int some = Math.min(BLOCK, length - at);
            from.read(block, some);
            if (!objects.isRight(number, first + at, block, some)) {
                throw new Unexpected("wrong bytes from " + (first + at) + " on");
            }
        }
    }

    private Wire wire() throws IOException {
        Wire known = wire;
        if (known == null) {
            known = new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
            wire = known;
        }
        return known;
    }

    private void drop() {
        try {
            if (wire != null) {
                wire.close();
            }
        } catch (IOException closed) {
            // it is what was wanted
        }
        wire = null;
    }
}
