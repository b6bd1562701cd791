package dev.vellum.proxy.picture;

import java.io.Serial;

/** A header breaks its format's rules. Thrown and caught within this package only. */
final class MalformedHeader extends Exception {

    @Serial private static final long serialVersionUID = 1;

    private final String reason;

    MalformedHeader(String reason) {
        super(reason, null, false, false); // a value in disguise: no stack trace
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
