package dev.vellum.proxy.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.greenbytes.http.sfv.Parameters;
import org.greenbytes.http.sfv.TokenItem;

/** What went wrong here, for the Proxy-Status field (RFC 9209). */
public final class ProxyStatus {

    public static final String FIELD = "Proxy-Status";

    private ProxyStatus() {}

    /** The member for a response that the proxy of that name made because of {@code failure}. */
    public static String of(String proxy, Failure failure) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("error", TokenItem.valueOf(failure.errorType()));
        return StructuredText.name(proxy).withParams(Parameters.valueOf(parameters)).serialize();
    }

    /** As {@link #of(String, Failure)}, with a detail that names nothing private. */
    public static String of(String proxy, Failure failure, String details) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("error", TokenItem.valueOf(failure.errorType()));
        parameters.put("details", StructuredText.string(details));
        return StructuredText.name(proxy).withParams(Parameters.valueOf(parameters)).serialize();
    }
}
