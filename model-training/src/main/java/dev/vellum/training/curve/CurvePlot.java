package dev.vellum.training.curve;

import dev.vellum.training.curve.RdCurve.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;

/** Draws curves: PSNR on the left, MS-SSIM on the right, both over the rate (logarithmic). */
public final class CurvePlot {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 520;
    private static final int MARGIN = 56;
    private static final double[] RATES = {0.05, 0.1, 0.2, 0.5, 1, 2, 4};
    private static final List<Color> COLOURS =
            List.of(
                    new Color(0xC0392B),
                    new Color(0x2471A3),
                    new Color(0x1E8449),
                    new Color(0x7D3C98),
                    new Color(0xB9770E),
                    new Color(0x566573));

    private CurvePlot() {}

    /** Writes the curves to a PNG file. */
    public static void write(List<RdCurve> curves, Path file) throws IOException {
        BufferedImage image = new BufferedImage(2 * WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        try {
            canvas.setRenderingHint(
                    RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            canvas.setColor(Color.WHITE);
            canvas.fillRect(0, 0, 2 * WIDTH, HEIGHT);
            canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
            panel(canvas, 0, "PSNR (RGB), dB", curves, Point::psnr, 20, 46);
            panel(canvas, WIDTH, "MS-SSIM (RGB), dB", curves, Point::similarityDecibel, 4, 28);
        } finally {
            canvas.dispose();
        }
        ImageIO.write(image, "png", file.toFile());
    }

    private static void panel(
            Graphics2D canvas,
            int left,
            String title,
            List<RdCurve> curves,
            ToDoubleFunction<Point> distortion,
            int low,
            int high) {
        canvas.setStroke(new BasicStroke(1));
        for (double rate : RATES) {
            double x = left + x(rate);
            canvas.setColor(new Color(0xE5E7E9));
            canvas.draw(new Line2D.Double(x, MARGIN, x, HEIGHT - MARGIN));
            canvas.setColor(Color.BLACK);
            canvas.drawString(
                    String.format(Locale.ROOT, "%s", rate), (float) x - 10, HEIGHT - MARGIN + 18);
        }
        for (int value = low; value <= high; value += 2) {
            double y = y(value, low, high);
            canvas.setColor(new Color(0xE5E7E9));
            canvas.draw(new Line2D.Double(left + MARGIN, y, left + WIDTH - 20, y));
            canvas.setColor(Color.BLACK);
            canvas.drawString(String.valueOf(value), left + MARGIN - 26, (float) y + 4);
        }
        canvas.drawString(title, left + MARGIN, MARGIN - 12);
        canvas.drawString("bits per pixel", left + WIDTH / 2 - 30, HEIGHT - 14);
        for (int i = 0; i < curves.size(); i++) {
            canvas.setColor(COLOURS.get(i % COLOURS.size()));
            canvas.setStroke(new BasicStroke(i == 0 ? 2.5f : 1.4f));
            Path2D path = new Path2D.Double();
            for (Point point : curves.get(i).points()) {
                double x = left + x(point.bpp());
                double y = y(distortion.applyAsDouble(point), low, high);
                if (path.getCurrentPoint() == null) {
                    path.moveTo(x, y);
                } else {
                    path.lineTo(x, y);
                }
            }
            canvas.draw(path);
            canvas.drawString(curves.get(i).name(), left + MARGIN + 12, MARGIN + 16 + 16 * i);
        }
    }

    private static double x(double rate) {
        double span = Math.log(RATES[RATES.length - 1] / RATES[0]);
        return MARGIN + Math.log(rate / RATES[0]) / span * (WIDTH - MARGIN - 20);
    }

    private static double y(double value, int low, int high) {
        return HEIGHT - MARGIN - (value - low) / (high - low) * (HEIGHT - 2.0 * MARGIN);
    }
}
