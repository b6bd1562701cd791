package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.EntityTag;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Terms;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Heads of what goes out in place of a stored picture. Pure. */
public final class Derived {

    /** Copyright and artist of a picture, beside latents, which have no place for them. */
    public static final String RIGHTS = "Vellum-Rights";

    /** What is true of the source's bytes only. */
    private static final String[] OF_THE_BYTES = {
        "Content-Type", "Content-Length", "Content-MD5", "ETag", RIGHTS
    };

    /** A day. */
    private static final int PLACEHOLDER_SECONDS = 86_400;

    private static final int NOTHING_SECONDS = 10;

    /** A PNG of one transparent pixel. */
    static final byte[] NOTHING =
            Base64.getDecoder()
                    .decode(
                            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR42mNg"
                                    + "AAIAAAUAAen63NgAAAAASUVORK5CYII=");

    private Derived() {}

    /**
     * A variant with its source's freshness.
     *
     * @param file the variant as it is stored
     * @param vary names of the request's fields that decided
     * @param told what Server-Timing says
     */
    static StoredResponse variant(
            StoredResponse source, StoredResponse file, List<String> vary, String told) {
        Fields of = file.head().fields();
        String type = of.first("Content-Type");
        EntityTag tag = file.terms().entityTag();
        if (type == null || tag == null) {
            throw new IllegalArgumentException(
                    "file: " + of + " (expected: with Content-Type and ETag)");
        }
        Fields fields =
                source.head()
                        .fields()
                        .without(OF_THE_BYTES)
                        .plus("Content-Type", type)
                        .plus("ETag", tag.text());
        String rights = of.first(RIGHTS);
        Fields stated = rights == null ? fields : fields.plus(RIGHTS, rights);
        return with(source, told(varying(stated, vary), told), file.content(), tag);
    }

    /**
     * What a client makes of latents, with their freshness.
     *
     * @param tag what tells these pixels from others, but for this proxy's name
     * @param name of this proxy
     */
    public static StoredResponse decoded(
            StoredResponse latents, String mediaType, String tag, String name, long length) {
        EntityTag own = OwnTags.of(tag, name);
        Fields fields =
                latents.head()
                        .fields()
                        .without(OF_THE_BYTES)
                        .plus("Content-Type", mediaType)
                        .plus("ETag", own.text());
        return with(latents, fields, new Content.Complete(length), own);
    }

    /** The source itself, where another request would have got something else. */
    static StoredResponse original(StoredResponse source, List<String> vary, String told) {
        return with(
                source,
                told(varying(source.head().fields(), vary), told),
                source.content(),
                source.terms().entityTag());
    }

    private static StoredResponse with(
            StoredResponse source,
            Fields fields,
            Content content,
            @org.jspecify.annotations.Nullable EntityTag tag) {
        Terms terms = source.terms();
        return new StoredResponse(
                source.request(),
                source.head().with(fields),
                source.requestTime(),
                source.responseTime(),
                content,
                new Terms(
                        terms.directives(),
                        terms.lifetime(),
                        terms.initialAge(),
                        terms.date(),
                        terms.vary(),
                        terms.varyAny(),
                        terms.groups(),
                        tag,
                        terms.lastModified()),
                source.invalidated());
    }

    /** A placeholder, which may be kept longer than its picture: it stands in for that only. */
    static StoredResponse lasting(StoredResponse placeholder) {
        Fields fields =
                placeholder
                        .head()
                        .fields()
                        .without("Expires", "Age", "CDN-Cache-Control", "Last-Modified")
                        .with("Cache-Control", "public, max-age=" + PLACEHOLDER_SECONDS);
        return with(placeholder, fields, placeholder.content(), placeholder.terms().entityTag());
    }

    /** With a link to its placeholder (RFC 8288, and RFC 6903 section 5 for the relation). */
    static StoredResponse linked(StoredResponse picture, String pathAndQuery) {
        String target =
                (pathAndQuery + (pathAndQuery.indexOf('?') < 0 ? "?" : "&") + "vellum=placeholder")
                        .replace(">", "%3E");
        Fields fields = picture.head().fields().plus("Link", "<" + target + ">; rel=\"preview\"");
        return with(picture, fields, picture.content(), picture.terms().entityTag());
    }

    /**
     * Instead of a placeholder that there is none of, or none yet: one transparent pixel, so that a
     * page never gets the picture twice.
     */
    static StoredResponse nothing(StoredResponse source, String told) {
        Fields fields =
                source.head()
                        .fields()
                        .without(OF_THE_BYTES)
                        .without("Expires", "CDN-Cache-Control", "Last-Modified")
                        .with("Cache-Control", "max-age=" + NOTHING_SECONDS)
                        .plus("Content-Type", "image/png");
        return with(
                source,
                told(varying(fields, List.of("Accept")), told),
                new Content.Complete(NOTHING.length),
                null);
    }

    /**
     * The same for whoever is to ask again soon, since something better is being made: it may be
     * kept, and not be used without asking.
     */
    static StoredResponse forNow(StoredResponse original) {
        Fields fields = forNow(original.head().fields());
        return with(original, fields, original.content(), original.terms().entityTag());
    }

    private static Fields forNow(Fields fields) {
        String control = fields.combined("Cache-Control");
        String others =
                control == null
                        ? ""
                        : Arrays.stream(control.split(",", -1))
                                .map(String::strip)
                                .filter(directive -> !isOfTime(directive))
                                .map(directive -> ", " + directive)
                                .collect(Collectors.joining());
        return fields.without("Expires").with("Cache-Control", "max-age=0" + others);
    }

    private static boolean isOfTime(String directive) {
        String name = directive.split("=", 2)[0].strip().toLowerCase(Locale.ROOT);
        return switch (name) {
            case "max-age", "s-maxage", "immutable", "stale-while-revalidate" -> true;
            default -> name.isEmpty();
        };
    }

    /** A head of a picture that is on its way from its origin for the first time. */
    static ResponseHead firstView(
            ResponseHead head, List<String> vary, String told, boolean forNow) {
        Fields fields = forNow ? forNow(head.fields()) : head.fields();
        return head.with(told(varying(fields, vary), told));
    }

    /** A head of a picture that is nothing else than what the origin sent. */
    static ResponseHead told(ResponseHead head, String told) {
        return head.with(told(head.fields(), told));
    }

    private static Fields told(Fields fields, String told) {
        return fields.plus("Server-Timing", "picture;desc=\"" + told + "\"");
    }

    /** The fields with these names among what the response varies by. */
    static Fields varying(Fields fields, List<String> names) {
        String vary = fields.combined("Vary");
        StringBuilder all = new StringBuilder(vary == null ? "" : vary.strip());
        List<String> known =
                List.of(all.toString().toLowerCase(Locale.ROOT).split("[ \t]*,[ \t]*", -1));
        if (known.contains("*")) {
            return fields;
        }
        for (String name : names) {
            if (!known.contains(name.toLowerCase(Locale.ROOT))) {
                all.append(all.isEmpty() ? "" : ", ").append(name);
            }
        }
        return names.isEmpty() ? fields : fields.with("Vary", all.toString());
    }
}
