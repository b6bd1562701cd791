package dev.vellum.proxy;

import dev.vellum.proxy.exchange.Journal;
import dev.vellum.proxy.exchange.Summary;
import dev.vellum.proxy.http.Failure;
import java.util.List;

/** Several journals that are told the same. */
record Journals(List<Journal> all) implements Journal {

    @Override
    public void record(Summary summary) {
        for (Journal journal : all) {
            journal.record(summary);
        }
    }

    @Override
    public void refused(Failure failure) {
        for (Journal journal : all) {
            journal.refused(failure);
        }
    }
}
