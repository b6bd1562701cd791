package dev.vellum.codec.imageio;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.VellumDecoder;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.IIOException;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.spi.ServiceRegistry;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Registers latent streams with {@link javax.imageio.ImageIO}: format name {@code vellum}, ending
 * {@code vlm}, media type {@code image/vnd.vellum}. The models that come with the codec are opened
 * when the first picture is read, and closed when the plugin is deregistered.
 */
public final class VellumImageReaderSpi extends ImageReaderSpi {

    private static final byte[] MAGIC = {(byte) 0xd6, 'V', 'L', 'M'};

    private final @Nullable VellumDecoder given;
    private @Nullable ModelRegistry bundled;

    /** Reads with the models that come with the codec, within {@link Limits#DEFAULT}. */
    public VellumImageReaderSpi() {
        this(null);
    }

    /**
     * Reads with models and limits of the caller's.
     *
     * @param decoder whose models the caller closes
     */
    public VellumImageReaderSpi(@Nullable VellumDecoder decoder) {
        super(
                "Vellum",
                "0.1",
                new String[] {"vellum", "VELLUM", "vlm"},
                new String[] {"vlm"},
                new String[] {"image/vnd.vellum"},
                VellumImageReader.class.getName(),
                new Class<?>[] {ImageInputStream.class},
                null,
                false,
                null,
                null,
                null,
                null,
                false,
                null,
                null,
                null,
                null);
        this.given = decoder;
    }

    @Override
    public boolean canDecodeInput(Object source) throws IOException {
        if (!(source instanceof ImageInputStream stream)) {
            return false;
        }
        stream.mark();
        try {
            for (byte expected : MAGIC) {
                if (stream.read() != (expected & 0xff)) {
                    return false;
                }
            }
            return true;
        } finally {
            stream.reset();
        }
    }

    @Override
    public ImageReader createReaderInstance(@Nullable Object extension) {
        return new VellumImageReader(this);
    }

    @Override
    public String getDescription(@Nullable Locale locale) {
        return "Vellum latent streams";
    }

    @Override
    public synchronized void onDeregistration(ServiceRegistry registry, Class<?> category) {
        if (bundled != null) {
            bundled.close();
            bundled = null;
        }
    }

    synchronized VellumDecoder decoder() throws IOException {
        if (given != null) {
            return given;
        }
        try {
            if (bundled == null) {
                bundled = ModelRegistry.bundled(Model.Tuning.DEFAULT);
            }
            return new VellumDecoder(bundled, Limits.DEFAULT);
        } catch (CodecException e) {
            throw new IIOException("models of the codec: " + e.getMessage(), e);
        }
    }
}
