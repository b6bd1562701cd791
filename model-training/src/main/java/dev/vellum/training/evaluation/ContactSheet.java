package dev.vellum.training.evaluation;

import dev.vellum.codec.Picture;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Pictures side by side, a row for each original, with a line of text above each. */
public final class ContactSheet {

    private static final int LINE = 18;
    private static final int GAP = 4;

    private final int side;
    private final List<List<Tile>> rows = new ArrayList<>();

    /**
     * An empty sheet.
     *
     * @param side of each tile in pixels; the middle of a larger picture is shown, not scaled
     */
    public ContactSheet(int side) {
        this.side = side;
    }

    /**
     * One picture.
     *
     * @param label what is written above it
     */
    public record Tile(String label, Picture picture) {}

    /** Adds a row. */
    public void add(List<Tile> row) {
        rows.add(List.copyOf(row));
    }

    /** Draws all rows. */
    public BufferedImage draw() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(1);
        int height = LINE + side + GAP;
        BufferedImage sheet =
                new BufferedImage(
                        columns * (side + GAP),
                        Math.max(1, rows.size()) * height,
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = sheet.createGraphics();
        try {
            canvas.setColor(Color.WHITE);
            canvas.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
            canvas.setColor(Color.BLACK);
            canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
            for (int row = 0; row < rows.size(); row++) {
                for (int column = 0; column < rows.get(row).size(); column++) {
                    Tile tile = rows.get(row).get(column);
                    int left = column * (side + GAP);
                    int top = row * height;
                    canvas.drawString(tile.label, left + 2, top + LINE - 5);
                    draw(tile.picture, sheet, left, top + LINE);
                }
            }
        } finally {
            canvas.dispose();
        }
        return sheet;
    }

    private void draw(Picture picture, BufferedImage sheet, int left, int top) {
        int width = Math.min(side, picture.width());
        int height = Math.min(side, picture.height());
        int x0 = (picture.width() - width) / 2;
        int y0 = (picture.height() - height) / 2;
        byte[] rgb = picture.rgb();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = 3 * ((y0 + y) * picture.width() + x0 + x);
                int red = rgb[at] & 255;
                int green = rgb[at + 1] & 255;
                int level = (red << 16) | (green << 8) | (rgb[at + 2] & 255);
                sheet.setRGB(left + x, top + y, level);
            }
        }
    }
}
