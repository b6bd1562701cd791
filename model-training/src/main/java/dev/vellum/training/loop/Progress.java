package dev.vellum.training.loop;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/** Shows how a training goes: a line for people, and a CSV file with a row for every few steps. */
final class Progress {

    private static final int ROW_STEPS = 50;
    private static final double LINE_SECONDS = 30;
    private static final String HEADER =
            "step,phase,learning_rate,loss,bpp,mse,ms_ssim,gradient_norm,seconds\n";

    private final Plan plan;
    private final Path log;
    private final PrintStream out;
    private final double[] sums = new double[5];
    private int count;
    private double seconds;
    private double sinceLine;
    private double pixelRate;

    Progress(Plan plan, Path log, PrintStream out) {
        this.plan = plan;
        this.log = log;
        this.out = out;
    }

    /**
     * Notes one step.
     *
     * @param statistics gradient norm, loss, bits per pixel, mean square error, MS-SSIM, ...
     */
    void step(long step, float[] statistics, double elapsed) throws IOException {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += statistics[i];
        }
        count++;
        seconds += elapsed;
        sinceLine += elapsed;
        double pixels = (double) plan.samples() * plan.side() * plan.side();
        double rate = pixels / 1e6 / elapsed;
        pixelRate = pixelRate == 0 ? rate : 0.98 * pixelRate + 0.02 * rate;
        boolean last = step + 1 == plan.steps();
        if (sinceLine >= LINE_SECONDS || last) {
            out.println(line(step));
            sinceLine = 0;
        }
        if (count >= ROW_STEPS || last) {
            row(step);
        }
    }

    private String line(long step) {
        double pixels = (double) plan.samples() * plan.side() * plan.side();
        double left = (plan.steps() - step - 1) * pixels / 1e6 / pixelRate;
        Duration time = Duration.ofSeconds(Math.round(left));
        double mse = sums[3] / count;
        return String.format(
                Locale.ROOT,
                "step %d/%d (%d%%, %s): loss %.4f, %.3f bpp, %.2f dB, MS-SSIM %.4f, %.2f MP/s, %d:%02d h left",
                step + 1,
                plan.steps(),
                100 * (step + 1) / plan.steps(),
                plan.phase(step).name().toLowerCase(Locale.ROOT),
                sums[1] / count,
                sums[2] / count,
                10 * Math.log10(255 * 255 / mse),
                sums[4] / count,
                pixelRate,
                time.toHours(),
                time.toMinutesPart());
    }

    private void row(long step) throws IOException {
        if (!Files.exists(log)) {
            Files.writeString(log, HEADER);
        }
        String row =
                String.format(
                        Locale.ROOT,
                        "%d,%s,%.3e,%.5f,%.5f,%.4f,%.6f,%.4f,%.1f%n",
                        step + 1,
                        plan.phase(step).name().toLowerCase(Locale.ROOT),
                        plan.rate(step),
                        sums[1] / count,
                        sums[2] / count,
                        sums[3] / count,
                        sums[4] / count,
                        sums[0] / count,
                        seconds);
        Files.writeString(log, row, StandardOpenOption.APPEND);
        Arrays.fill(sums, 0);
        count = 0;
        seconds = 0;
    }
}
