package dev.vellum.proxy;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What became of configurations that were read while the proxy runs, for metrics and the log. */
final class Reloads {

    private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);

    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean upToDate = true;

    void taken(List<String> needRestart) {
        taken.incrementAndGet();
        upToDate = true;
        LOG.info("the configuration was read again");
        if (!needRestart.isEmpty()) {
            LOG.warn("changed, but not before the next start: {}", String.join(", ", needRestart));
        }
    }

    void refused(Exception why) {
        refused.incrementAndGet();
        upToDate = false;
        LOG.error("the configuration stays as it is: {}", why.getMessage());
    }

    long takenSoFar() {
        return taken.get();
    }

    long refusedSoFar() {
        return refused.get();
    }

    /** Whether the last one that was read is the one that holds. */
    boolean upToDate() {
        return upToDate;
    }
}
