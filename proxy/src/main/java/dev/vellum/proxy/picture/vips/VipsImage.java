package dev.vellum.proxy.picture.vips;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An image of libvips: a description of pixels that are computed when {@link #samples} or {@link
 * #encode} asks for them. Lives as long as its session.
 */
@SuppressWarnings("restricted") // native code is what this is for
public final class VipsImage {

    private static final int UCHAR = 0; // VipsBandFormat
    private static final int CMYK = 15; // VipsInterpretation
    private static final int SRGB = 22; // VipsInterpretation
    private static final int RELATIVE = 1; // VipsIntent
    private static final int SIZE_DOWN = 2; // VipsSize

    private final VipsSession session;
    private final MemorySegment image;
    private final VipsFunctions functions;

    VipsImage(VipsSession session, MemorySegment image) {
        this.session = session;
        this.image = image;
        this.functions = session.vips().functions();
    }

    public int width() {
        return functions.width.toInt(image);
    }

    /** Rows of all pages, which lie below each other. */
    public int height() {
        return functions.height.toInt(image);
    }

    public int bands() {
        return functions.bands.toInt(image);
    }

    /** Pages (frames of an animation) that the file holds, loaded or not. */
    public int pages() {
        return functions.pages.toInt(image);
    }

    public int pageHeight() {
        return functions.pageHeight.toInt(image);
    }

    /** EXIF orientation, 1 to 8; 1 is upright. */
    public int orientation() {
        return functions.orientation.toInt(image);
    }

    public boolean has(String field) {
        try (Arena arena = Arena.ofConfined()) {
            return functions.typeOf.toLong(image, arena.allocateFrom(field)) != 0;
        }
    }

    /** A text field, or null if there is none. Text that is no UTF-8 has its bad bytes replaced. */
    public @Nullable String string(String field) throws VipsException {
        if (!has(field)) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            check("get " + field, functions.string.toInt(image, arena.allocateFrom(field), out));
            MemorySegment text = out.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE);
            return text.getString(0, StandardCharsets.UTF_8);
        }
    }

    /** A number, or {@code otherwise} if there is no such field. */
    public int integer(String field, int otherwise) throws VipsException {
        if (!has(field)) {
            return otherwise;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            check("get " + field, functions.integer.toInt(image, arena.allocateFrom(field), out));
            return out.get(JAVA_INT, 0);
        }
    }

    /** Numbers; none if there is no such field. */
    public int[] integers(String field) throws VipsException {
        if (!has(field)) {
            return new int[0];
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            MemorySegment count = arena.allocate(JAVA_INT);
            check(
                    "get " + field,
                    functions.integers.toInt(image, arena.allocateFrom(field), out, count));
            return out.get(ADDRESS, 0).reinterpret(4L * count.get(JAVA_INT, 0)).toArray(JAVA_INT);
        }
    }

    /** Sets a field. Only images that {@link VipsSession#wrap} or an operation made may be set. */
    public void set(String field, String value) {
        try (Arena arena = Arena.ofConfined()) {
            functions.setString.run(image, arena.allocateFrom(field), arena.allocateFrom(value));
        }
    }

    /** Sets a field. */
    public void set(String field, int value) {
        try (Arena arena = Arena.ofConfined()) {
            functions.setInteger.run(image, arena.allocateFrom(field), value);
        }
    }

    /** Sets a field. */
    public void set(String field, int[] values) {
        try (Arena arena = Arena.ofConfined()) {
            functions.setIntegers.run(
                    image,
                    arena.allocateFrom(field),
                    arena.allocateFrom(JAVA_INT, values),
                    values.length);
        }
    }

    /** Turned upright as the EXIF orientation says. */
    public VipsImage upright() throws VipsException {
        return apply(
                "autorot", (arena, out) -> functions.autorot.toInt(image, out, MemorySegment.NULL));
    }

    /**
     * Whether the samples are cyan, magenta, yellow and black, 8 bits each, 255 all ink, and
     * nothing says which.
     */
    public boolean isInkWithoutProfile() {
        return functions.interpretation.toInt(image) == CMYK
                && bands() == 4
                && functions.format.toInt(image) == UCHAR
                && !has("icc-profile-data");
    }

    /** As 8-bit sRGB with 3 bands, or 4 if there is alpha. */
    public VipsImage toSrgb() throws VipsException {
        VipsImage srgb = has("icc-profile-data") ? byProfile() : this;
        if (functions.interpretation.toInt(srgb.image) != SRGB) {
            srgb = srgb.as(SRGB);
        }
        if (functions.format.toInt(srgb.image) != UCHAR) {
            VipsImage from = srgb;
            srgb =
                    from.apply(
                            "cast",
                            (arena, out) ->
                                    functions.cast.toInt(
                                            from.image, out, UCHAR, MemorySegment.NULL));
        }
        return srgb;
    }

    /** In another colour space, by libvips' own conversions. */
    VipsImage as(int interpretation) throws VipsException {
        return apply(
                "colourspace",
                (arena, out) ->
                        functions.colourspace.toInt(
                                image, out, interpretation, MemorySegment.NULL));
    }

    /** Relative colorimetric, as browsers do; a broken profile counts as none, as there too. */
    private VipsImage byProfile() {
        try {
            return apply(
                    "icc_transform",
                    (arena, out) ->
                            functions.iccTransform.toInt(
                                    image,
                                    out,
                                    arena.allocateFrom("srgb"),
                                    arena.allocateFrom("embedded"),
                                    1,
                                    arena.allocateFrom("intent"),
                                    RELATIVE,
                                    MemorySegment.NULL));
        } catch (VipsException brokenProfile) {
            return this;
        }
    }

    /** The same samples, taken for sRGB. */
    VipsImage asSrgb() throws VipsException {
        return apply(
                "copy",
                (arena, out) ->
                        functions.copy.toInt(
                                image,
                                out,
                                arena.allocateFrom("interpretation"),
                                SRGB,
                                MemorySegment.NULL));
    }

    /** Scaled down to fit a box; a smaller image stays as it is. Still images only. */
    public VipsImage within(int width, int height) throws VipsException {
        return apply(
                "thumbnail_image",
                (arena, out) ->
                        functions.thumbnail.toInt(
                                image,
                                out,
                                width,
                                arena.allocateFrom("height"),
                                height,
                                arena.allocateFrom("size"),
                                SIZE_DOWN,
                                MemorySegment.NULL));
    }

    /** All samples, interleaved: height x width x bands. */
    public byte[] samples() throws VipsException {
        session.checkAlive("decode");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(JAVA_LONG);
            MemorySegment pixels = functions.writeToMemory.toAddress(image, size);
            if (pixels.equals(MemorySegment.NULL)) {
                throw session.vips().failure("decode");
            }
            return take(pixels, size.get(JAVA_LONG, 0));
        }
    }

    /**
     * Encodes the image.
     *
     * @param suffix format and options, such as {@code .webp[Q=75,keep=none]}
     */
    public byte[] encode(String suffix) throws VipsException {
        session.checkAlive("encode");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            MemorySegment size = arena.allocate(JAVA_LONG);
            check(
                    "encode " + suffix,
                    functions.writeToBuffer.toInt(
                            image, arena.allocateFrom(suffix), out, size, MemorySegment.NULL));
            return take(out.get(ADDRESS, 0), size.get(JAVA_LONG, 0));
        }
    }

    /** Copies native memory to the heap and frees it. */
    private byte[] take(MemorySegment bytes, long size) {
        try {
            return bytes.reinterpret(size).toArray(JAVA_BYTE);
        } finally {
            functions.free.run(bytes);
        }
    }

    private interface Operation {
        /** Writes the address of the new image to {@code out}; 0 if that succeeded. */
        int run(Arena arena, MemorySegment out);
    }

    private VipsImage apply(String name, Operation operation) throws VipsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            check(name, operation.run(arena, out));
            return session.adopt(name, out.get(ADDRESS, 0));
        }
    }

    private void check(String operation, int status) throws VipsException {
        if (status != 0) {
            throw session.vips().failure(operation);
        }
    }
}
