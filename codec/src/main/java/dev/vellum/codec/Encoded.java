package dev.vellum.codec;

import dev.vellum.codec.metric.PeakSignal;
import org.jspecify.annotations.Nullable;

/** A picture as a stream, and what a client will see of it. */
public final class Encoded {

    private final byte[] stream;
    private final Picture original;
    private final Picture decoded;
    private final int effort;
    private @Nullable Fidelity fidelity;

    Encoded(byte[] stream, Picture original, Picture decoded, int effort) {
        this.stream = stream;
        this.original = original;
        this.decoded = decoded;
        this.effort = effort;
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
     * @return computed from the latents that the stream holds
     */
    public Picture decoded() {
        return decoded;
    }

    /**
     * The effort that was made: less than was asked for, where the model cannot do more.
     *
     * @return 0 to 9
     */
    public int effort() {
        return effort;
    }

    /**
     * Peak signal-to-noise ratio of the decoded picture; takes far less time than {@link
     * #fidelity}.
     *
     * @return dB, 100 for equal pictures
     */
    public double psnr() {
        return PeakSignal.of(original.rgb(), decoded.rgb());
    }

    /**
     * How close the decoded picture is to the original; computed when first asked for.
     *
     * @return PSNR and MS-SSIM of the decoded picture
     */
    public synchronized Fidelity fidelity() {
        if (fidelity == null) {
            fidelity = Fidelity.between(original, decoded);
        }
        return fidelity;
    }
}
