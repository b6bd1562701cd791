package dev.vellum.proxy.store;

import dev.vellum.proxy.http.StoredResponse;

/** One stored response with its bytes. Two are the same only if they are one. */
public final class Stored {

    /** About what keys, objects and head cost beside the body, in bytes. */
    private static final int OVERHEAD = 1024;

    private final StoredResponse response;
    private final Body body;
    private final byte[] readyHead;

    /**
     * @param response everything but the bytes
     * @param body its bytes, complete
     * @param readyHead the head as a client gets it, serialised but for what changes from one use
     *     to the next; kept, not copied
     */
    public Stored(StoredResponse response, Body body, byte[] readyHead) {
        this.response = response;
        this.body = body;
        this.readyHead = readyHead;
    }

    /** Everything but the bytes. */
    public StoredResponse response() {
        return response;
    }

    /** Its bytes; the store owns them, so readers must acquire them first. */
    public Body body() {
        return body;
    }

    /** The serialised head; not to be changed. */
    public byte[] readyHead() {
        return readyHead;
    }

    /** This with another head for the same bytes. */
    public Stored with(StoredResponse changed, byte[] ready) {
        return new Stored(changed, body, ready);
    }

    /** The same body with another head. */
    public Stored with(StoredResponse changed) {
        return new Stored(changed, body, readyHead);
    }

    long weight() {
        return body.footprint() + 2L * readyHead.length + OVERHEAD;
    }
}
