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

    /**
     * What this says the content's length is; -1 if it does not, and for a response without any.
     */
    public long contentLength() {
        String text = fields.first("Content-Length");
        if (text == null) {
            return -1;
        }
        // identical values may have been sent as a list (RFC 9110 section 8.6)
        int comma = text.indexOf(',');
        return Long.parseLong(comma < 0 ? text : text.substring(0, comma).strip());
    }
}
