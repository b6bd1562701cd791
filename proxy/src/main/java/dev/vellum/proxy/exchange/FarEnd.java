package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.intercept.Interception;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.OriginConnection;
import dev.vellum.proxy.origin.OriginPool;
import dev.vellum.proxy.origin.Upstream;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes sure who is at the far end of a tunnel before it is opened: by a handshake of ours or,
 * where everything goes to a parent, by the parent's word. Used on its pool's loop.
 */
final class FarEnd {

    private final OriginPool pool;
    private final Services services;
    private final RequestTarget.AuthorityForm target;
    private final Consumer<Standing> told;

    /** What became of it. */
    sealed interface Standing {

        /** It is who it says it is. */
        record Proved(Interception.Opened tunnel) implements Standing {}

        /** It is not, or that could not be told: the client is to see for itself. */
        record Unproved() implements Standing {}

        /** Nobody could be asked. */
        record Unreachable(Failure why) implements Standing {}
    }

    private FarEnd(
            OriginPool pool,
            Services services,
            RequestTarget.AuthorityForm target,
            Consumer<Standing> told) {
        this.pool = pool;
        this.services = services;
        this.target = target;
        this.told = told;
    }

    /**
     * Asks.
     *
     * @param upstream where the tunnel would go to, or through
     * @param told once, on the pool's loop, perhaps at once
     */
    static void prove(
            OriginPool pool,
            Services services,
            Upstream upstream,
            RequestTarget.AuthorityForm target,
            Consumer<Standing> told) {
        FarEnd farEnd = new FarEnd(pool, services, target, told);
        if (upstream.toProxy()) {
            farEnd.byParent(upstream);
        } else {
            farEnd.byHandshake();
        }
    }

    private void byHandshake() {
        OriginAddress plain = Routing.address(target);
        OriginAddress secure = new OriginAddress("https", plain.host(), plain.port());
        pool.verify(
                secure,
                trouble -> {
                    if (trouble == null) {
                        proved();
                    } else if (trouble == Failure.ORIGIN_CERTIFICATE
                            || trouble == Failure.ORIGIN_TLS) {
                        told.accept(new Standing.Unproved());
                    } else {
                        told.accept(new Standing.Unreachable(trouble));
                    }
                });
    }

    /** What is in the tunnel must not go to a parent without TLS. */
    private void byParent(Upstream upstream) {
        OriginAddress parent = upstream.next(Set.of());
        if (parent == null || !parent.secure()) {
            told.accept(new Standing.Unproved());
        } else if (services.interception().isVouchedFor(target.authority())) {
            proved();
        } else {
            ask(parent, false);
        }
    }

    /**
     * @param fresh whether a connection that waits is not to be trusted again
     */
    private void ask(OriginAddress parent, boolean fresh) {
        pool.acquire(
                parent,
                true,
                fresh,
                false,
                lease -> {
                    switch (lease) {
                        case OriginPool.Lease.Ready(var connection) ->
                                new Voucher(parent, connection).ask();
                        case OriginPool.Lease.Unavailable(var why) ->
                                told.accept(new Standing.Unproved());
                    }
                });
    }

    private void proved() {
        told.accept(new Standing.Proved(services.interception().open(target.authority())));
    }

    /**
     * A question that does nothing at the origin, and that a parent can answer well only by what
     * the origin says: OPTIONS for the server as a whole (RFC 9110 section 9.3.7).
     */
    private final class Voucher implements OriginConnection.Listener {

        private static final int MOST_CONTENT = 64 * 1024;

        private final OriginAddress parent;
        private final OriginConnection connection;
        private boolean decided;
        private int received;

        Voucher(OriginAddress parent, OriginConnection connection) {
            this.parent = parent;
            this.connection = connection;
        }

        void ask() {
            RequestTarget whole = new RequestTarget.Asterisk("https", target.authority());
            Fields fields =
                    Fields.of(
                            "Host",
                            target.authority().text("https"),
                            "Via",
                            Forwarding.via(HttpVersion.HTTP_1_1, services.here()));
            connection.begin(
                    new RequestHead("OPTIONS", whole, HttpVersion.HTTP_1_1, fields),
                    true,
                    false,
                    this);
            connection.end(Fields.of());
        }

        /**
         * What came from the origin has passed the parent, and says so (RFC 9110 section 7.6.3);
         * what a parent says on its own account is in Proxy-Status (RFC 9209).
         */
        @Override
        public void onHead(ResponseHead head) {
            boolean passedOn =
                    head.fields().contains("Via") && !head.fields().contains("Proxy-Status");
            if (passedOn) {
                services.interception().vouchFor(target.authority());
            }
            decide(passedOn);
        }

        private void decide(boolean wellKnown) {
            if (decided) {
                return;
            }
            decided = true;
            if (wellKnown) {
                proved();
            } else {
                told.accept(new Standing.Unproved());
            }
        }

        @Override
        public void onData(ByteBuf data) {
            received += data.readableBytes();
            if (received > MOST_CONTENT) {
                connection.abandon();
            }
        }

        @Override
        public void onFailure(Failure failure) {
            if (!decided && connection.reused() && !connection.answered()) {
                decided = true;
                FarEnd.this.ask(parent, true);
            } else {
                decide(false);
            }
        }

        @Override
        public void onEnd(Fields trailers) {}

        @Override
        public void onInformational(ResponseHead head) {}

        @Override
        public void onBatch() {}

        @Override
        public void onWritable() {}
    }
}
