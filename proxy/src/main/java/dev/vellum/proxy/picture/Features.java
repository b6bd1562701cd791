package dev.vellum.proxy.picture;

import java.util.Arrays;

/**
 * Cheap statistics that tell drawings from photographs, each 0 to 1, taken at full resolution (a
 * smaller picture has no flat areas left) from at most 100 blocks of 32 x 32 pixels spread over the
 * picture. Blocks of one colour, and the picture's most frequent colour where it is flat, are left
 * out as background: goods are photographed before white.
 *
 * <p>A pixel's step is its greatest difference to the right and the lower neighbour, in levels;
 * colours are counted in steps of 8 levels.
 *
 * @param flat share of pixels with step 0
 * @param faint share with step 1 to 3: noise, soft light, traces of a coder
 * @param rough share with step 4 to 32: texture
 * @param sharp share with step above 64: edges
 * @param edged share of sharp among rough and sharp
 * @param common share of the 16 most frequent colours
 * @param varied mean of log2(distinct colours) of a block, of 10
 * @param twofold mean share of the two most frequent colours of a block
 * @param background share of the picture that was left out
 * @param spread entropy of the cells' colours, of what it could be: cells are the picture's 64 by
 *     64 parts, at least 4 by 4 pixels each, whose mean colours even a weak coder keeps, and are
 *     counted in steps of 16 levels
 * @param alike share of neighbouring cells whose means differ by less than 1.5 levels
 * @param soft share of those that differ by 1.5 to 12 levels: light and shade
 * @param exact 1 where the source's format loses nothing, else 0: what is flat in a JPEG or a WebP
 *     may be the coder's doing
 */
record Features(
        double flat,
        double faint,
        double rough,
        double sharp,
        double edged,
        double common,
        double varied,
        double twofold,
        double background,
        double spread,
        double alike,
        double soft,
        double exact) {

    private static final int GRID = 10;
    private static final int BLOCK = 32;
    private static final int COLOURS = 1 << 15;

    static Features of(Raster raster, boolean exact) {
        return new Counter(raster.frame(0).over(255)).count(exact ? 1 : 0);
    }

    /** In the order of the components. */
    double[] values() {
        return new double[] {
            flat,
            faint,
            rough,
            sharp,
            edged,
            common,
            varied,
            twofold,
            background,
            spread,
            alike,
            soft,
            exact
        };
    }

    private static final class Counter {

        private final Raster raster;
        private final int backdrop;
        private final int[] colours = new int[COLOURS];
        private final int[] ofBlock = new int[COLOURS];
        private long seen;
        private long pixels;
        private long flat;
        private long faint;
        private long rough;
        private long sharp;
        private int blocks;
        private double varied;
        private double twofold;

        Counter(Raster raster) {
            this.raster = raster;
            this.backdrop = backdrop();
        }

        Features count(double exact) {
            Arrays.fill(colours, 0);
            int[] columns = starts(raster.width());
            for (int top : starts(raster.height())) {
                for (int left : columns) {
                    block(left, top);
                }
            }
            double all = Math.max(1, pixels);
            Cells cells = Cells.of(raster);
            return new Features(
                    flat / all,
                    faint / all,
                    rough / all,
                    sharp / all,
                    sharp / (double) Math.max(1, rough + sharp),
                    most(colours, 16) / all,
                    varied / Math.max(1, blocks),
                    twofold / Math.max(1, blocks),
                    1 - pixels / (double) Math.max(1, seen),
                    cells.spread(),
                    cells.alike(),
                    cells.soft(),
                    exact);
        }

        /** The most frequent colour of every 7th pixel. */
        private int backdrop() {
            int best = 0;
            for (int i = 0; i < raster.width() * raster.height(); i += 7) {
                int colour = colour(i % raster.width(), i / raster.width());
                if (++colours[colour] > colours[best]) {
                    best = colour;
                }
            }
            return best;
        }

        /** First rows or columns of blocks: evenly spread, or side by side in a small picture. */
        private static int[] starts(int size) {
            int count = Math.clamp((size + BLOCK - 1) / BLOCK, 1, GRID);
            int room = Math.max(0, size - BLOCK - 1);
            int[] starts = new int[count];
            Arrays.setAll(starts, i -> count == 1 ? 0 : (int) ((long) room * i / (count - 1)));
            return starts;
        }

        private void block(int left, int top) {
            int right = Math.min(left + BLOCK, raster.width() - 1);
            int bottom = Math.min(top + BLOCK, raster.height() - 1);
            int area = Math.max(0, right - left) * Math.max(0, bottom - top);
            seen += area;
            Arrays.fill(ofBlock, 0);
            for (int y = top; y < bottom; y++) {
                for (int x = left; x < right; x++) {
                    ofBlock[colour(x, y)]++;
                }
            }
            if (most(ofBlock, 1) >= 0.97 * area) {
                return; // of one colour
            }
            blocks++;
            int distinct = 0;
            for (int count : ofBlock) {
                distinct += count > 0 ? 1 : 0;
            }
            varied += Math.log(distinct) / (10 * Math.log(2));
            twofold += most(ofBlock, 2) / (double) area;
            for (int y = top; y < bottom; y++) {
                for (int x = left; x < right; x++) {
                    pixel(x, y);
                }
            }
        }

        private void pixel(int x, int y) {
            int step = Math.max(difference(x, y, x + 1, y), difference(x, y, x, y + 1));
            int colour = colour(x, y);
            if (step <= 1 && colour == backdrop) {
                return;
            }
            pixels++;
            flat += step == 0 ? 1 : 0;
            faint += step >= 1 && step <= 3 ? 1 : 0;
            rough += step > 3 && step <= 32 ? 1 : 0;
            sharp += step > 64 ? 1 : 0;
            colours[colour]++;
        }

        private int colour(int x, int y) {
            return (raster.sample(x, y, 0) >> 3 << 10)
                    | (raster.sample(x, y, 1) >> 3 << 5)
                    | (raster.sample(x, y, 2) >> 3);
        }

        private int difference(int x, int y, int otherX, int otherY) {
            int most = 0;
            for (int band = 0; band < 3; band++) {
                int step = raster.sample(x, y, band) - raster.sample(otherX, otherY, band);
                most = Math.max(most, Math.abs(step));
            }
            return most;
        }

        /** Sum of the {@code count} greatest. */
        private static long most(int[] counts, int count) {
            int[] greatest = new int[count];
            for (int value : counts) {
                if (value > greatest[0]) {
                    greatest[0] = value;
                    Arrays.sort(greatest);
                }
            }
            return Arrays.stream(greatest).sum();
        }
    }
}
