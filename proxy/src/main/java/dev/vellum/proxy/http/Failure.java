package dev.vellum.proxy.http;

/**
 * Every way in which the proxy itself answers with an error: the one place that picks a status, who
 * is at fault, what the client reads, and the error type of Proxy-Status (RFC 9209 section 2.3).
 * The names are metric labels.
 */
public enum Failure {
    MALFORMED_REQUEST(400, Fault.CLIENT, "The request is malformed.", "http_request_error"),
    HOST_INVALID(400, Fault.CLIENT, "The request names no valid host.", "http_request_error"),
    CLIENT_NOT_ALLOWED(403, Fault.CLIENT, "This proxy is not for you.", "http_request_denied"),
    PORT_NOT_ALLOWED(
            403, Fault.CLIENT, "Tunnels to this port are not allowed.", "http_request_denied"),
    DESTINATION_NOT_ALLOWED(
            403, Fault.CLIENT, "This destination is not allowed.", "destination_ip_prohibited"),
    SIZE_NOT_SIGNED(
            403, Fault.CLIENT, "This size is not signed, or no more.", "http_request_denied"),
    MODEL_UNKNOWN(404, Fault.CLIENT, "This model is not here.", "destination_not_found"),
    METHOD_NOT_ALLOWED(405, Fault.CLIENT, "This method is not allowed.", "http_request_denied"),
    CREDENTIALS_REQUIRED(407, Fault.CLIENT, "This proxy wants credentials.", "http_request_denied"),
    REQUEST_TIMEOUT(408, Fault.CLIENT, "The request took too long.", "http_request_error"),
    CLIENT_TOO_SLOW(408, Fault.CLIENT, "The response was not read in time.", "http_request_error"),
    LENGTH_REQUIRED(411, Fault.CLIENT, "The request needs a length.", "http_request_error"),
    REQUEST_BODY_TOO_LARGE(413, Fault.CLIENT, "The request is too large.", "http_request_error"),
    TARGET_TOO_LONG(414, Fault.CLIENT, "The request's target is too long.", "http_request_error"),
    EXPECTATION_UNKNOWN(
            417, Fault.CLIENT, "The request expects what is not known.", "http_request_error"),
    MISDIRECTED(421, Fault.CLIENT, "This host is not served here.", "destination_not_found"),
    TOO_MANY_REQUESTS(429, Fault.CLIENT, "Too many requests.", "http_request_denied"),
    TOO_MANY_CONNECTIONS(429, Fault.CLIENT, "Too many connections.", "http_request_denied"),
    REQUEST_HEADER_TOO_LARGE(
            431, Fault.CLIENT, "The request's header is too large.", "http_request_error"),
    TRANSFER_CODING_UNKNOWN(
            501, Fault.CLIENT, "The transfer coding is not known.", "http_request_error"),
    PROTOCOL_UNKNOWN(501, Fault.CLIENT, "The protocol is not known.", "http_request_error"),
    VERSION_NOT_SUPPORTED(
            505, Fault.CLIENT, "This version of HTTP is not supported.", "http_request_error"),
    NOT_CACHED(504, Fault.CLIENT, "There is no stored response.", "http_request_denied"),

    ORIGIN_NAME_UNKNOWN(502, Fault.ORIGIN, "The host's name is not known.", "dns_error"),
    ORIGIN_NAME_TIMEOUT(504, Fault.ORIGIN, "The host's name was not found in time.", "dns_timeout"),
    ORIGIN_REFUSED(502, Fault.ORIGIN, "The host refused the connection.", "connection_refused"),
    ORIGIN_UNROUTABLE(
            502, Fault.ORIGIN, "There is no way to the host.", "destination_ip_unroutable"),
    ORIGIN_CONNECT_TIMEOUT(
            504, Fault.ORIGIN, "The host did not answer in time.", "connection_timeout"),
    ORIGIN_CLOSED(502, Fault.ORIGIN, "The host closed the connection.", "connection_terminated"),
    ORIGIN_TLS(502, Fault.ORIGIN, "The host's TLS failed.", "tls_protocol_error"),
    ORIGIN_CERTIFICATE(
            502, Fault.ORIGIN, "The host's certificate is not valid.", "tls_certificate_error"),
    ORIGIN_UNAVAILABLE(
            503, Fault.ORIGIN, "No server of the host is healthy.", "destination_unavailable"),
    RESPONSE_TIMEOUT(504, Fault.ORIGIN, "The host took too long.", "http_response_timeout"),
    ORIGIN_IDLE(504, Fault.ORIGIN, "The host fell silent.", "connection_read_timeout"),
    ORIGIN_WRITE_TIMEOUT(504, Fault.ORIGIN, "The host does not read.", "connection_write_timeout"),
    RESPONSE_MALFORMED(
            502, Fault.ORIGIN, "The host's response is malformed.", "http_protocol_error"),
    RESPONSE_INCOMPLETE(
            502, Fault.ORIGIN, "The host's response ended early.", "http_response_incomplete"),
    RESPONSE_HEADER_TOO_LARGE(
            502,
            Fault.ORIGIN,
            "The host's response header is too large.",
            "http_response_header_section_size"),
    RESPONSE_BODY_TOO_LARGE(
            502, Fault.ORIGIN, "The host's response is too large.", "http_response_body_size"),
    UPGRADE_FAILED(502, Fault.ORIGIN, "The upgrade failed.", "http_upgrade_failed"),

    LOOP(508, Fault.LOCAL, "The request went in a circle.", "proxy_loop_detected"),
    POOL_EXHAUSTED(503, Fault.LOCAL, "Too many requests to this host.", "connection_limit_reached"),
    OVERLOADED(503, Fault.LOCAL, "The proxy is busy.", "proxy_internal_response"),
    DRAINING(503, Fault.LOCAL, "The proxy is shutting down.", "proxy_internal_response"),
    INTERNAL(500, Fault.LOCAL, "The proxy failed.", "proxy_internal_error");

    /** Who must change something. */
    public enum Fault {
        CLIENT,
        ORIGIN,
        LOCAL
    }

    private final int status;
    private final Fault fault;
    private final String publicText;
    private final String errorType;

    Failure(int status, Fault fault, String publicText, String errorType) {
        this.status = status;
        this.fault = fault;
        this.publicText = publicText;
        this.errorType = errorType;
    }

    /** Status of the response. */
    public int status() {
        return status;
    }

    public Fault fault() {
        return fault;
    }

    /** One sentence that tells the client nothing about the inside. */
    public String publicText() {
        return publicText;
    }

    /** The error parameter of Proxy-Status. */
    public String errorType() {
        return errorType;
    }
}
