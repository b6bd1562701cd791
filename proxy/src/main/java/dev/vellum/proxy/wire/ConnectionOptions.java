package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;

/** Whether a connection outlives a message (RFC 9112 section 9.3). */
final class ConnectionOptions {

    private ConnectionOptions() {}

    /** As the message says that carries {@code fields}. */
    static boolean isPersistent(HttpVersion version, Fields fields) {
        if (!fields.contains("Connection")) {
            return version != HttpVersion.HTTP_1_0;
        }
        return !names(fields, "close")
                && (version != HttpVersion.HTTP_1_0 || names(fields, "keep-alive"));
    }

    private static boolean names(Fields fields, String option) {
        for (String line : fields.all("Connection")) {
            for (String named : line.split(",", -1)) {
                if (named.strip().equalsIgnoreCase(option)) {
                    return true;
                }
            }
        }
        return false;
    }
}
