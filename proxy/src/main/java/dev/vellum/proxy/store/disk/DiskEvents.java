package dev.vellum.proxy.store.disk;

/** What happens in the disk tier, told to metrics and alerts. Called from its threads. */
public interface DiskEvents {

    /** Why a response was not written; the names are metric labels. */
    enum Drop {
        /** Too much waits to be written. */
        QUEUE_FULL,
        /** Larger than a segment can hold. */
        TOO_LARGE,
        /** Its body was released before it was written. */
        BODY_GONE,
        /** The tier is off. */
        OFF
    }

    /** A response is on disk. */
    void stored(long bytes);

    /** A response was not written. */
    void dropped(Drop reason);

    /** The oldest segment went, and the responses in it that were not used lately. */
    void evicted(int responses, long bytes);

    /** Bytes on disk were not what was written; the response that held them is forgotten. */
    void corrupt();

    /** The disk is full or fails: nothing is read or written until {@link #turnedOn}. */
    void turnedOff(String reason);

    /** The disk works, for the first time or again. */
    void turnedOn();

    /** Nobody is told. */
    DiskEvents NONE =
            new DiskEvents() {
                @Override
                public void stored(long bytes) {}

                @Override
                public void dropped(Drop reason) {}

                @Override
                public void evicted(int responses, long bytes) {}

                @Override
                public void corrupt() {}

                @Override
                public void turnedOff(String reason) {}

                @Override
                public void turnedOn() {}
            };
}
