package dev.vellum.proxy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** What was opened so far by a start that may still fail; closed in the opposite order. */
final class Opened {

    private final Deque<Runnable> closers = new ArrayDeque<>();

    <T> T add(T part, Consumer<? super T> closer) {
        closers.push(() -> closer.accept(part));
        return part;
    }

    void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
