package dev.vellum.proxy.picture;

/**
 * What a file says of itself before any pixel is decoded.
 *
 * @param width columns of the canvas, at least 1; before any turn that EXIF asks for
 * @param height rows of one frame, at least 1
 * @param frames at least 1; at least 2 for an animation whose frames the header does not count
 * @param traits what the pixels alone do not tell
 */
public record PictureHeader(Format format, int width, int height, int frames, Traits traits) {

    /** What needs care. */
    public enum Traits {
        /** Nothing. */
        PLAIN,
        /** Brighter than sRGB can show (PQ or HLG), so that 8-bit sRGB is another picture. */
        HIGH_DYNAMIC_RANGE,
        /** An animation in a format whose frames the decoder does not read. */
        OPAQUE_ANIMATION
    }

    public PictureHeader {
        if (width < 1 || height < 1 || frames < 1) {
            throw new IllegalArgumentException(
                    "width, height, frames: %d, %d, %d (expected: >= 1)"
                            .formatted(width, height, frames));
        }
    }

    /** Pixels of all frames; 2<sup>63</sup> - 1 if there are more. */
    public long pixels() {
        long frame = (long) width * height;
        return frame > Long.MAX_VALUE / frames ? Long.MAX_VALUE : frame * frames;
    }

    public boolean animated() {
        return frames > 1;
    }
}
