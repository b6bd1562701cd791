package dev.vellum.proxy.picture.vips;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Work on one picture: owns every image made in it and the bytes they read, and frees them all when
 * closed. One thread uses it; {@link #kill} may come from any.
 */
public final class VipsSession implements AutoCloseable {

    private static final int UCHAR = 0;

    private final Vips vips;
    private final Arena arena = Arena.ofConfined();

    /** In the order made: later ones read from earlier ones. Guarded by itself. */
    private final List<MemorySegment> images = new ArrayList<>();

    private boolean killed; // guarded by images

    VipsSession(Vips vips) {
        this.vips = vips;
    }

    /**
     * Opens a file. Reads its header only; pixels are decoded when asked for.
     *
     * @param options of the loader, such as {@code [fail_on=error,n=-1]}
     */
    public VipsImage open(byte[] file, String options) throws VipsException {
        MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, file);
        return adopt(
                "open",
                vips.functions()
                        .open
                        .toAddress(
                                bytes,
                                bytes.byteSize(),
                                arena.allocateFrom(options),
                                MemorySegment.NULL));
    }

    /**
     * An image of samples in memory, 8-bit sRGB, which are copied.
     *
     * @param samples interleaved, height x width x bands
     * @param bands 3, or 4 with alpha
     */
    public VipsImage wrap(byte[] samples, int width, int height, int bands) throws VipsException {
        if (samples.length != (long) width * height * bands) {
            throw new IllegalArgumentException(
                    "samples: %d (expected: %d x %d x %d)"
                            .formatted(samples.length, height, width, bands));
        }
        MemorySegment copy = arena.allocateFrom(JAVA_BYTE, samples);
        return adopt(
                        "wrap",
                        vips.functions()
                                .wrap
                                .toAddress(copy, copy.byteSize(), width, height, bands, UCHAR))
                .asSrgb();
    }

    /**
     * Stops the decoding or encoding in progress, as soon as libvips looks, and all to come. A loop
     * that just begins forgets the mark (vips_sink_base_init), so whoever wants an end calls again
     * until the session is closed.
     */
    public void kill() {
        synchronized (images) {
            killed = true;
            images.forEach(image -> vips.functions().kill.run(image, 1));
        }
    }

    Vips vips() {
        return vips;
    }

    /** Takes over an image that libvips returned; NULL means that it failed. */
    VipsImage adopt(String operation, MemorySegment image) throws VipsException {
        if (image.equals(MemorySegment.NULL)) {
            throw vips.failure(operation);
        }
        synchronized (images) {
            images.add(image);
        }
        checkAlive(operation);
        return new VipsImage(this, image);
    }

    void checkAlive(String operation) throws VipsException {
        synchronized (images) {
            if (killed) {
                throw new VipsException(operation, "killed");
            }
        }
    }

    @Override
    public void close() {
        synchronized (images) {
            images.reversed().forEach(image -> vips.functions().unref.run(image));
            images.clear();
        }
        arena.close(); // last: images read from it
    }
}
