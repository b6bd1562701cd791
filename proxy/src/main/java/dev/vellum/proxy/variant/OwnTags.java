package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.EntityTag;
import dev.vellum.proxy.http.Fields;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Entity tags of variants. They name this proxy, so that they are told from those of origins, which
 * would not know them.
 */
public final class OwnTags {

    /** Stands in them: the same after a restart, which the name of a proxy need not be. */
    public static final String MARK = "vellum";

    private OwnTags() {}

    static EntityTag of(String digest, String name) {
        return new EntityTag(false, digest + '~' + name);
    }

    private static boolean isOwn(EntityTag tag, String name) {
        return tag.opaque().endsWith('~' + name);
    }

    /**
     * A request's fields without what they say of variants.
     *
     * @param name of this proxy
     */
    public static Fields without(Fields request, String name) {
        Fields fields = request;
        for (String condition : List.of("If-None-Match", "If-Match")) {
            String text = request.combined(condition);
            if (text != null && text.contains('~' + name)) {
                String others =
                        EntityTag.list(text).stream()
                                .filter(tag -> !isOwn(tag, name))
                                .map(EntityTag::text)
                                .collect(Collectors.joining(", "));
                fields =
                        others.isEmpty()
                                ? fields.without(condition)
                                : fields.with(condition, others);
            }
        }
        EntityTag range = EntityTag.parse(request.combined("If-Range"));
        return range != null && isOwn(range, name) ? fields.without("If-Range", "Range") : fields;
    }
}
