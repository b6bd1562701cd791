package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.vips.VipsSession;
import java.util.HashMap;
import java.util.Map;

/**
 * Kills native work whose deadline is over, again and again until it ends. Sleeps while there is
 * none.
 */
final class Watchdog implements AutoCloseable {

    private static final long PERIOD_MILLIS = 10;

    /** Guarded by itself. */
    private final Map<VipsSession, Deadline> watched = new HashMap<>();

    private final Thread thread =
            Thread.ofPlatform().name("picture-watchdog").daemon().unstarted(this::run);

    private Watchdog() {}

    static Watchdog start() {
        Watchdog watchdog = new Watchdog();
        watchdog.thread.start();
        return watchdog;
    }

    private void run() {
        try {
            while (true) {
                synchronized (watched) {
                    while (watched.isEmpty()) {
                        watched.wait();
                    }
                    watched.forEach((session, deadline) -> {
                        if (deadline.over()) {
                            session.kill();
                        }
                    });
                }
                Thread.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException closed) {
            // the end
        }
    }

    void watch(VipsSession session, Deadline deadline) {
        synchronized (watched) {
            watched.put(session, deadline);
            watched.notifyAll();
        }
    }

    /** Must come before the session is closed. */
    void forget(VipsSession session) {
        synchronized (watched) {
            watched.remove(session);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
