package dev.vellum.codec.imageio;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Picture;
import dev.vellum.codec.StreamInfo;
import dev.vellum.codec.VellumDecoder;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the one picture of a latent stream as interleaved 8-bit sRGB. */
final class VellumImageReader extends ImageReader {

    private static final int[] BANDS = {0, 1, 2};
    private static final int PIECE = 1 << 16;
    private static final ImageTypeSpecifier TYPE =
            ImageTypeSpecifier.createInterleaved(
                    ColorSpace.getInstance(ColorSpace.CS_sRGB),
                    BANDS,
                    DataBuffer.TYPE_BYTE,
                    false,
                    false);

    private final VellumImageReaderSpi spi;
    private byte @Nullable [] stream;

    VellumImageReader(VellumImageReaderSpi spi) {
        super(spi);
        this.spi = spi;
    }

    @Override
    public void setInput(@Nullable Object input, boolean seekForwardOnly, boolean ignoreMetadata) {
        super.setInput(input, seekForwardOnly, ignoreMetadata);
        stream = null;
    }

    @Override
    public int getNumImages(boolean allowSearch) {
        return 1;
    }

    @Override
    public int getWidth(int index) throws IOException {
        return info(index).width();
    }

    @Override
    public int getHeight(int index) throws IOException {
        return info(index).height();
    }

    @Override
    public Iterator<ImageTypeSpecifier> getImageTypes(int index) {
        requireFirst(index);
        return List.of(TYPE).iterator();
    }

    @Override
    public @Nullable IIOMetadata getStreamMetadata() {
        return null;
    }

    @Override
    public @Nullable IIOMetadata getImageMetadata(int index) {
        requireFirst(index);
        return null;
    }

    @Override
    public BufferedImage read(int index, @Nullable ImageReadParam param) throws IOException {
        requireFirst(index);
        processImageStarted(index);
        BufferedImage decoded = image(decode());
        BufferedImage wanted = param == null ? decoded : part(decoded, param);
        processImageComplete();
        return wanted;
    }

    private Picture decode() throws IOException {
        try {
            return spi.decoder().decode(stream());
        } catch (CodecException e) {
            throw new IIOException(e.getMessage(), e);
        }
    }

    private static BufferedImage image(Picture picture) {
        WritableRaster raster =
                Raster.createInterleavedRaster(
                        new DataBufferByte(picture.rgb(), picture.rgb().length),
                        picture.width(),
                        picture.height(),
                        3 * picture.width(),
                        3,
                        BANDS,
                        new Point());
        return new BufferedImage(TYPE.getColorModel(), raster, false, null);
    }

    /** The region, subsampled, in the destination that the caller asked for. */
    private BufferedImage part(BufferedImage decoded, ImageReadParam param) throws IOException {
        int width = decoded.getWidth();
        int height = decoded.getHeight();
        checkReadParamBandSettings(param, 3, 3);
        BufferedImage to = getDestination(param, List.of(TYPE).iterator(), width, height);
        Rectangle source = new Rectangle();
        Rectangle target = new Rectangle();
        computeRegions(param, width, height, to, source, target);
        for (int y = 0; y < target.height; y++) {
            for (int x = 0; x < target.width; x++) {
                int fromX = source.x + x * param.getSourceXSubsampling();
                int fromY = source.y + y * param.getSourceYSubsampling();
                to.setRGB(target.x + x, target.y + y, decoded.getRGB(fromX, fromY));
            }
        }
        return to;
    }

    private StreamInfo info(int index) throws IOException {
        requireFirst(index);
        try {
            return VellumDecoder.inspect(stream());
        } catch (CodecException e) {
            throw new IIOException(e.getMessage(), e);
        }
    }

    /** The whole input, read once; no longer than the limits of a decoder allow anyway. */
    private byte[] stream() throws IOException {
        byte[] known = stream;
        if (known != null) {
            return known;
        }
        if (!(input instanceof ImageInputStream in)) {
            throw new IllegalStateException(
                    "input: " + input + " (expected: a stream that is set)");
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE];
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            if (all.size() > Limits.DEFAULT.streamBytes()) {
                throw new IIOException(
                        "stream: longer than " + Limits.DEFAULT.streamBytes() + " bytes");
            }
            all.write(piece, 0, read);
        }
        stream = all.toByteArray();
        return stream;
    }

    private static void requireFirst(int index) {
        if (index != 0) {
            throw new IndexOutOfBoundsException("picture: " + index + " (expected: 0)");
        }
    }
}
