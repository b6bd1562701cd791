package dev.vellum.proxy.picture;

/** What the first look at a file found. */
public sealed interface Sniffing {

    /** A picture, as far as its header goes. */
    record Found(PictureHeader header) implements Sniffing {}

    /** It begins like a picture, and then its header breaks the format's rules. */
    record Malformed(Format format, String reason) implements Sniffing {}

    /** None of the known formats. */
    record Unknown() implements Sniffing {}
}
