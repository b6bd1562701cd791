package dev.vellum.proxy.picture;

import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Ink for a picture of light: made here, because the proxy itself never writes CMYK. */
final class CmykJpeg {

    private CmykJpeg() {}

    /**
     * A CMYK JPEG without a profile, a third of what all colours share in black ink. It holds paper
     * rather than ink, as Adobe's marker says and programs expect.
     */
    static byte[] of(dev.vellum.proxy.picture.Raster light) throws IOException {
        byte[] rgb = light.samples();
        byte[] inks = new byte[rgb.length / 3 * 4];
        for (int from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
            int brightest = 0;
            for (int band = 0; band < 3; band++) {
                brightest = Math.max(brightest, rgb[from + band] & 0xff);
            }
            int left = Math.max(1, 255 - (255 - brightest) / 3);
            for (int band = 0; band < 3; band++) {
                inks[to + band] =
                        (byte) (255 - Math.min(255, (rgb[from + band] & 0xff) * 255 / left));
            }
            inks[to + 3] = (byte) (255 - left);
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file)) {
            ImageWriteParam fine = writer.getDefaultWriteParam();
            fine.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            fine.setCompressionQuality(0.95f);
            writer.setOutput(out);
            for (int i = 0; i < inks.length; i++) {
                inks[i] = (byte) ~inks[i];
            }
            DataBuffer buffer = new DataBufferByte(inks, inks.length);
            int width = light.width();
            Raster raster =
                    Raster.createInterleavedRaster(
                            buffer,
                            width,
                            light.height(),
                            4 * width,
                            4,
                            new int[] {0, 1, 2, 3},
                            null);
            writer.write(null, new IIOImage(raster, null, null), fine);
        } finally {
            writer.dispose();
        }
        byte[] adobe = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0}; // transform: none
        return Fixtures.withSegment(file.toByteArray(), 0xee, adobe);
    }
}
