package dev.vellum.proxy.http;

/** A version of HTTP in which a message was received (RFC 9110 section 2.5). */
public enum HttpVersion {
    HTTP_1_0("1.0"),
    HTTP_1_1("1.1"),
    HTTP_2("2.0");

    private final String number;

    HttpVersion(String number) {
        this.number = number;
    }

    /** The received-protocol of a {@code Via} entry, whose protocol name HTTP is left out. */
    public String number() {
        return number;
    }
}
