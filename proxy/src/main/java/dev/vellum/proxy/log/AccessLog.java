package dev.vellum.proxy.log;

import dev.vellum.proxy.exchange.Journal;
import dev.vellum.proxy.exchange.Summary;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line for each request, on a thread of its own: {@link #record} never waits. A request
 * that finds the queue full is counted and not logged.
 */
public final class AccessLog implements Journal, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    private final BlockingQueue<Summary> queue;
    private final AccessLine line;
    private final OutputStream out;
    private final LongAdder dropped = new LongAdder();
    private final Thread writer;
    private volatile boolean closing;

    /**
     * A log into {@code out}, which it closes.
     *
     * @param config its queue and query; where it goes is {@code out}
     */
    public AccessLog(LogConfig config, OutputStream out) {
        this.queue = new ArrayBlockingQueue<>(config.queue());
        this.line = new AccessLine(config.query());
        this.out = new BufferedOutputStream(out, 64 * 1024);
        this.writer = Thread.ofPlatform().name("vellum-access-log").daemon().unstarted(this::write);
        writer.start();
    }

    /** The log that {@code config} asks for, if it asks for one. */
    public static Optional<AccessLog> open(LogConfig config) throws IOException {
        return switch (config.access()) {
            case LogConfig.Access.Off() -> Optional.empty();
            case LogConfig.Access.Stdout() ->
                    Optional.of(new AccessLog(config, new FileOutputStream(FileDescriptor.out)));
            case LogConfig.Access.File(var path) ->
                    Optional.of(new AccessLog(config, append(path)));
        };
    }

    private static OutputStream append(Path path) throws IOException {
        try {
            Files.createFile(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException appended) {
            LOG.debug("appending to {}", path);
        }
        return new FileOutputStream(path.toFile(), true);
    }

    /** Requests that were not logged because the queue was full. */
    public long dropped() {
        return dropped.sum();
    }

    @Override
    public void record(Summary summary) {
        if (!queue.offer(summary)) {
            dropped.increment();
        }
    }

    private void write() {
        try (out) {
            while (true) {
                // read before the queue: what came before close() is in it
                boolean last = closing;
                Summary next = queue.poll();
                if (next == null) {
                    out.flush();
                    if (last) {
                        return;
                    }
                    next = queue.poll(200, TimeUnit.MILLISECONDS);
                }
                if (next != null) {
                    out.write(line.of(next).getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException full) {
            LOG.error("the access log cannot be written any more", full);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what waits, then ends. */
    @Override
    public void close() {
        closing = true;
        try {
            writer.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
