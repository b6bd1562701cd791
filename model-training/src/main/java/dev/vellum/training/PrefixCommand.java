package dev.vellum.training;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Encoded;
import dev.vellum.codec.Fidelity;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.codec.Quality;
import dev.vellum.codec.StreamInfo;
import dev.vellum.codec.VellumDecoder;
import dev.vellum.codec.VellumEncoder;
import dev.vellum.training.data.Raster;
import dev.vellum.training.evaluation.FileEvaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vellum prefixes}. */
@Command(
        name = "prefixes",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Measures how good a picture the beginning of a stream gives: after some bytes, after"
                    + " half of them, and after each segment. Means over the pictures.",
            "The status is 1 if on the mean a further segment makes a picture worse."
        })
final class PrefixCommand implements Callable<Integer> {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "FILE",
            description = "The decoder file; the encoder file (.vlme) lies beside it.")
    private @Nullable Path model;

    @Option(names = "--images", required = true, paramLabel = "DIR", description = "PNG or JPEG.")
    private @Nullable Path images;

    @Option(names = "--quality", description = "1 to 100.")
    private int quality = 60;

    @Option(names = "--effort", description = "Of the encoder, 0 to 9.")
    private int effort = 5;

    @Option(names = "--bytes", description = "Length of the short prefix.")
    private int few = 400;

    /** Sums over the pictures. */
    private static final class Sum {

        private double psnr;
        private double share;
        private double bytes;
        private int count;

        void add(double decibel, int length, int whole) {
            psnr += decibel;
            share += (double) length / whole;
            bytes += length;
            count++;
        }
    }

    @Override
    public Integer call() throws IOException, CodecException {
        ModelFiles measured = new ModelFiles(Options.given("--model", model));
        Map<String, Sum> sums = new LinkedHashMap<>();
        List<Path> files = EvaluateCommand.files(Options.given("--images", images));
        try (Model loaded = measured.load();
                ModelRegistry models = new ModelRegistry(List.of(loaded))) {
            VellumDecoder reader = new VellumDecoder(models, Limits.DEFAULT);
            for (Path file : files) {
                Picture picture = FileEvaluation.picture(Raster.read(file));
                Encoded encoded =
                        new VellumEncoder(loaded, Limits.DEFAULT, effort)
                                .encode(picture, new Quality(quality));
                measure(reader, picture, encoded.stream(), sums);
            }
        }
        boolean rising = true;
        double last = 0;
        for (Map.Entry<String, Sum> entry : sums.entrySet()) {
            Sum sum = entry.getValue();
            double psnr = sum.psnr / sum.count;
            System.out.printf(
                    Locale.ROOT,
                    "%-28s %6.2f dB  %8.0f bytes, %5.1f %% of the stream, %d of %d pictures%n",
                    entry.getKey(),
                    psnr,
                    sum.bytes / sum.count,
                    100 * sum.share / sum.count,
                    sum.count,
                    files.size());
            if (entry.getKey().startsWith("to ")) {
                rising &= psnr >= last;
                last = psnr;
            }
        }
        return rising ? 0 : 1;
    }

    private void measure(
            VellumDecoder reader, Picture picture, byte[] stream, Map<String, Sum> sums)
            throws CodecException {
        List<StreamInfo.Part> parts = VellumDecoder.inspect(stream).segments();
        int end = stream.length - parts.stream().mapToInt(PrefixCommand::length).sum();
        int whole = stream.length;
        int first = end + length(parts.getFirst());
        if (few >= first) {
            add(
                    "first %d bytes".formatted(few),
                    few,
                    whole,
                    psnr(reader, picture, stream, few),
                    sums);
        }
        add("half the bytes", whole / 2, whole, psnr(reader, picture, stream, whole / 2), sums);
        Map<String, Integer> seen = new HashMap<>();
        for (StreamInfo.Part part : parts) {
            end += length(part);
            int number = seen.merge(part.name(), 1, Integer::sum);
            String name = part.name() + (number == 1 ? "" : ", segment " + number);
            add("to " + name, end, whole, psnr(reader, picture, stream, end), sums);
        }
    }

    private static void add(
            String name, int length, int whole, double psnr, Map<String, Sum> sums) {
        sums.computeIfAbsent(name, _ -> new Sum()).add(psnr, length, whole);
    }

    private static double psnr(VellumDecoder reader, Picture picture, byte[] stream, int length)
            throws CodecException {
        Picture decoded = reader.decode(Arrays.copyOf(stream, length));
        return Fidelity.between(picture, decoded).psnr();
    }

    /** Bytes of a segment: type, length, payload, checksum. */
    private static int length(StreamInfo.Part part) {
        int sizeBytes = 1;
        for (int rest = part.bytes() >>> 7; rest > 0; rest >>>= 7) {
            sizeBytes++;
        }
        return 1 + sizeBytes + part.bytes() + 4;
    }
}
