package dev.vellum.proxy.h2;

/**
 * What a peer may send on all streams together (RFC 9113 section 5.2): as much again as was used
 * up, in few large grants.
 */
final class Inflow {

    /** Bytes that a connection may get beyond what was used up. */
    static final int CONNECTION_WINDOW = 1024 * 1024;

    /** The same for each of its streams. */
    static final int STREAM_WINDOW = 256 * 1024;

    private final FrameWriter writer;
    private int window = CONNECTION_WINDOW;
    private int owed;
    private boolean closed;

    Inflow(FrameWriter writer) {
        this.writer = writer;
    }

    /**
     * Bytes have come.
     *
     * @return false if they are more than were granted
     */
    boolean take(int bytes) {
        window -= bytes;
        return window >= 0;
    }

    /** Bytes are used up: as many more may come. */
    void grant(int bytes) {
        owed += bytes;
        if (owed >= CONNECTION_WINDOW / 2 && !closed) {
            writer.windowUpdate(0, owed);
            window += owed;
            owed = 0;
        }
    }

    /** Grants nothing any more. */
    void close() {
        closed = true;
    }
}
