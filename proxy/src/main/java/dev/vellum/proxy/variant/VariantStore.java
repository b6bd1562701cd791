package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.EntityTag;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Terms;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Making;
import dev.vellum.proxy.picture.PictureHeader;
import dev.vellum.proxy.picture.Rights;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.picture.VariantMaker;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.ResponseStore;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.store.purge.Standing;
import io.netty.buffer.Unpooled;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Puts variants into the store: a file with its type and its own strong entity tag, or, where none
 * is any good, a note that says why, so that a restart does not try again.
 */
final class VariantStore {

    private static final String NOTE = "Vellum-Bypass";

    /** What the source is purged by, beside its URI. */
    private static final String[] TAGS = {"Surrogate-Key", "Cache-Tag", "Cache-Groups"};

    private final ResponseStore store;
    private final Chunks chunks;
    private final CachePolicy policy;
    private final String name;

    VariantStore(ResponseStore store, Chunks chunks, CachePolicy policy, String name) {
        this.store = store;
        this.chunks = chunks;
        this.policy = policy;
        this.name = name;
    }

    /** Why there is no variant, if the response is a note of that. */
    static Optional<Bypass> bypass(StoredResponse response) {
        String note = response.head().fields().first(NOTE);
        return Arrays.stream(Bypass.values())
                .filter(reason -> reason.label().equals(note))
                .findFirst();
    }

    static String tag(StoredResponse response) {
        EntityTag tag = response.terms().entityTag();
        return tag == null ? "" : tag.opaque();
    }

    /**
     * Stores what was made, or why it was not; on a worker's thread.
     *
     * @param begun when that was begun: what was purged since, as a source or as a model's latents,
     *     is purged with it
     */
    Making keep(Source source, Variant variant, Making making, Instant begun) {
        boolean purged =
                store.purges().standing(source.key(), source.stored().response())
                        == Standing.PURGED;
        if (purged || chunks.crowded()) {
            return new Making.Bypassed(Bypass.CANCELLED, "purged, or no room");
        }
        switch (making) {
            case Making.Made made ->
                    put(source, variant, response(source, variant, made, begun), made.file());
            case Making.Bypassed(var reason, var detail) -> {
                // of the picture itself more can be made than of the latents in its place
                if (isLasting(reason) && source.master().isEmpty()) {
                    put(
                            source,
                            variant,
                            response(source, 204, Fields.of(NOTE, reason.label()), 0, begun),
                            new byte[0]);
                }
            }
        }
        return making;
    }

    /**
     * Puts latents in the place of the bytes that they were made of; on a worker's thread.
     *
     * @return whether that was done: the source may have gone meanwhile
     */
    boolean substitute(Source source, PictureHeader header, Making.Made made, Instant begun) {
        boolean purged =
                store.purges().standing(source.key(), source.stored().response())
                        == Standing.PURGED;
        if (purged || chunks.crowded()) {
            return false;
        }
        Master master =
                new Master(
                        made.variant(),
                        tag(response(source, made.variant(), made, begun)),
                        new VariantMaker.Lost(
                                header,
                                made.rights(),
                                source.length(),
                                made.overall(),
                                made.worstTile()));
        Content content =
                new Content.Master(
                        made.file().length, source.length(), source.digest(), master.text());
        Body body = new Body(chunks, made.file().length, true);
        body.append(Unpooled.wrappedBuffer(made.file()));
        body.complete(Fields.of(), () -> {});
        boolean done =
                store.substitute(
                        source.key(),
                        response ->
                                response.isComplete()
                                        && Source.digest(response).equals(source.digest()),
                        original ->
                                new Stored(original.response().with(content), body, new byte[0]));
        body.release();
        return done;
    }

    /** The latents that a source holds in its place, as a variant of it. */
    Stored file(Source source, Master master) {
        EntityTag tag = new EntityTag(false, master.tag());
        Fields fields = fields(master.variant(), tag, master.lost().rights());
        long length = source.stored().response().content().length();
        StoredResponse of = source.stored().response();
        return new Stored(
                response(source, 200, fields, length, of.requestTime()),
                source.stored().body(),
                new byte[0]);
    }

    private static Fields fields(Variant variant, EntityTag tag, Rights rights) {
        Fields fields = Fields.of("Content-Type", variant.form().mediaType(), "ETag", tag.text());
        return variant.form() instanceof Form.Latents && rights.stated()
                ? fields.plus(Derived.RIGHTS, rights.text())
                : fields;
    }

    /** Whether another try would end the same way. */
    private static boolean isLasting(Bypass reason) {
        return switch (reason) {
            case NOT_SMALLER, BELOW_FLOOR, DRAWING, ALPHA, ANIMATION, TOO_MANY_PIXELS -> true;
            default -> false;
        };
    }

    private void put(Source source, Variant variant, StoredResponse response, byte[] file) {
        Body body = new Body(chunks, file.length, true);
        body.append(Unpooled.wrappedBuffer(file));
        // the head that goes out depends on the source's at that time
        body.complete(
                Fields.of(),
                () -> store.put(source.keyOf(variant), new Stored(response, body, new byte[0])));
        body.release();
    }

    /** A variant as it is stored. */
    StoredResponse response(Source source, Variant variant, Making.Made made, Instant begun) {
        EntityTag tag = OwnTags.of(digest(made.file()).substring(0, 32), name);
        return response(
                source, 200, fields(variant, tag, made.rights()), made.file().length, begun);
    }

    private StoredResponse response(
            Source source, int status, Fields own, long length, Instant begun) {
        StoredResponse of = source.stored().response();
        Fields fields = own;
        for (String tags : TAGS) {
            String value = of.head().fields().combined(tags);
            fields = value == null ? fields : fields.plus(tags, value);
        }
        ResponseHead head = new ResponseHead(HttpVersion.HTTP_1_1, status, "", fields);
        return new StoredResponse(
                of.request(),
                head,
                begun,
                begun,
                new Content.Complete(length),
                Terms.of(head, begun, begun, policy),
                false);
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is in every JDK", impossible);
        }
    }
}
