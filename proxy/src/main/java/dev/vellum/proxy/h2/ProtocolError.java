package dev.vellum.proxy.h2;

/**
 * A peer breaks the rules, in a stream or on the connection as a whole (RFC 9113 section 5.4).
 * Carries no stack trace, because peers decide how often it is thrown.
 */
public final class ProtocolError extends Exception {

    private static final long serialVersionUID = 1;

    private final int stream;
    private final ErrorCode code;

    private ProtocolError(int stream, ErrorCode code, String reason) {
        super(reason, null, false, false);
        this.stream = stream;
        this.code = code;
    }

    /**
     * Ends the connection.
     *
     * @param reason in words of ours
     */
    static ProtocolError connection(ErrorCode code, String reason) {
        return new ProtocolError(0, code, reason);
    }

    /** Ends one stream; parameters as of {@link #connection}. */
    static ProtocolError stream(int stream, ErrorCode code, String reason) {
        return new ProtocolError(stream, code, reason);
    }

    /** What a peer must not do at all: ends the connection. */
    public static ProtocolError brokenRule(String reason) {
        return connection(ErrorCode.PROTOCOL_ERROR, reason);
    }

    /** What is no message (section 8.1.1): ends its stream. */
    public static ProtocolError malformed(int stream, String reason) {
        return stream(stream, ErrorCode.PROTOCOL_ERROR, reason);
    }

    /** A stream that is not taken (section 5.1.2), so that its peer may ask again. */
    public static ProtocolError refused(int stream) {
        return stream(stream, ErrorCode.REFUSED_STREAM, "too many streams");
    }

    /** The stream, or 0 for the connection. */
    int stream() {
        return stream;
    }

    ErrorCode code() {
        return code;
    }
}
