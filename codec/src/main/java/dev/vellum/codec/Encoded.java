package dev.vellum.codec;

/** A picture as a stream, and what a client will see of it. */
public final class Encoded {

    private final byte[] stream;
    private final Picture decoded;
    private final Fidelity fidelity;

    Encoded(byte[] stream, Picture decoded, Fidelity fidelity) {
        this.stream = stream;
        this.decoded = decoded;
        this.fidelity = fidelity;
    }

    /**
     * The stream; the result's own array, not to be changed.
     *
     * @return bytes
     */
    public byte[] stream() {
        return stream;
    }

    /**
     * What the stream takes for each pixel.
     *
     * @return bits
     */
    public double bitsPerPixel() {
        return 8.0 * stream.length / ((double) decoded.width() * decoded.height());
    }

    /**
     * The picture that every decoder makes of the stream.
     *
     * @return decoded from the stream, not predicted
     */
    public Picture decoded() {
        return decoded;
    }

    /**
     * How close that is to the original.
     *
     * @return PSNR and MS-SSIM of the decoded picture
     */
    public Fidelity fidelity() {
        return fidelity;
    }
}
