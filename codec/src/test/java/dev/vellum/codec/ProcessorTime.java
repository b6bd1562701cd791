package dev.vellum.codec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Processor time, user and system, of work on this thread and of commands, in seconds. */
final class ProcessorTime {

    private ProcessorTime() {}

    /** Something to time. */
    interface Work {
        Object run() throws CodecException, IOException;
    }

    /** Of this thread, which does all the work. */
    static double own(Work work) throws CodecException, IOException {
        var threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        Object _ = work.run();
        return (threads.getCurrentThreadCpuTime() - start) / 1e9;
    }

    /** Of a command, in steps of 10 ms; what it prints goes to {@code log}. */
    static double child(Path log, String... command) throws IOException {
        double start = children();
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(
                        String.join(" ", command) + " failed: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
        return children() - start;
    }

    /** What all children that ended took. */
    private static double children() throws IOException {
        String line = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.US_ASCII);
        String[] words = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(words[13]) + Long.parseLong(words[14])) / 100.0;
    }
}
