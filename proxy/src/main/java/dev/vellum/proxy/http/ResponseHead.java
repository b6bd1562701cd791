package dev.vellum.proxy.http;

/**
 * A response but for its content (RFC 9110 section 6.2).
 *
 * @param status 100 to 599
 * @param reason the reason phrase as received; may be empty
 */
public record ResponseHead(HttpVersion version, int status, String reason, Fields fields) {

    public ResponseHead with(Fields changed) {
        return new ResponseHead(version, status, reason, changed);
    }
}
