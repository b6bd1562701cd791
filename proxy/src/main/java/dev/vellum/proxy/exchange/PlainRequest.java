package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import java.util.List;

/**
 * Requests for which forwarding can only add to the fields, so that a hit need not find out how
 * they would go upstream.
 */
final class PlainRequest {

    private PlainRequest() {}

    /**
     * Whether the request can be no loop, is nobody's but an origin's to answer, and has no field
     * that forwarding takes out or acts on. A lone {@code Connection: keep-alive} does not count.
     */
    static boolean is(RequestHead request) {
        if (!(request.target() instanceof RequestTarget.Absolute)) {
            return false;
        }
        for (int i = 0; i < request.fields().size(); i++) {
            String name = request.fields().name(i);
            boolean special =
                    switch (name.length()) {
                        case 2 -> name.equalsIgnoreCase("TE");
                        case 3 -> name.equalsIgnoreCase("Via");
                        case 6 -> name.equalsIgnoreCase("Expect");
                        case 7 -> name.equalsIgnoreCase("Upgrade");
                        case 8 -> name.equalsIgnoreCase("CDN-Loop");
                        case 10 ->
                                name.equalsIgnoreCase("Connection")
                                        && !request.fields()
                                                .value(i)
                                                .equalsIgnoreCase("keep-alive");
                        case 12 -> name.equalsIgnoreCase("Max-Forwards");
                        default -> false;
                    };
            if (special) {
                return false;
            }
        }
        return true;
    }

    /** Whether forwarding leaves these request fields, named in lower case by Vary, as they are. */
    static boolean isKeptAlike(List<String> names) {
        for (String name : names) {
            if (!name.equals("accept-encoding")
                    && !name.equals("accept-language")
                    && !name.equals("origin")) {
                return false;
            }
        }
        return true;
    }
}
