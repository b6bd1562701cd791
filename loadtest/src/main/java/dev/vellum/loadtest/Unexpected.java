package dev.vellum.loadtest;

import java.io.IOException;

/** A response that no trouble of the origin's explains. */
final class Unexpected extends IOException {

    private static final long serialVersionUID = 1;

    Unexpected(String message) {
        super(message);
    }
}
