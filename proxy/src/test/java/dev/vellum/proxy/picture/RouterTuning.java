package dev.vellum.proxy.picture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Fits the router's weights to folders of pictures and measures them, by
 *
 * <pre>java -cp ... dev.vellum.proxy.picture.RouterTuning DRAWINGS PHOTOGRAPHS</pre>
 *
 * Half of the pictures, chosen by a hash of their names, serve for fitting; accuracy is reported
 * for each half, with the weights just fitted and with those in {@link Router}. Each picture counts
 * twice: as it is, and coded the other way (a drawing as a JPEG; a photograph scaled down and thus
 * without traces of a coder, or as a weak WebP, whose smooth areas are flat), so that the format of
 * the samples is not learnt. Drawings that were JPEG files already are left out.
 */
final class RouterTuning {

    private static final int UNITS = 3;
    private static final int STEPS = 1000;
    private static final double RATE = 0.02;
    private static final double DECAY = 1e-3;
    private static final long SEED = 3;

    /** Weight of pictures coded the other way, which are rarer than those as they are. */
    private static final double RECODED = 0.4;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sample(boolean recoded, boolean drawing, boolean fitted, double[] x) {}

    private final PictureFormats formats = PictureFormatsTest.open(PictureLimits.DEFAULT);
    private final List<Sample> samples = new ArrayList<>();
    private final double[][] hidden = new double[UNITS][];
    private final double[] output = new double[UNITS + 1];

    private RouterTuning() {}

    public static void main(String[] folders) throws IOException {
        RouterTuning tuning = new RouterTuning();
        tuning.load(Path.of(folders[0]), true);
        tuning.load(Path.of(folders[1]), false);
        tuning.fit();
        System.out.println(Arrays.deepToString(tuning.hidden) + Arrays.toString(tuning.output));
        for (boolean fitted : new boolean[] {true, false}) {
            for (boolean recoded : new boolean[] {false, true}) {
                tuning.report("fitted now", fitted, recoded, true);
                tuning.report("in Router", fitted, recoded, false);
            }
        }
        tuning.formats.close();
    }

