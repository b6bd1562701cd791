package dev.vellum.proxy;

import dev.vellum.proxy.admin.Metrics;
import dev.vellum.proxy.coding.CodedBodies;
import dev.vellum.proxy.coding.Coding;
import dev.vellum.proxy.log.AccessLog;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.Headroom;
import dev.vellum.proxy.store.ResponseStore;
import dev.vellum.proxy.store.disk.DiskCounters;
import dev.vellum.proxy.store.disk.DiskTier;
import dev.vellum.proxy.store.shared.RedisTier;
import dev.vellum.proxy.store.shared.SharedCounters;
import dev.vellum.proxy.variant.Variants;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** The metrics that are read from the parts when they are asked for. */
record Gauges(Metrics metrics) {

    void ofProxy(
            LongSupplier connections, Chunks chunks, Headroom headroom, Optional<AccessLog> log) {
        metrics.gauge("vellum_connections", "Client connections open now.", connections);
        metrics.gauge("vellum_body_bytes", "Off-heap bytes that bodies take now.", chunks::used);
        metrics.gauge(
                "vellum_overloaded",
                "Whether requests that need an origin are refused for want of memory: 1 or 0.",
                () -> headroom.mayFetch() ? 0 : 1);
        metrics.count(
                "vellum_log_dropped",
                "Requests that were not logged because the queue was full.",
                () -> log.map(AccessLog::dropped).orElse(0L));
    }

    void ofReloads(Reloads reloads) {
        metrics.gauge(
                "vellum_config_up_to_date",
                "Whether the configuration that was read last is the one that holds: 1 or 0.",
                () -> reloads.upToDate() ? 1 : 0);
        metrics.count(
                "vellum_config_reloads", "Configurations that were taken.", reloads::takenSoFar);
        metrics.count(
                "vellum_config_refused",
                "Configurations that were not taken.",
                reloads::refusedSoFar);
    }

    void ofCoding(CodedBodies bodies) {
        Map<String, LongSupplier> responses = new TreeMap<>();
        for (Coding coding : Coding.values()) {
            responses.put(coding.toString(), () -> bodies.responses(coding));
        }
        metrics.count(
                "vellum_coded_responses",
                "Responses that were coded on the way out.",
                "coding",
                responses);
        metrics.count(
                "vellum_coding_read_bytes", "Bytes of bodies that were coded.", bodies::bytesRead);
        metrics.count("vellum_coding_made_bytes", "Bytes that came of coding.", bodies::bytesMade);
    }

    void ofStore(ResponseStore store, DiskCounters counters) {
        metrics.gauge(
                "vellum_body_file_bytes",
                "Bytes of bodies that the kernel has a copy of.",
                store.files()::bytes);
        metrics.gauge("vellum_purge_targets", "Purges that are told apart.", store.purges()::size);
        store.disk().ifPresent(disk -> ofDisk(disk, counters));
    }

    void ofVariants(Variants variants) {
        metrics.gauge(
                "vellum_picture_jobs", "Variants that wait to be made.", variants::waitingJobs);
        metrics.count(
                "vellum_picture_jobs_worked",
                "Variants that were made, or turned out to be of no use.",
                variants::workedJobs);
        metrics.gauge(
                "vellum_picture_bytes",
                "Bytes set aside for variants that wait or are being made.",
                variants::reservedBytes);
    }

    private void ofDisk(DiskTier disk, DiskCounters counters) {
        metrics.gauge(
                "vellum_disk_on",
                "Whether the disk store works: 1 or 0.",
                () -> disk.isOn() ? 1 : 0);
        metrics.gauge("vellum_disk_bytes", "Bytes of its files.", disk::bytes);
        metrics.gauge("vellum_disk_responses", "Responses that can be found on disk.", disk::size);
        metrics.count(
                "vellum_disk_stored_bytes",
                "Bytes of bodies written to disk.",
                counters::storedBytes);
        metrics.count(
                "vellum_disk_dropped",
                "Responses that were not written to disk.",
                counters::dropped);
        metrics.count(
                "vellum_disk_evicted",
                "Responses that went to make room on disk.",
                counters::evictedResponses);
        metrics.count(
                "vellum_disk_corrupt",
                "Records on disk that were not what was written.",
                counters::corruptRecords);
    }

    void ofShared(RedisTier shared, SharedCounters counters) {
        metrics.gauge(
                "vellum_shared_on",
                "Whether the shared store answers: 1 or 0.",
                () -> shared.answers() ? 1 : 0);
        metrics.gauge(
                "vellum_shared_untold_purges",
                "Purges that the other proxies do not know yet.",
                shared::untoldPurges);
        metrics.count(
                "vellum_shared_hits",
                "Lookups in the shared store that found a response.",
                counters::hits);
        metrics.count(
                "vellum_shared_misses",
                "Lookups in the shared store that found none.",
                counters::misses);
        metrics.count(
                "vellum_shared_unanswered",
                "Lookups in the shared store without an answer in time.",
                counters::unanswered);
        metrics.count(
                "vellum_shared_stored_bytes",
                "Bytes of bodies written to the shared store.",
                counters::storedBytes);
        metrics.count(
                "vellum_shared_dropped",
                "Responses that were not written to the shared store.",
                counters::dropped);
        metrics.count(
                "vellum_shared_corrupt",
                "Records in the shared store that were not what was written.",
                counters::corrupt);
    }
}
