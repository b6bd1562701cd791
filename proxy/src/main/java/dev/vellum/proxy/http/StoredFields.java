package dev.vellum.proxy.http;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What of a response's head is stored (RFC 9111 section 3.1). */
final class StoredFields {

    private StoredFields() {}

    /**
     * The head without the fields that belong to the connection, the moment or one user, and with a
     * Date, so that its age can be told later (RFC 9110 section 6.6.1).
     */
    static ResponseHead of(ResponseHead response, CacheControl directives, Instant responseTime) {
        Fields kept = HopByHop.strip(response.fields()).without("Age");
        // sections 5.2.2.4 and 5.2.2.7: what is named must not be reused, so it is not kept
        List<String> named = new ArrayList<>(directives.fieldNames("private"));
        named.addAll(directives.fieldNames("no-cache"));
        kept = kept.without(named);
        return Forwarding.dated(response.with(kept), responseTime);
    }
}
