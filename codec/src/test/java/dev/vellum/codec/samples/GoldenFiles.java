package dev.vellum.codec.samples;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.codec.Quality;
import dev.vellum.codec.VellumDecoder;
import dev.vellum.codec.VellumEncoder;
import dev.vellum.codec.container.Segment;
import dev.vellum.codec.container.StreamReader;
import dev.vellum.codec.model.ModelHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Streams that every later version decodes to the same pixels, checked in with the model that they
 * name. {@link #main} makes a new set; an old set is never changed, only added to.
 */
public final class GoldenFiles {

    /** Folder of the checked-in set, in the module's own directory. */
    public static final Path FOLDER = Path.of("src/test/resources/golden");

    /** Lines {@code FILE LENGTH SHA-256}: a stream, how much of it is read, hash of the samples. */
    public static final String HASHES = "hashes.txt";

    private static final int[][] SIZES = {{1, 1}, {40, 23}, {256, 256}, {257, 300}, {530, 600}};

    private GoldenFiles() {}

    /** Writes a set to the folder that is named. */
    public static void main(String[] arguments) throws IOException, CodecException {
        Path folder = Path.of(arguments[0]);
        Files.createDirectories(folder);
        SampleModel.Files files = SampleModel.of(SampleModel.TINY);
        Files.write(folder.resolve("sample.vlmd"), files.decoder().bytes());
        Files.write(folder.resolve("sample.vlme"), files.encoder().bytes());
        List<String> lines = new ArrayList<>();
        try (Model model =
                        Model.load(
                                files.decoder().bytes(),
                                files.encoder().bytes(),
                                Model.Tuning.DEFAULT);
                ModelRegistry registry = new ModelRegistry(List.of(model))) {
            for (int[] size : SIZES) {
                for (int quality : new int[] {1, 50, 100}) {
                    Picture picture = SamplePictures.of(size[0], size[1], quality);
                    byte[] stream =
                            new VellumEncoder(model, Limits.DEFAULT, 5)
                                    .encode(picture, new Quality(quality)).stream();
                    String name = "%dx%d-q%d.vlm".formatted(size[0], size[1], quality);
                    Files.write(folder.resolve(name), stream);
                    Segment first = StreamReader.read(stream).segments().getFirst();
                    int least = first.offset() + first.length() + 4;
                    for (int length : new int[] {stream.length, stream.length * 2 / 3, least}) {
                        byte[] prefix = Arrays.copyOf(stream, length);
                        Picture decoded =
                                new VellumDecoder(registry, Limits.DEFAULT).decode(prefix);
                        lines.add(name + " " + length + " " + hash(decoded));
                    }
                }
            }
        }
        Files.write(folder.resolve(HASHES), lines);
    }

    /** SHA-256 of a picture's samples, in hexadecimal digits. */
    public static String hash(Picture picture) {
        return ModelHash.of(picture.rgb()).hex();
    }

    /** One of the checked-in files. */
    public static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(FOLDER.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of {@link #HASHES}. */
    public static List<String> hashes() {
        return new String(bytes(HASHES), StandardCharsets.UTF_8).lines().toList();
    }
}
