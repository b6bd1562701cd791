package dev.vellum.proxy.h2;

/** The streams that were closed last: what still comes for them is judged by how they ended. */
final class ClosedStreams {

    private static final int KEPT = 256;

    /** How a stream ended. */
    enum How {
        /** By us; the peer may not know yet, so its frames are ignored. */
        RESET,
        /** By both sides, or by the peer: it must not send any more. */
        ENDED,
        /** Too long ago to tell, or never begun. */
        UNKNOWN
    }

    private final int[] streams = new int[KEPT];
    private final How[] hows = new How[KEPT];
    private int next;

    void add(int stream, How how) {
        streams[next] = stream;
        hows[next] = how;
        next = (next + 1) % KEPT;
    }

    How find(int stream) {
        for (int i = 0; i < KEPT; i++) {
            if (streams[i] == stream) {
                return hows[i];
            }
        }
        return How.UNKNOWN;
    }
}
