package dev.vellum.codec.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The parts of a small model file whose graphs are never run. */
final class Parts {

    private Parts() {}

    static Manifest manifest() {
        return new Manifest(
                "parts",
                6,
                2,
                4,
                3,
                2,
                4,
                1,
                2,
                1,
                List.of(1, 1),
                List.of(2, 4),
                List.of(
                        new Manifest.Pass("hyper", 0, Cells.EVEN, 8, 9, 0),
                        new Manifest.Pass("pass2", 0, Cells.ODD, 8, 9, 1),
                        new Manifest.Pass("pass3", 1, Cells.ALL, 8, 9, 1)));
    }

    static Map<String, byte[]> graphs() {
        Map<String, byte[]> graphs = new HashMap<>();
        for (String name : List.of("hyper", "pass2", "pass3", "synthesis", "linear")) {
            graphs.put(name, name.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        return graphs;
    }

    static Map<String, int[]> tables() {
        Map<String, int[]> tables = new HashMap<>();
        tables.put(DecoderFile.QUALITY_BAND, new int[100]);
        tables.put(DecoderFile.STEP, filled(600, 4096));
        tables.put(DecoderFile.SCALE_OFFSET, filled(600, -3));
        tables.put(DecoderFile.HYPER_BIAS, filled(400, -100_000));
        tables.put(DecoderFile.LINEAR_BIAS, filled(768, 40_000));
        tables.put(DecoderFile.LINEAR_SHIFT, filled(768, 10));
        tables.put(DecoderFile.LATENT_RANGE, new int[] {-1, 3, -1, 3, 0, 1});
        tables.put(
                DecoderFile.LATENT_FREQUENCY,
                new int[] {16384, 16384, 16384, 16384, 1, 65533, 1, 1, 65535, 1});
        tables.put(DecoderFile.HYPER_RANGE, new int[] {0, 1, 0, 1, 0, 1, 0, 1});
        tables.put(DecoderFile.HYPER_FREQUENCY, new int[] {1, 65535, 2, 65534, 3, 65533, 4, 65532});
        tables.put(DecoderFile.HYPER_ABSENT, new int[] {0, -128, 127, 5});
        return tables;
    }

    static int[] filled(int length, int value) {
        int[] table = new int[length];
        Arrays.fill(table, value);
        return table;
    }

    static List<String> names() {
        List<String> names = new ArrayList<>(graphs().keySet());
        names.addAll(tables().keySet());
        return names;
    }
}
