package dev.vellum.proxy.wire;

/**
 * Bytes that are no message, or one that is not accepted. Thrown between the readers of this
 * package only; the handlers turn it into a {@link Rejected}. Carries no stack trace, because peers
 * decide how often it is thrown.
 */
final class MalformedMessage extends Exception {

    private static final long serialVersionUID = 1;

    /** Kind of fault, which decides the status that a request is answered with. */
    enum Fault {
        /** Not the grammar of RFC 9112, or ambiguous: 400. */
        SYNTAX,
        /** The request line alone exceeds the limit: 414. */
        TARGET_TOO_LONG,
        /** Head or trailers exceed a limit: 431. */
        HEAD_TOO_LARGE,
        /** A transfer coding other than chunked: 501. */
        CODING,
        /** Neither HTTP/1.0 nor HTTP/1.1: 505. */
        VERSION,
        /** The connection ended within the message. */
        TRUNCATED
    }

    private final Fault fault;

    /**
     * A fault at {@code reason}, which repeats nothing of the message.
     *
     * @param reason what is wrong, in words of ours
     */
    MalformedMessage(Fault fault, String reason) {
        super(reason, null, false, false);
        this.fault = fault;
    }

    static MalformedMessage syntax(String reason) {
        return new MalformedMessage(Fault.SYNTAX, reason);
    }

    Fault fault() {
        return fault;
    }

    /** What is wrong, in words of ours. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
