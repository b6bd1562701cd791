package dev.vellum.codec;

import dev.vellum.codec.container.Segment;
import dev.vellum.codec.container.StreamReader;
import dev.vellum.codec.latent.CodingOrder;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.Latents;
import dev.vellum.codec.latent.PassRow;
import dev.vellum.codec.latent.StreamSymbols;
import dev.vellum.codec.latent.SymbolCoder;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Workspace;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Processor time of each stage on one thread, with a real model and the picture of {@link
 * SpeedComparison}: the least of some rounds. Other work on the machine shows less than in {@link
 * StageBenchmark}.
 */
public final class StageTimes {

    private static final int ROUNDS = 4;
    private static final Quality QUALITY = new Quality(50);
    private static final Limits LIMITS =
            new Limits(20_000_000, 1 << 28, 4L << 30, Duration.ofMinutes(10));

    private final Model model;
    private final Picture picture;
    private final Grid grid;
    private final Deadline deadline = new Deadline(LIMITS.time(), System::nanoTime);

    private StageTimes(Model model, Picture picture) {
        this.model = model;
        this.picture = picture;
        this.grid = new Grid(picture.width(), picture.height());
    }

    /** Takes a decoder file, its encoder file beside it, and a folder of photographs. */
    public static void main(String[] arguments) throws IOException, CodecException {
        Path decoder = Path.of(arguments[0]);
        Path encoder = Path.of(arguments[0].replaceFirst("\\.vlmd$", ".vlme"));
        Picture picture = SpeedComparison.picture(SpeedComparison.mosaic(Path.of(arguments[1])));
        try (Model model =
                        Model.load(
                                Files.readAllBytes(decoder),
                                Files.readAllBytes(encoder),
                                Model.Tuning.DEFAULT);
                Workspace workspace = new Workspace()) {
            new StageTimes(model, picture).run(workspace);
        }
    }

    private void run(Workspace workspace) throws IOException, CodecException {
        VellumEncoder encoder = new VellumEncoder(model, LIMITS, 0);
        Encoded encoded =
                time("encode, effort 0, all of it", () -> encoder.encode(picture, QUALITY));
        int q = QUALITY.value();
        float[] y =
                time(
                        "  analysis, 8 bits",
                        () ->
                                model.analysis()
                                        .latents(picture.rgb(), grid, true, workspace, deadline));
        time(
                "  hyper-analysis, 8 bits",
                () -> model.analysis().hyperLatents(y, q, grid, true, workspace, deadline));
        time("  PSNR and MS-SSIM", () -> Fidelity.between(picture, encoded.decoded()));
        VellumDecoder decoder = new VellumDecoder(new ModelRegistry(List.of(model)), LIMITS);
        time("decode, all of it", () -> decoder.decode(encoded.stream()));
        List<Segment> segments = StreamReader.read(encoded.stream()).segments();
        CodingOrder order = CodingOrder.of(model.decoderFile().manifest(), grid);
        int split = order.hyperParts().size();
        byte[] z =
                time(
                        "  hyper-latents",
                        () ->
                                model.hyperLatents()
                                        .decode(
                                                encoded.stream(),
                                                order.hyperParts(),
                                                segments.subList(0, split),
                                                q,
                                                grid));
        time("  predictions", () -> latents(z, new NoSymbols(), workspace));
        Latents latents =
                time(
                        "  predictions and symbols",
                        () ->
                                latents(
                                        z,
                                        new StreamSymbols(
                                                encoded.stream(),
                                                segments.subList(split, segments.size()),
                                                model.latentTables(),
                                                order.lanes()),
                                        workspace));
        byte[] rgb = new byte[picture.rgb().length];
        time(
                "  synthesis and pixels",
                () -> {
                    model.synthesis().run(latents, rgb, workspace, deadline);
                    return rgb;
                });
    }

    private Latents latents(byte[] z, SymbolCoder coder, Workspace workspace)
            throws CodecException {
        return model.entropyNetwork().run(z, QUALITY.value(), grid, coder, workspace, deadline);
    }

    private interface Stage<T> {
        T run() throws CodecException, IOException;
    }

    private <T> T time(String name, Stage<T> stage) throws CodecException, IOException {
        var threads = ManagementFactory.getThreadMXBean();
        double least = Double.POSITIVE_INFINITY;
        T result = stage.run();
        for (int round = 1; round < ROUNDS; round++) {
            long start = threads.getCurrentThreadCpuTime();
            result = stage.run();
            least = Math.min(least, (threads.getCurrentThreadCpuTime() - start) / 1e6);
        }
        double megapixels = picture.width() * (double) picture.height() / 1e6;
        System.out.printf(
                Locale.ROOT, "%-28s %7.0f ms %6.1f ms/MP%n", name, least, least / megapixels);
        return result;
    }

    /** Leaves every symbol at what it was. */
    private static final class NoSymbols implements SymbolCoder {

        @Override
        public void begin(CodingOrder.Part part) {}

        @Override
        public void code(PassRow row) {}

        @Override
        public void end(CodingOrder.Part part) {}
    }
}
