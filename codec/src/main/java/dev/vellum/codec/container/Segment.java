package dev.vellum.codec.container;

/**
 * One complete segment of a stream, its checksum verified.
 *
 * @param type what it holds: {@link #HYPER}, {@link #ALL_GROUPS}, {@link #FIRST_HYPER_GROUP} or
 *     {@link #FIRST_GROUP} + index of the group; from {@link #SKIPPABLE} on things that a decoder
 *     may ignore
 * @param offset of the payload in the stream
 * @param length of the payload in bytes
 */
public record Segment(int type, int offset, int length) {

    /** The hyper-latents z of a small picture. */
    public static final int HYPER = 1;

    /** All groups of latents of a small picture. */
    public static final int ALL_GROUPS = 2;

    /** Reserved: a lossless alpha plane. */
    public static final int ALPHA = 3;

    /** The first group of channels of the hyper-latents; the next ones follow, up to 15. */
    public static final int FIRST_HYPER_GROUP = 4;

    /** The first group of latents; the next ones follow with consecutive types. */
    public static final int FIRST_GROUP = 16;

    /** The first of the types, up to 255, that a decoder ignores unless it knows them. */
    public static final int SKIPPABLE = 128;
}
