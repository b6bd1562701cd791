package dev.vellum.proxy.latent;

import dev.vellum.codec.Model;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Terms;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.Stored;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The decoder files that a parent hands to its clients, under a well-known path (RFC 8615) that
 * ends in their SHA-256. Whatever host a request names: the path alone says what the bytes are.
 * Thread-safe.
 */
public final class ModelFiles implements AutoCloseable {

    /** What the paths begin with. */
    public static final String PATH = "/.well-known/vellum/models/";

    /** A file never changes. */
    public static final Duration LIFETIME = Duration.ofDays(365);

    private final LatentModels models;
    private final CachePolicy policy;
    private final InstantSource clock;
    private final Function<StoredResponse, byte[]> readyHead;

    /** Not the responses' memory: files are few, and none is dropped. */
    private final Chunks chunks = new Chunks(Long.MAX_VALUE / 2, 0);

    private final Map<String, Stored> files = new HashMap<>(); // guarded by this
    private boolean closed; // guarded by this

    /**
     * @param readyHead serialises the head of what goes out
     */
    public ModelFiles(
            LatentModels models,
            CachePolicy policy,
            InstantSource clock,
            Function<StoredResponse, byte[]> readyHead) {
        this.models = models;
        this.policy = policy;
        this.clock = clock;
        this.readyHead = readyHead;
    }

    /** Whether a request is for a decoder file, here or not. */
    public static boolean isAsked(RequestHead request) {
        return request.target() instanceof RequestTarget.Absolute target
                && target.pathAndQuery().startsWith(PATH)
                && (request.method().equals("GET") || request.method().equals("HEAD"));
    }

    /** The file that a request asks for; null where it asks for none that is here. */
    public @Nullable Stored find(RequestHead request) {
        return isAsked(request) && request.target() instanceof RequestTarget.Absolute target
                ? find(target.pathAndQuery().substring(PATH.length()), request)
                : null;
    }

    private synchronized @Nullable Stored find(String hash, RequestHead request) {
        Stored known = files.get(hash);
        Model model = known == null && !closed ? models.byHash(hash) : null;
        if (model == null) {
            return known;
        }
        Stored made = stored(model, request);
        files.put(hash, made);
        return made;
    }

    private Stored stored(Model model, RequestHead request) {
        byte[] file = model.decoder();
        Body body = new Body(chunks, file.length, true);
        body.append(Unpooled.wrappedBuffer(file));
        body.complete(Fields.of(), () -> {});
        Fields fields =
                Fields.of(
                        "Content-Type",
                        "application/octet-stream",
                        "ETag",
                        '"' + model.hash() + '"',
                        "Cache-Control",
                        "public, max-age=" + LIFETIME.toSeconds() + ", immutable, no-transform");
        ResponseHead head = new ResponseHead(HttpVersion.HTTP_1_1, 200, "", fields);
        StoredResponse response =
                new StoredResponse(
                        request,
                        head,
                        clock.instant(),
                        clock.instant(),
                        new Content.Complete(file.length),
                        Terms.of(head, clock.instant(), clock.instant(), policy),
                        false);
        return new Stored(response, body, readyHead.apply(response));
    }

    @Override
    public synchronized void close() {
        closed = true;
        files.values().forEach(file -> file.body().release());
        files.clear();
    }
}
