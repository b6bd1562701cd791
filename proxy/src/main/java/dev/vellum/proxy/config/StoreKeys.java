package dev.vellum.proxy.config;

import dev.vellum.proxy.store.MemoryConfig;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.store.shared.SharedConfig;
import dev.vellum.proxy.units.ByteSize;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The keys of the store: memory, disk and what a fleet shares.
 *
 * @param folder what relative paths start from
 */
record StoreKeys(Path folder) {

    /** {@code memory}. */
    static MemoryConfig memory(Section section) {
        MemoryConfig standard = MemoryConfig.DEFAULT;
        try (section) {
            return section.make(() ->
                    new MemoryConfig(
                            section.size("bytes", standard.bytes()),
                            section.size("object-bytes", standard.objectBytes()),
                            section.size("in-flight-bytes", standard.inFlightBytes()),
                            section.size("passing-bytes", standard.passingBytes()),
                            section.size("file-bytes", standard.fileBytes())));
        }
    }

    /** {@code disk}. Without a directory there is none; its sizes are checked all the same. */
    Optional<DiskConfig> disk(Section section) {
        try (section) {
            Optional<Path> directory = section.optional("directory", folder::resolve);
            ByteSize bytes = section.size("bytes", ByteSize.ofMib(8 * 1024));
            return section.make(() -> {
                DiskConfig standard = DiskConfig.of(directory.orElse(folder), bytes);
                DiskConfig read =
                        new DiskConfig(
                                standard.directory(),
                                bytes,
                                section.size("segment-bytes", standard.segmentBytes()),
                                section.size("queue-bytes", standard.queueBytes()),
                                section.size("index-bytes", standard.indexBytes()),
                                section.duration("retry", standard.retry()));
                return directory.map(chosen -> read);
            });
        }
    }

    /** {@code shared}. Without servers there is none; the rest is checked all the same. */
    Optional<SharedConfig> shared(Section section) {
        SharedConfig standard = SharedConfig.of(URI.create("redis://127.0.0.1:6379"));
        try (section) {
            List<URI> servers = section.values("servers", List.of(), SharedConfig::server);
            return section.make(() -> {
                SharedConfig read =
                        new SharedConfig(
                                servers.isEmpty() ? standard.servers() : servers,
                                section.flag("cluster", standard.cluster()),
                                section.text("user", standard.user()),
                                section.optional("password-file", folder::resolve),
                                section.text("prefix", standard.prefix()),
                                section.duration("deadline", standard.deadline()),
                                section.size("object-bytes", standard.objectBytes()),
                                section.size("queue-bytes", standard.queueBytes()),
                                section.duration("keep", standard.keep()));
                return servers.isEmpty() ? Optional.empty() : Optional.of(read);
            });
        }
    }
}
