package dev.vellum.proxy.origin;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks the origins of each route that has a path for it, now and then, whether they are well. */
public final class HealthChecks implements AutoCloseable {

    private final Routes routes;
    private final OriginPool pool;
    private final List<Future<?>> timers = new ArrayList<>();

    /**
     * @param pool whose connections, on whose loop, the checks use
     */
    public HealthChecks(Routes routes, OriginPool pool) {
        this.routes = routes;
        this.pool = pool;
    }

    /** Begins, with a first check of every origin at once. */
    public void start() {
        for (Balanced route : routes.all()) {
            HealthConfig health = route.config().health();
            if (!health.path().isEmpty()) {
                for (OriginAddress origin : route.config().origins()) {
                    timers.add(
                            pool.loop()
                                    .scheduleAtFixedRate(
                                            () -> check(route, origin),
                                            0,
                                            health.interval().toMillis(),
                                            TimeUnit.MILLISECONDS));
                }
            }
        }
    }

    private void check(Balanced route, OriginAddress origin) {
        pool.acquire(
                origin,
                true,
                false,
                false,
                lease -> {
                    switch (lease) {
                        case OriginPool.Lease.Ready(var connection) ->
                                new Check(route, origin, connection).send();
                        case OriginPool.Lease.Unavailable(var failure) -> {
                            if (failure.fault() == Failure.Fault.ORIGIN) {
                                route.failed(origin);
                            }
                        }
                    }
                });
    }

    @Override
    public void close() {
        timers.forEach(timer -> timer.cancel(false));
    }

    /** One question to one origin; the first answer, or the time limit, decides. */
    private static final class Check implements OriginConnection.Listener {

        private final Balanced route;
        private final OriginAddress origin;
        private final OriginConnection connection;
        private final Future<?> deadline;
        private boolean decided;

        Check(Balanced route, OriginAddress origin, OriginConnection connection) {
            this.route = route;
            this.origin = origin;
            this.connection = connection;
            this.deadline =
                    connection
                            .loop()
                            .schedule(
                                    this::late,
                                    route.config().health().timeout().toMillis(),
                                    TimeUnit.MILLISECONDS);
        }

        void send() {
            HealthConfig health = route.config().health();
            String host = route.hostHeader();
            Authority authority = new Authority(bracketed(origin.host()), origin.port());
            RequestHead head =
                    new RequestHead(
                            "GET",
                            new RequestTarget.Absolute(
                                    origin.resourceScheme(), authority, health.path()),
                            HttpVersion.HTTP_1_1,
                            Fields.of(
                                    "Host",
                                    host.isEmpty() ? authority.text(origin.resourceScheme()) : host,
                                    "User-Agent",
                                    "vellum-health"));
            connection.begin(head, false, false, this);
            connection.end(Fields.of());
        }

        private static String bracketed(String host) {
            return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        }

        private void late() {
            decide(false);
            connection.abandon();
        }

        private void decide(boolean well) {
            if (decided) {
                return;
            }
            decided = true;
            if (well) {
                route.answered(origin);
            } else {
                route.failed(origin);
            }
        }

        @Override
        public void onHead(ResponseHead head) {
            decide(head.status() >= 200 && head.status() < 400);
        }

        @Override
        public void onEnd(Fields trailers) {
            deadline.cancel(false);
        }

        @Override
        public void onFailure(Failure failure) {
            deadline.cancel(false);
            decide(false);
        }

        @Override
        public void onInformational(ResponseHead head) {}

        @Override
        public void onData(ByteBuf data) {}

        @Override
        public void onBatch() {}

        @Override
        public void onWritable() {}
    }
}
