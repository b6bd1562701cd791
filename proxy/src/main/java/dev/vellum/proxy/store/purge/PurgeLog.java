package dev.vellum.proxy.store.purge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The purges of a file, one on each line:
 *
 * <pre>checksum:8-hex-digits time purge</pre>
 *
 * <p>The checksum is the CRC-32C of what follows it; purges are as {@link PurgeText} writes them.
 * Not thread-safe.
 */
final class PurgeLog implements AutoCloseable {

    private final Path file;
    private FileChannel channel;
    private long lines;

    /** What a line says. */
    record Entry(Instant when, Purge purge) {}

    private PurgeLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** What a file held. */
    record Opened(PurgeLog log, List<Entry> entries, boolean damaged) {}

    /**
     * Opens or makes the file. A last line without its end was never acknowledged, and is cut off;
     * any other line that does not hold may have been any purge.
     */
    static Opened open(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        int end = text.lastIndexOf('\n') + 1;
        channel.truncate(end);
        channel.position(end);
        PurgeLog log = new PurgeLog(file, channel);
        List<Entry> entries = new ArrayList<>();
        boolean damaged = false;
        for (String line : text.substring(0, end).lines().toList()) {
            Entry entry = read(line);
            log.lines++;
            if (entry == null) {
                damaged = true;
            } else {
                entries.add(entry);
            }
        }
        return new Opened(log, entries, damaged);
    }

    /** Adds entries; they outlive the machine when this returns. */
    void append(Collection<Entry> entries) throws IOException {
        long end = channel.position();
        try {
            write(channel, entries);
            channel.force(false);
        } catch (IOException failed) {
            // half a line would spoil the next one
            channel.truncate(end);
            throw failed;
        }
        lines += entries.size();
    }

    /** How many lines the file has. */
    long lines() {
        return lines;
    }

    /** Puts {@code entries} in the place of all there were. */
    void replace(Collection<Entry> entries) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        FileChannel written =
                FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        write(written, entries);
        written.force(true);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        channel.close();
        channel = written;
        lines = entries.size();
    }

    private static void write(FileChannel channel, Collection<Entry> entries) throws IOException {
        StringBuilder text = new StringBuilder();
        entries.forEach(entry -> text.append(line(entry)));
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static String line(Entry entry) {
        String text = entry.when() + " " + PurgeText.write(entry.purge());
        return checksum(text) + " " + text + "\n";
    }

    private static @Nullable Entry read(String line) {
        if (line.length() < 9 || !line.startsWith(checksum(line.substring(9)) + " ")) {
            return null;
        }
        String text = line.substring(9);
        int space = Math.max(0, text.indexOf(' '));
        try {
            return new Entry(
                    Instant.parse(text.substring(0, space)),
                    PurgeText.read(text.substring(space + 1)));
        } catch (DateTimeException | IllegalArgumentException unknown) {
            return null;
        }
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException nothingLost) {
            // all that was acknowledged was forced
        }
    }
}
