package dev.vellum.training.curve;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A codec's rate-distortion curve: averages over a set of pictures, one point for each quality.
 *
 * @param name of the codec
 * @param points by rising rate
 */
public record RdCurve(String name, List<Point> points) {

    private static final Gson JSON = new GsonBuilder().setPrettyPrinting().create();

    /**
     * One point.
     *
     * @param bpp bits per pixel
     * @param psnr of the RGB samples, dB
     * @param similarity MS-SSIM of the RGB samples, 0 to 1
     */
    public record Point(double bpp, double psnr, double similarity) {

        /** MS-SSIM in dB: {@code -10 log10(1 - x)}. */
        public double similarityDecibel() {
            return -10 * Math.log10(1 - similarity);
        }
    }

    /** Sorts the points by rate. */
    public RdCurve {
        points = points.stream().sorted(Comparator.comparingDouble(Point::bpp)).toList();
    }

    /**
     * Reads {@code {"results": {"bpp": [], "psnr-rgb": [], "ms-ssim-rgb": []}}}; names with or
     * without the suffix {@code -rgb}, MS-SSIM as it is.
     */
    public static RdCurve read(Path file) throws IOException {
        try {
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            JsonObject results = json.getAsJsonObject("results");
            JsonArray bpp = array(file, results, "bpp");
            JsonArray psnr = array(file, results, "psnr");
            JsonArray similarity = array(file, results, "ms-ssim");
            List<Point> points = new ArrayList<>();
            for (int i = 0; i < bpp.size(); i++) {
                points.add(
                        new Point(
                                bpp.get(i).getAsDouble(),
                                psnr.get(i).getAsDouble(),
                                similarity.get(i).getAsDouble()));
            }
            Path name = file.getFileName();
            return new RdCurve(name.toString().replaceFirst("\\.json$", ""), points);
        } catch (JsonParseException | IllegalStateException | IndexOutOfBoundsException e) {
            throw new IOException(file + ": not a curve: " + e.getMessage(), e);
        }
    }

    private static JsonArray array(Path file, JsonObject results, String name) throws IOException {
        for (String key : List.of(name + "-rgb", name)) {
            if (results.has(key)) {
                return results.getAsJsonArray(key);
            }
        }
        throw new IOException(file + ": no results." + name + " (has: " + results.keySet() + ")");
    }

    /** Writes what {@link #read} reads. */
    public void write(Path file) throws IOException {
        JsonObject results = new JsonObject();
        JsonArray bpp = new JsonArray();
        JsonArray psnr = new JsonArray();
        JsonArray similarity = new JsonArray();
        for (Point point : points) {
            bpp.add(point.bpp());
            psnr.add(point.psnr());
            similarity.add(point.similarity());
        }
        results.add("bpp", bpp);
        results.add("psnr-rgb", psnr);
        results.add("ms-ssim-rgb", similarity);
        JsonObject json = new JsonObject();
        json.addProperty("name", name);
        json.add("results", results);
        Files.writeString(file, JSON.toJson(json) + "\n");
    }
}
