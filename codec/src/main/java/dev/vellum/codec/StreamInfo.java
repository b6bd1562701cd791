package dev.vellum.codec;

import java.util.List;

/**
 * What a stream says of itself, without decoding it.
 *
 * @param model the first 16 hexadecimal digits of the hash of the model's decoder file
 * @param width of the picture in pixels
 * @param height of the picture in pixels
 * @param quality at which it was encoded
 * @param bytes length of the stream
 * @param segments the complete segments
 */
public record StreamInfo(
        String model, int width, int height, Quality quality, long bytes, List<Part> segments) {

    /**
     * A complete segment.
     *
     * @param name what it holds
     * @param bytes length of its payload
     */
    public record Part(String name, int bytes) {}

    /**
     * Copies the list.
     *
     * @param model the first 16 hexadecimal digits of the hash of the model's decoder file
     * @param width of the picture in pixels
     * @param height of the picture in pixels
     * @param quality at which it was encoded
     * @param bytes length of the stream
     * @param segments the complete segments
     */
    public StreamInfo {
        segments = List.copyOf(segments);
    }

    /**
     * What the stream takes for each pixel.
     *
     * @return bits
     */
    public double bitsPerPixel() {
        return 8.0 * bytes / ((double) width * height);
    }
}
