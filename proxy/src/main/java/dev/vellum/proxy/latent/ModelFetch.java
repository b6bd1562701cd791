package dev.vellum.proxy.latent;

import dev.vellum.codec.CodecException;
import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.OriginConnection;
import dev.vellum.proxy.origin.OriginPool;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the pinned decoder files that a client has not, from its configured parent and from
 * nobody else: redirects are not followed. It asks again, less and less often, until it has them.
 */
public final class ModelFetch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ModelFetch.class);

    /** Largest decoder file, in bytes. */
    private static final int MOST_BYTES = 4 << 20;

    private final LatentModels models;
    private final Supplier<OriginPool> pool;
    private final Supplier<Optional<OriginAddress>> parent;
    private final Duration first;
    private final Duration longest;
    private volatile boolean closed;

    /**
     * @param pool whose connections, on whose loop, it uses
     * @param parent whom it asks
     * @param first pause after an attempt in vain; each further one is twice as long
     * @param longest pause
     */
    public ModelFetch(
            LatentModels models,
            Supplier<OriginPool> pool,
            Supplier<Optional<OriginAddress>> parent,
            Duration first,
            Duration longest) {
        this.models = models;
        this.pool = pool;
        this.parent = parent;
        this.first = first;
        this.longest = longest;
    }

    /** Begins. */
    public void start() {
        models.missing().forEach(pin -> ask(pin, first));
    }

    private void ask(String pin, Duration pause) {
        if (closed) {
            return;
        }
        OriginPool from = pool.get();
        Optional<OriginAddress> whom = parent.get();
        from.loop().execute(() -> whom.ifPresent(address -> ask(from, address, pin, pause)));
    }

    private void ask(OriginPool from, OriginAddress address, String pin, Duration pause) {
        from.acquire(
                address,
                true,
                false,
                false,
                lease -> {
                    switch (lease) {
                        case OriginPool.Lease.Ready(var connection) ->
                                new Download(pin, pause, connection).begin();
                        case OriginPool.Lease.Unavailable(var failure) ->
                                later(pin, pause, failure.toString());
                    }
                });
    }

    private void later(String pin, Duration pause, String why) {
        LOG.info("model {}: {}; asked for again in {} s", pin, why, pause.toSeconds());
        Duration doubled = pause.multipliedBy(2);
        Duration next = doubled.compareTo(longest) > 0 ? longest : doubled;
        if (!closed) {
            var _ =
                    pool.get()
                            .loop()
                            .schedule(
                                    () -> ask(pin, next), pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void take(String pin, byte[] file, Duration pause) {
        try {
            models.add(pin, file);
            LOG.info("model {}: fetched from the parent, {} bytes", pin, file.length);
        } catch (CodecException unusable) {
            later(pin, pause, String.valueOf(unusable.getMessage()));
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    /** One attempt, on its connection's loop. */
    private final class Download implements OriginConnection.Listener {

        private final String pin;
        private final Duration pause;
        private final OriginConnection connection;
        private final ByteArrayOutputStream file = new ByteArrayOutputStream();
        private boolean over;

        Download(String pin, Duration pause, OriginConnection connection) {
            this.pin = pin;
            this.pause = pause;
            this.connection = connection;
        }

        void begin() {
            OriginAddress address = connection.address();
            String host = address.host();
            Authority authority =
                    new Authority(host.indexOf(':') < 0 ? host : "[" + host + "]", address.port());
            String scheme = address.resourceScheme();
            Fields fields =
                    Fields.of(
                            "Host", authority.text(scheme),
                            "User-Agent", "vellum-client",
                            "Accept", "application/octet-stream");
            RequestTarget target =
                    new RequestTarget.Absolute(scheme, authority, ModelFiles.PATH + pin);
            connection.begin(
                    new RequestHead("GET", target, HttpVersion.HTTP_1_1, fields),
                    false,
                    false,
                    this);
            connection.end(Fields.of());
        }

        private void fail(String why) {
            if (!over) {
                over = true;
                connection.abandon();
                later(pin, pause, why);
            }
        }

        @Override
        public void onInformational(ResponseHead head) {}

        @Override
        public void onHead(ResponseHead head) {
            if (head.status() != 200) {
                fail("status " + head.status() + " (expected: 200)");
            } else if (head.contentLength() > MOST_BYTES) {
                fail(head.contentLength() + " bytes (expected: <= " + MOST_BYTES + ")");
            }
        }

        @Override
        public void onData(ByteBuf data) {
            if (over) {
                return;
            }
            if (file.size() + data.readableBytes() > MOST_BYTES) {
                fail("more than " + MOST_BYTES + " bytes");
                return;
            }
            byte[] piece = new byte[data.readableBytes()];
            data.getBytes(data.readerIndex(), piece);
            file.writeBytes(piece);
        }

        @Override
        public void onBatch() {}

        @Override
        public void onEnd(Fields trailers) {
            if (!over) {
                over = true;
                byte[] whole = file.toByteArray();
                // networks take their time to load, and this is an event loop
                Thread.ofPlatform()
                        .daemon()
                        .name("vellum-model")
                        .start(() -> take(pin, whole, pause));
            }
        }

        @Override
        public void onFailure(Failure failure) {
            if (!over) {
                over = true;
                later(pin, pause, failure.toString());
            }
        }

        @Override
        public void onWritable() {}
    }
}
