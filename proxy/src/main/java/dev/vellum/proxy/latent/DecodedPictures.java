package dev.vellum.proxy.latent;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.vellum.codec.CodecException;
import dev.vellum.codec.Limits;
import dev.vellum.codec.StreamInfo;
import dev.vellum.codec.VellumDecoder;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.EntityTag;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.picture.Admission;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Content;
import dev.vellum.proxy.picture.Cost;
import dev.vellum.proxy.picture.Deadline;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Making;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.Rights;
import dev.vellum.proxy.picture.Transcoder;
import dev.vellum.proxy.picture.TranscoderConfig;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.variant.Derived;
import dev.vellum.proxy.variant.SelectedForm;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a client makes of the latents that its parent sends: it keeps the latents, decodes them on
 * threads of its own, and hands pixels to the browser. The last pictures stay decoded. Thread-safe.
 */
public final class DecodedPictures implements AutoCloseable {

    /** Longest time that a browser waits for a picture to be decoded. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Holds every stream's header. */
    private static final int HEADER = 64;

    /** Memory of a decoder for each pixel: networks, samples, the file. */
    private static final int BYTES_PER_PIXEL = 48;

    private static final double NANOS_PER_PIXEL = 80;

    private final LatentModels models;
    private final Transcoder transcoder;
    private final Chunks chunks;
    private final String name;
    private final boolean savesData;
    private final LinkRate link = new LinkRate();
    private final Cache<Key, Body> kept;

    /**
     * One decoded picture.
     *
     * @param tag of the latents
     */
    private record Key(CacheKey at, String tag, PixelFormat format) {}

    /** What became of latents that were to be shown. */
    public sealed interface Showing {

        /** Pixels; their body is to be acquired before this is let go of. */
        record Shown(SelectedForm selected) implements Showing {}

        /**
         * None: the picture is to be asked for in another form.
         *
         * @param damaged whether the latents are of no use to anyone
         */
        record Unusable(Bypass reason, boolean damaged) implements Showing {}
    }

    private DecodedPictures(
            LatentModels models,
            CodecConfig config,
            TranscoderConfig threads,
            Chunks chunks,
            String name) {
        this.models = models;
        this.transcoder = Transcoder.start(threads, System::nanoTime, () -> {});
        this.chunks = chunks;
        this.name = name;
        this.savesData = config.savesData();
        this.kept =
                Caffeine.newBuilder()
                        .maximumWeight(config.decoded().bytes())
                        .weigher(DecodedPictures::weight)
                        .removalListener(DecodedPictures::removed)
                        .executor(Runnable::run)
                        .build();
    }

    private static int weight(Key key, Body body) {
        return (int) Math.min(Integer.MAX_VALUE, body.footprint() + 256);
    }

    private static void removed(@Nullable Key key, @Nullable Body body, RemovalCause cause) {
        if (body != null) {
            body.release();
        }
    }

    /**
     * With the models at hand, and those that are yet to come.
     *
     * @param name of this proxy, which stands in entity tags
     */
    public static DecodedPictures open(
            LatentModels models,
            CodecConfig config,
            TranscoderConfig threads,
            Chunks chunks,
            String name) {
        return new DecodedPictures(models, config, threads, chunks, name);
    }

    /** How fast the parent's pictures come. */
    public LinkRate link() {
        return link;
    }

    /** Whether a response holds latents. */
    public static boolean areLatents(ResponseHead head) {
        String type = head.fields().first("Content-Type");
        return type != null && type.toLowerCase(Locale.ROOT).startsWith(Form.Latents.TYPE);
    }

    /** Whether a request is for a picture that may come as latents, and there is a model. */
    public boolean mayAsk(RequestHead request) {
        if (models.form().isEmpty()) {
            return false;
        }
        String control = request.fields().combined("Cache-Control");
        return request.method().equals("GET")
                && !request.fields().contains("Range")
                && (control == null || !control.contains("no-transform"))
                && PixelFormat.acceptedBy(request.fields(), Rights.UNSTATED).isPresent();
    }

    /** A request to the parent that asks for latents before all else. */
    public RequestHead asking(RequestHead forwarded) {
        String types =
                models.forms().stream()
                        .map(Form.Latents::mediaType)
                        .collect(Collectors.joining(","));
        String accept = forwarded.fields().combined("Accept");
        Fields fields =
                link.told(forwarded.fields())
                        .with("Accept", types + (accept == null ? "" : "," + accept));
        return forwarded.with(savesData ? fields.with("Save-Data", "on") : fields);
    }

