package dev.vellum.proxy.config;

/**
 * A configuration that the proxy does not start with; the message names key, value and expectation.
 */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ConfigException(String message) {
        super(message);
    }

    /** A refusal of what could not be read. */
    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
