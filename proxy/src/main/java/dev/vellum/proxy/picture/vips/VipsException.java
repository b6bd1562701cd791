package dev.vellum.proxy.picture.vips;

import java.io.Serial;

/**
 * libvips refused an operation or gave up in it. The message is for logs only: libvips shares its
 * error text between threads, so it may tell of another picture.
 */
public final class VipsException extends Exception {

    @Serial private static final long serialVersionUID = 1;

    VipsException(String operation, String text) {
        super(operation + ": " + text);
    }
}
