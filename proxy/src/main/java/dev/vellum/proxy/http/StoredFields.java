package dev.vellum.proxy.http;

import java.util.ArrayList;
import java.util.List;

/** What of a response's head is stored (RFC 9111 section 3.1). */
final class StoredFields {

    private StoredFields() {}

    static ResponseHead of(ResponseHead response, CacheControl directives) {
        Fields kept = HopByHop.strip(response.fields()).without("Age");
        // sections 5.2.2.4 and 5.2.2.7: what is named must not be reused, so it is not kept
        List<String> named = new ArrayList<>(directives.fieldNames("private"));
        named.addAll(directives.fieldNames("no-cache"));
        kept = kept.without(named);
        return response.with(kept);
    }
}
