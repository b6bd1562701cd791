package dev.vellum.proxy.picture;

import java.util.concurrent.CompletableFuture;

/** Whether the transcoder takes a job. */
public sealed interface Admission {

    /** It does, or has it already. */
    record Taken(Ticket ticket) implements Admission {}

    /** It does not; the original goes out. */
    record Refused(Bypass reason) implements Admission {}

    /** One caller's share in a job. */
    interface Ticket {

        /**
         * The outcome; never fails. Completed on a worker's thread, which callers leave at once
         * ({@code whenCompleteAsync} with their own executor).
         */
        CompletableFuture<Making> outcome();

        /** Takes the caller's interest back: a job that nobody wants ends, waiting or running. */
        void cancel();
    }
}
