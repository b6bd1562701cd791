package dev.vellum.proxy.demo;

import dev.vellum.proxy.Proxy;
import dev.vellum.proxy.access.DestinationsConfig;
import dev.vellum.proxy.access.Network;
import dev.vellum.proxy.config.ProxyConfig;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.ParentConfig;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Format;
import dev.vellum.proxy.server.ListenConfig;
import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.variant.PictureConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Pictures on their way over a thin link: a forward proxy at its far end, a browser at the near
 * one, for latents with a client before it. Everything starts cold.
 */
public final class Journey implements AutoCloseable {

    /** What travels. */
    public enum Way {
        PASS_THROUGH("pass-through", "*/*"),
        WEBP("WebP", "image/webp,image/*"),
        AVIF("AVIF", "image/avif,image/*"),
        LATENTS("latents", "image/*");

        private final String label;
        private final String accept;

        Way(String label, String accept) {
            this.label = label;
            this.accept = accept;
        }

        public String label() {
            return label;
        }

        /** Of the form that is waited for; empty for the original. */
        private String type() {
            return switch (this) {
                case PASS_THROUGH -> "";
                case WEBP -> Format.WEBP.mediaType();
                case AVIF -> Format.AVIF.mediaType();
                case LATENTS -> Form.Latents.TYPE;
            };
        }
    }

    /**
     * One picture, fetched.
     *
     * @param linkBytes that the link carried towards the browser, heads included
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Fetched(byte[] file, String type, long linkBytes, Duration took) {}

    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final Way way;
    private final String latents;
    private final Proxy forward;
    private final ThinLink link;
    private final Optional<Proxy> client;
    private final HttpClient browser;
    private final HttpClient besideForward;

    /**
     * Starts everything.
     *
     * @param latents media type of the model's latents
     * @param delay of one direction
     */
    public Journey(Way way, CodecConfig codec, String latents, long bitsPerSecond, Duration delay)
            throws IOException {
        this.way = way;
        this.latents = latents;
        this.forward = Proxy.start(forward(way, codec));
        this.link = ThinLink.open(loopback(forward.port()), bitsPerSecond, delay);
        this.client =
                way == Way.LATENTS
                        ? Optional.of(Proxy.start(client(codec, link.address().getPort())))
                        : Optional.empty();
        this.browser = through(client.map(Proxy::port).orElse(link.address().getPort()));
        this.besideForward = through(forward.port());
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static HttpClient through(int port) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(ProxySelector.of(loopback(port)))
                .build();
    }

    private static ProxyConfig forward(Way way, CodecConfig codec) {
        PictureConfig ordinary = PictureConfig.DEFAULT;
        return switch (way) {
            case PASS_THROUGH -> forward(PictureConfig.OFF, codec.off());
            case WEBP -> forward(only(ordinary, Format.WEBP), codec.off());
            case AVIF -> forward(only(ordinary, Format.AVIF), codec.off());
            case LATENTS -> forward(ordinary, codec);
        };
    }

    private static PictureConfig only(PictureConfig ordinary, Format format) {
        return ordinary.with(ordinary.offer().with(List.of(new Form.Ordinary(format))));
    }

    private static ProxyConfig forward(PictureConfig pictures, CodecConfig codec) {
        return config(Hop.Role.FORWARD, Optional.empty(), pictures, codec);
    }

    private static ProxyConfig client(CodecConfig codec, int parent) {
        return config(
                Hop.Role.CLIENT,
                Optional.of(new ParentConfig(new OriginAddress("http", "127.0.0.1", parent))),
                PictureConfig.DEFAULT,
                codec);
    }

    /** With the defaults, on ports of the system's choice, and with an origin on this machine. */
    private static ProxyConfig config(
            Hop.Role role,
            Optional<ParentConfig> parent,
            PictureConfig pictures,
            CodecConfig codec) {
        ProxyConfig usual = ProxyConfig.FORWARD;
        return new ProxyConfig(
                role,
                usual.name(),
                new ListenConfig("127.0.0.1", 0),
                usual.admin().withPort(0),
                usual.access(),
                new DestinationsConfig(List.of(Network.parse("127.0.0.0/8")), Set.of(443)),
                List.of(),
                parent,
                usual.memory(),
                Optional.empty(),
                Optional.empty(),
                usual.coding(),
                pictures,
                codec,
                usual.policy(),
                usual.pool(),
                usual.originTls(),
                usual.intercept(),
                usual.limits(),
                usual.timeouts(),
                usual.log(),
                1);
    }

    /** Fetches as a browser would. */
    public Fetched fetch(String url) throws IOException, InterruptedException {
        long before = link.bytesDown();
        long start = System.nanoTime();
        HttpResponse<byte[]> response = browser.send(request(url, way.accept), body());
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return new Fetched(
                response.body(),
                response.headers().firstValue("Content-Type").orElse(""),
                link.bytesDown() - before,
                took);
    }

    private static HttpResponse.BodyHandler<byte[]> body() {
        return HttpResponse.BodyHandlers.ofByteArray();
    }

    private static HttpRequest request(String url, String accept) {
        return HttpRequest.newBuilder(URI.create(url))
                .header("Accept", accept)
                .timeout(LONGEST)
                .build();
    }

    /** Waits until the forward proxy has the form, and lets go of what the client has. */
    public boolean ready(String url) throws IOException, InterruptedException {
        if (way == Way.PASS_THROUGH) {
            return true;
        }
        if (client.isPresent()) {
            client.get().purge(List.of(new Purge(new Purge.Target.Everything(), false)));
        }
        String accept = way == Way.LATENTS ? latents + ",image/*" : way.accept;
        for (long end = System.nanoTime() + LONGEST.toNanos(); System.nanoTime() < end; ) {
            HttpResponse<Void> response =
                    besideForward.send(
                            request(url, accept), HttpResponse.BodyHandlers.discarding());
            Function<String, String> field = name -> response.headers().firstValue(name).orElse("");
            if (field.apply("Content-Type").startsWith(way.type())) {
                return true;
            }
            if (!field.apply("Server-Timing").contains("not-yet")) {
                return false; // it will not be
            }
            Thread.sleep(50);
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        browser.close();
        besideForward.close();
        client.ifPresent(Proxy::close);
        link.close();
        forward.close();
    }
}
