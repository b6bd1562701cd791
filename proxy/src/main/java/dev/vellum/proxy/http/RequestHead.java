package dev.vellum.proxy.http;

/**
 * A request but for its content (RFC 9110 section 6.2).
 *
 * @param method case-sensitive
 */
public record RequestHead(String method, RequestTarget target, HttpVersion version, Fields fields) {

    /** Whether the method only reads (RFC 9110 section 9.2.1). */
    public boolean isSafe() {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY" -> true;
            default -> false;
        };
    }

    /** Whether sending it twice has the effect of sending it once (RFC 9110 section 9.2.2). */
    public boolean isIdempotent() {
        return isSafe() || method.equals("PUT") || method.equals("DELETE");
    }

    public RequestHead with(RequestTarget other) {
        return new RequestHead(method, other, version, fields);
    }

    public RequestHead with(Fields changed) {
        return new RequestHead(method, target, version, changed);
    }
}