    private void load(Path folder, boolean drawing) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (formats.read(Files.readAllBytes(file), PictureFormatsTest.soon())
                            instanceof Reading.Decoded decoded
                    && !(drawing && decoded.header().format() == Format.JPEG)) {
                CRC32 hash = new CRC32();
                hash.update(name.getBytes(StandardCharsets.UTF_8));
                boolean fitted = (hash.getValue() & 1) == 0;
                boolean weak = !drawing && (hash.getValue() & 2) == 0;
                add(false, drawing, fitted, weak, decoded);
                add(true, drawing, fitted, weak, recoded(decoded, drawing, weak));
            }
        }
    }

    private Reading recoded(Reading.Decoded picture, boolean drawing, boolean weak) {
        Deadline deadline = PictureFormatsTest.soon();
        if (!drawing && !weak) {
            return formats.resize(picture, picture.raster().width() * 2 / 3, deadline);
        }
        Raster opaque = picture.raster().frame(0).over(255);
        Encoding encoding = drawing ? new Encoding.Jpeg(85) : new Encoding.Webp(25, 2);
        return formats.write(opaque, Rights.UNSTATED, encoding, deadline)
                        instanceof Writing.Encoded encoded
                ? formats.read(encoded.file(), deadline)
                : picture;
    }

    /** A photograph that was scaled down is as exact as if it had never been coded. */
    private void add(
            boolean recoded, boolean drawing, boolean fitted, boolean weak, Reading reading) {
        if (reading instanceof Reading.Decoded decoded) {
            boolean clean = recoded && !drawing && !weak;
            boolean exact = clean || decoded.header().format().exact();
            double[] x = Features.of(decoded.raster(), exact).values();
            samples.add(new Sample(recoded, drawing, fitted, x));
        }
    }

    /**
     * Adam (Kingma and Ba 2015) on the whole half, features standardised; both classes weigh the
     * same.
     */
    private void fit() {
        List<Sample> raw = samples.stream().filter(Sample::fitted).toList();
        double[] centre = new double[raw.getFirst().x().length];
        double[] spread = new double[centre.length];
        for (int i = 0; i < centre.length; i++) {
            int feature = i;
            centre[i] = raw.stream().mapToDouble(s -> s.x()[feature]).average().orElseThrow();
            spread[i] =
                    Math.sqrt(
                            raw.stream()
                                    .mapToDouble(s -> Math.pow(s.x()[feature] - centre[feature], 2))
                                    .average()
                                    .orElseThrow());
        }
        fit(raw.stream().map(sample -> standard(sample, centre, spread)).toList());
        for (double[] unit : hidden) { // for features as they are
            for (int i = 0; i < centre.length; i++) {
                unit[i] /= spread[i];
                unit[centre.length] -= unit[i] * centre[i];
            }
        }
    }

    private static Sample standard(Sample sample, double[] centre, double[] spread) {
        double[] x = new double[centre.length];
        Arrays.setAll(x, i -> (sample.x()[i] - centre[i]) / spread[i]);
        return new Sample(sample.recoded(), sample.drawing(), sample.fitted(), x);
    }

    private void fit(List<Sample> fitted) {
        double drawings = fitted.stream().filter(Sample::drawing).count();
        int features = fitted.getFirst().x().length;
        Random random = new Random(SEED);
        for (int unit = 0; unit < UNITS; unit++) {
            hidden[unit] = random.doubles(features + 1, -1, 1).toArray();
            output[unit] = random.nextDouble(-1, 1);
        }
        int size = UNITS * (features + 1) + UNITS + 1;
        double[] mean = new double[size];
        double[] square = new double[size];
        for (int step = 1; step <= STEPS; step++) {
            double[] gradient = new double[size];
            for (Sample sample : fitted) {
                double share = sample.drawing() ? drawings : fitted.size() - drawings;
                double odds = Router.score(hidden, output, sample.x());
                double error = 1 / (1 + Math.exp(-odds)) - (sample.drawing() ? 1 : 0);
                double weight = sample.recoded() ? RECODED : 1;
                accumulate(gradient, sample.x(), weight * error / (2 * share));
            }
            for (int i = 0; i < size; i++) {
                double g = gradient[i] + DECAY * weight(i, 0);
                mean[i] = 0.9 * mean[i] + 0.1 * g;
                square[i] = 0.999 * square[i] + 0.001 * g * g;
                double corrected = Math.sqrt(square[i] / (1 - Math.pow(0.999, step))) + 1e-8;
                weight(i, -RATE * mean[i] / (1 - Math.pow(0.9, step)) / corrected);
            }
        }
    }

    private void accumulate(double[] gradient, double[] x, double error) {
        int row = x.length + 1;
        for (int unit = 0; unit < UNITS; unit++) {
            double sum = hidden[unit][x.length];
            for (int i = 0; i < x.length; i++) {
                sum += hidden[unit][i] * x[i];
            }
            double active = Math.tanh(sum);
            double back = error * output[unit] * (1 - active * active);
            for (int i = 0; i < x.length; i++) {
                gradient[unit * row + i] += back * x[i];
            }
            gradient[unit * row + x.length] += back;
            gradient[UNITS * row + unit] += error * active;
        }
        gradient[UNITS * row + UNITS] += error;
    }

    /** Weight {@code index}, of the hidden units and then of the output, changed by so much. */
    private double weight(int index, double change) {
        int row = hidden[0].length;
        double[] of = index < UNITS * row ? hidden[index / row] : output;
        return of[index < UNITS * row ? index % row : index - UNITS * row] += change;
    }

    private void report(String title, boolean fitted, boolean recoded, boolean now) {
        int[] right = new int[2];
        int[] all = new int[2];
        for (Sample sample : samples) {
            if (sample.fitted() == fitted && sample.recoded() == recoded) {
                int kind = sample.drawing() ? 0 : 1;
                double score =
                        now ? Router.score(hidden, output, sample.x()) : Router.score(sample.x());
                all[kind]++;
                right[kind] += score > 0 == sample.drawing() ? 1 : 0;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%s, %s, %s: drawings %d of %d, photographs %d of %d%n",
                title,
                fitted ? "seen" : "unseen",
                recoded ? "recoded" : "as they are",
                right[0],
                all[0],
                right[1],
                all[1]);
    }
}
