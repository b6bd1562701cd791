package dev.vellum.proxy.http;

import java.util.LinkedHashSet;
import java.util.Set;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;

/** Names of groups of responses of one origin (RFC 9875). */
public final class CacheGroups {

    /** Lists the groups that a response belongs to (section 2). */
    public static final String MEMBERSHIP = "Cache-Groups";

    /** Lists the groups that the response to an unsafe request invalidates (section 3). */
    public static final String INVALIDATION = "Cache-Group-Invalidation";

    /** Beyond this many, names are left out; section 2.1 asks for at least 32. */
    static final int MAX_GROUPS = 128;

    private CacheGroups() {}

    /** Names that the field lists; empty where it is no list of strings. */
    public static Set<String> of(Fields fields, String field) {
        String text = fields.combined(field);
        if (text == null) {
            return Set.of();
        }
        Set<String> names = new LinkedHashSet<>();
        try {
            for (ListElement<?> member : Parser.parseList(text).get()) {
                if (!(member instanceof StringItem name)) {
                    return Set.of();
                }
                if (names.size() < MAX_GROUPS) {
                    names.add(name.get());
                }
            }
        } catch (ParseException invalid) {
            return Set.of();
        }
        return names;
    }
}