    /**
     * Shows stored latents.
     *
     * @param at what they are stored under
     * @param action told on {@code loop}; before this returns if the pixels are at hand
     */
    public void show(
            CacheKey at,
            Stored latents,
            RequestHead request,
            EventExecutor loop,
            Consumer<Showing> action) {
        EntityTag tag = latents.response().terms().entityTag();
        Rights rights = rights(latents);
        Optional<PixelFormat> format = PixelFormat.acceptedBy(request.fields(), rights);
        if (tag == null || format.isEmpty()) {
            action.accept(new Showing.Unusable(Bypass.NOT_ACCEPTED, false));
            return;
        }
        Key key = new Key(at, tag.opaque(), format.get());
        Body known = kept.getIfPresent(key);
        if (known != null && known.tryAcquire()) {
            shown(key, latents, known, action);
        } else {
            decode(key, latents, loop, action);
        }
    }

    /** Lets go of {@code pixels} when they were shown. */
    private void shown(Key key, Stored latents, Body pixels, Consumer<Showing> action) {
        String told = String.valueOf(latents.response().head().fields().first("Content-Type"));
        Stored shown =
                new Stored(
                        Derived.decoded(
                                latents.response(),
                                key.format().mediaType(),
                                key.tag().replace('~', '.') + '.' + key.format(),
                                name,
                                pixels.length()),
                        pixels,
                        new byte[0]);
        action.accept(new Showing.Shown(new SelectedForm(shown, false, told, 0, false)));
        pixels.release();
    }

    private void decode(Key key, Stored latents, EventExecutor loop, Consumer<Showing> action) {
        Body source = latents.body();
        if (chunks.crowded() || !source.tryAcquire()) {
            action.accept(new Showing.Unusable(Bypass.OVERLOADED, false));
            return;
        }
        Admission admission;
        try {
            StreamInfo info = VellumDecoder.inspect(source.bytes(HEADER));
            long pixels = (long) info.width() * info.height();
            Cost cost =
                    new Cost(
                            source.length() + BYTES_PER_PIXEL * pixels,
                            Duration.ofNanos((long) (NANOS_PER_PIXEL * pixels)));
            admission =
                    transcoder.submit(
                            key,
                            cost,
                            PATIENCE,
                            deadline ->
                                    decode(
                                            source.bytes(),
                                            key.format(),
                                            rights(latents),
                                            deadline));
        } catch (CodecException.Malformed damaged) {
            source.release();
            action.accept(new Showing.Unusable(Bypass.MALFORMED, true));
            return;
        }
        switch (admission) {
            case Admission.Refused(var reason) -> {
                source.release();
                action.accept(new Showing.Unusable(reason, false));
            }
            case Admission.Taken(var ticket) -> {
                var _ =
                        ticket.outcome()
                                .thenAccept(making -> {
                                    source.release();
                                    loop.execute(() -> decoded(key, latents, making, action));
                                });
            }
        }
    }

    /** What the parent says of the picture's copyright and artist. */
    private static Rights rights(Stored latents) {
        String text = latents.response().head().fields().first(Derived.RIGHTS);
        return text == null ? Rights.UNSTATED : Rights.read(text);
    }

    private Making decode(byte[] stream, PixelFormat format, Rights rights, Deadline deadline) {
        Limits usual = Limits.DEFAULT;
        Duration left = Duration.ofNanos(Math.max(0, deadline.remainingNanos()));
        Limits limits = new Limits(usual.pixels(), usual.streamBytes(), usual.memoryBytes(), left);
        try {
            byte[] file = format.write(models.decoder(limits).decode(stream), rights);
            Form.Latents form = models.form().orElseThrow();
            Variant made = new Variant(form, Variant.OWN_WIDTH, QualityClass.FINE);
            return new Making.Made(made, file, Content.PHOTOGRAPH, 1, 1, 1, Rights.UNSTATED);
        } catch (CodecException refused) {
            Bypass reason = deadline.over() ? deadline.reason() : Bypass.MALFORMED;
            return new Making.Bypassed(reason, String.valueOf(refused.getMessage()));
        }
    }

    private void decoded(Key key, Stored latents, Making making, Consumer<Showing> action) {
        switch (making) {
            case Making.Bypassed(var reason, var detail) ->
                    action.accept(new Showing.Unusable(reason, reason == Bypass.MALFORMED));
            case Making.Made made -> {
                Body pixels = new Body(chunks, made.file().length, true);
                pixels.append(Unpooled.wrappedBuffer(made.file()));
                pixels.complete(Fields.of(), () -> {});
                if (pixels.tryAcquire()) {
                    kept.put(key, pixels);
                }
                shown(key, latents, pixels, action);
            }
        }
    }

    @Override
    public void close() {
        transcoder.close();
        kept.invalidateAll();
        kept.cleanUp();
    }
}
