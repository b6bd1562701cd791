package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.EntityTag;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Terms;
import java.util.List;
import java.util.Locale;

/** Heads of what goes out in place of a stored picture. Pure. */
final class Derived {

    /** What is true of the source's bytes only. */
    private static final String[] OF_THE_BYTES = {
        "Content-Type", "Content-Length", "Content-MD5", "ETag"
    };

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
        return with(source, told(varying(fields, vary), told), file.content(), tag);
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

    /** A head of a picture that is on its way from its origin for the first time. */
    static ResponseHead firstView(ResponseHead head, List<String> vary, String told) {
        return head.with(told(varying(head.fields(), vary), told));
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
