package dev.vellum.proxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Clients that ask for paths one after the other until they are stopped, and look at every body.
 */
final class ClientLoad implements AutoCloseable {

    private final int port;
    private final Function<SplittableRandom, String> paths;
    private final List<Thread> clients = new ArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger hits = new AtomicInteger();
    private volatile boolean stopped;

    /**
     * Starts.
     *
     * @param paths what a client asks for next
     */
    ClientLoad(int port, int count, long seed, Function<SplittableRandom, String> paths) {
        this.port = port;
        this.paths = paths;
        for (int i = 0; i < count; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            clients.add(Thread.ofVirtual().start(() -> ask(random)));
        }
    }

    /** Responses so far that were right. */
    int answered() {
        return answered.get();
    }

    /** Of them, those from the store. */
    int hits() {
        return hits.get();
    }

    /** What went wrong. */
    List<String> failures() {
        return failures;
    }

    /** Waits for that many more right answers, or for a failure. */
    void awaitMore(int count) throws InterruptedException {
        int target = answered.get() + count;
        while (answered.get() < target && failures.isEmpty()) {
            Thread.sleep(5);
        }
    }

    private void ask(SplittableRandom random) {
        RawClient client = null;
        String path = "";
        while (!stopped && failures.size() < 20) {
            path = paths.apply(random);
            try {
                client = client == null ? new RawClient(port) : client;
                RawClient.Response response = client.exchange("GET", path, "", "");
                judge(path, response);
                if (response.field("Connection").equals("close")) {
                    close(client);
                    client = null;
                }
            } catch (IOException broken) {
                failures.add(path + ": " + broken);
                close(client);
                client = null;
            }
        }
        close(client);
    }

    private void judge(String path, RawClient.Response response) {
        boolean right =
                response.status() == 200
                        && response.whole()
                        && Contents.isRight(path, response.body());
        if (right) {
            answered.incrementAndGet();
            if (response.field("Cache-Status").contains(";hit")) {
                hits.incrementAndGet();
            }
        } else {
            failures.add(path + ": " + response.head() + response.body().length() + " bytes");
        }
    }

    private static void close(@Nullable RawClient client) {
        try {
            if (client != null) {
                client.close();
            }
        } catch (IOException closed) {
            // it is what was wanted
        }
    }

    @Override
    public void close() {
        end();
    }

    /** Lets each client end its request, and waits for that. */
    void end() {
        stopped = true;
        for (Thread client : clients) {
            try {
                client.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
