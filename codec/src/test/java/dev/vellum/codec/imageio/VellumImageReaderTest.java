package dev.vellum.codec.imageio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Encoded;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.codec.Quality;
import dev.vellum.codec.VellumDecoder;
import dev.vellum.codec.VellumEncoder;
import dev.vellum.codec.samples.SampleModel;
import dev.vellum.codec.samples.SamplePictures;
import java.awt.Color;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VellumImageReaderTest {

    private static final Picture PICTURE = SamplePictures.of(83, 61, 3);
    private static ModelRegistry models;
    private static Encoded encoded;

    @BeforeAll
    static void encode() throws CodecException {
        SampleModel.Files files = SampleModel.of(SampleModel.TINY);
        Model model =
                Model.load(files.decoder().bytes(), files.encoder().bytes(), Model.Tuning.DEFAULT);
        models = new ModelRegistry(List.of(model));
        encoded = new VellumEncoder(model, Limits.DEFAULT, 0).encode(PICTURE, new Quality(60));
    }

    @AfterAll
    static void close() {
        models.close();
    }

    @Test
    void everyProgramFindsThePluginByNameEndingAndMediaType() {
        assertThat(ImageIO.getReaderFormatNames()).contains("vellum");
        assertThat(ImageIO.getImageReadersBySuffix("vlm")).hasNext();
        assertThat(ImageIO.getImageReadersByMIMEType("image/vnd.vellum")).hasNext();
    }

    @Test
    void theFirstBytesTellWhetherItIsAStream() throws IOException {
        assertThat(ImageIO.getImageReaders(stream(encoded.stream())).next())
                .isInstanceOf(VellumImageReader.class);
        assertThat(ImageIO.getImageReaders(stream(new byte[] {(byte) 0xd6, 'V', 'L'})))
                .isExhausted();
    }

    @Test
    void aPictureIsReadWithTheDecodersPixels() throws IOException {
        BufferedImage image = reader(encoded.stream()).read(0);

        assertThat(image.getWidth()).isEqualTo(83);
        assertThat(image.getHeight()).isEqualTo(61);
        for (int y = 0; y < 61; y++) {
            for (int x = 0; x < 83; x++) {
                assertThat(image.getRGB(x, y)).isEqualTo(expected(x, y));
            }
        }
    }

    @Test
    void aRegionIsReadSubsampled() throws IOException {
        ImageReader reader = reader(encoded.stream());
        ImageReadParam param = reader.getDefaultReadParam();
        param.setSourceRegion(new Rectangle(10, 20, 40, 31));
        param.setSourceSubsampling(2, 3, 1, 2);

        BufferedImage image = reader.read(0, param);

        assertThat(image.getWidth()).isEqualTo(20);
        assertThat(image.getHeight()).isEqualTo(10);
        for (int y = 0; y < 10; y++) {
            for (int x = 0; x < 20; x++) {
                assertThat(image.getRGB(x, y)).isEqualTo(expected(11 + 2 * x, 22 + 3 * y));
            }
        }
    }

    @Test
    void theSizeIsKnownWithoutAModel() throws IOException {
        try (ModelRegistry none = new ModelRegistry(List.of())) {
            ImageReader reader =
                    new VellumImageReaderSpi(new VellumDecoder(none, Limits.DEFAULT))
                            .createReaderInstance(null);
            reader.setInput(stream(encoded.stream()));

            assertThat(reader.getWidth(0)).isEqualTo(83);
            assertThat(reader.getHeight(0)).isEqualTo(61);
            assertThatThrownBy(() -> reader.read(0))
                    .isInstanceOf(IIOException.class)
                    .hasMessageContaining("model whose hash begins with");
        }
    }

    @Test
    void aDamagedStreamIsAnErrorWithItsPlace() throws IOException {
        byte[] damaged = encoded.stream().clone();
        damaged[damaged.length / 2] ^= 1;

        assertThatThrownBy(() -> reader(damaged).read(0))
                .isInstanceOf(IIOException.class)
                .hasMessageStartingWith("offset ");
        assertThatThrownBy(() -> reader(Arrays.copyOf(damaged, 3)).read(0))
                .isInstanceOf(IIOException.class);
    }

    private static int expected(int x, int y) {
        byte[] rgb = encoded.decoded().rgb();
        int i = 3 * (83 * y + x);
        return new Color(rgb[i] & 0xff, rgb[i + 1] & 0xff, rgb[i + 2] & 0xff).getRGB();
    }

    private static ImageReader reader(byte[] stream) throws IOException {
        ImageReader reader =
                new VellumImageReaderSpi(new VellumDecoder(models, Limits.DEFAULT))
                        .createReaderInstance(null);
        reader.setInput(stream(stream));
        return reader;
    }

    private static ImageInputStream stream(byte[] bytes) throws IOException {
        return ImageIO.createImageInputStream(new ByteArrayInputStream(bytes));
    }
}
