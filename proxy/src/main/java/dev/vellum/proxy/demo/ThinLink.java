package dev.vellum.proxy.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A slow link, simulated: a TCP relay on loopback whose two directions each pass so many bits a
 * second, shared by all connections, and hold every byte back for the time it would be under way. A
 * new connection waits one round trip, as a handshake does. Closing it breaks all connections.
 */
public final class ThinLink implements AutoCloseable {

    private static final int PIECE = 1460;

    /** Pieces that may be under way in one direction of one connection: the buffer of a modem. */
    private static final int WINDOW = 64;

    private final ServerSocket server;
    private final InetSocketAddress target;
    private final Duration delay;
    private final Direction up;
    private final Direction down;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private ThinLink(
            ServerSocket server, InetSocketAddress target, long bitsPerSecond, Duration delay) {
        this.server = server;
        this.target = target;
        this.delay = delay;
        this.up = new Direction(bitsPerSecond);
        this.down = new Direction(bitsPerSecond);
    }

    /**
     * Opens a link.
     *
     * @param target where it leads, on this machine
     * @param bitsPerSecond of each direction, from 1000
     * @param delay of one direction, half a round trip
     */
    public static ThinLink open(InetSocketAddress target, long bitsPerSecond, Duration delay)
            throws IOException {
        if (bitsPerSecond < 1000) {
            throw new IllegalArgumentException(
                    "bits per second: " + bitsPerSecond + " (expected: >= 1000)");
        }
        ServerSocket server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        ThinLink link = new ThinLink(server, target, bitsPerSecond, delay);
        Thread.ofVirtual().name("thin-link").start(link::accept);
        return link;
    }

    /** Where its near end listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /** Bytes from the far end to the near one. */
    public long bytesDown() {
        return down.bytes.get();
    }

    /** Bytes from the near end to the far one. */
    public long bytesUp() {
        return up.bytes.get();
    }

    private void accept() {
        while (true) {
            try {
                Socket near = held(server.accept());
                Thread.ofVirtual().start(() -> join(near));
            } catch (IOException closed) {
                return;
            }
        }
    }

    /** Remembers a socket for {@link #close()}; one that comes after it is closed at once. */
    private Socket held(Socket socket) throws IOException {
        sockets.add(socket);
        if (server.isClosed()) {
            close(socket);
            throw new IOException("the link is closed");
        }
        return socket;
    }

    private void join(Socket near) {
        try {
            Thread.sleep(delay.multipliedBy(2));
            Socket far = held(new Socket(target.getAddress(), target.getPort()));
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            Thread other = Thread.ofVirtual().start(() -> pass(near, far, up));
            pass(far, near, down);
            other.join();
            close(far);
        } catch (IOException unreachable) {
            // what a client sees of it is a connection that ends
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            close(near);
        }
    }

    /** A piece and the moment at which it arrives; an empty one ends the direction. */
    private static final class Piece {

        private final byte[] bytes;
        private final long arrival;

        Piece(byte[] bytes, long arrival) {
            this.bytes = bytes;
            this.arrival = arrival;
        }
    }

    private void pass(Socket from, Socket to, Direction direction) {
        BlockingQueue<Piece> underWay = new ArrayBlockingQueue<>(WINDOW);
        Thread arriving = Thread.ofVirtual().start(() -> deliver(underWay, to));
        try {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[PIECE];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                long sent = direction.send(n);
                sleepUntil(sent);
                underWay.put(new Piece(Arrays.copyOf(buffer, n), sent + delay.toNanos()));
            }
            underWay.put(new Piece(new byte[0], System.nanoTime() + delay.toNanos()));
            arriving.join();
        } catch (IOException broken) {
            arriving.interrupt();
            close(from);
            close(to);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver(BlockingQueue<Piece> underWay, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            while (true) {
                Piece piece = underWay.take();
                sleepUntil(piece.arrival);
                if (piece.bytes.length == 0) {
                    to.shutdownOutput();
                    return;
                }
                out.write(piece.bytes);
            }
        } catch (IOException broken) {
            close(to);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        long left = nanos - System.nanoTime();
        if (left > 0) {
            Thread.sleep(Duration.ofNanos(left));
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException ignored) {
            // it is gone either way
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sockets.forEach(this::close);
    }

    /** One direction of the line: one piece after the other, whoever sends it. */
    private static final class Direction {

        private final long bitsPerSecond;
        private final AtomicLong bytes = new AtomicLong();
        private final AtomicLong free = new AtomicLong(System.nanoTime());

        Direction(long bitsPerSecond) {
            this.bitsPerSecond = bitsPerSecond;
        }

        /** Takes the line for a piece; says when its last bit has left. */
        long send(int size) {
            bytes.addAndGet(size);
            long now = System.nanoTime();
            long takes = 8L * size * 1_000_000_000 / bitsPerSecond;
            return free.updateAndGet(free -> (free - now > 0 ? free : now) + takes);
        }
    }
}
