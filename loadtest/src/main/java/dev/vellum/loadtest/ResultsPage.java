package dev.vellum.loadtest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A page for people from lines of results, tab-separated: {@code note NAME TEXT} (machine, commit,
 * flags), {@code hits SERVER NUMBER} (requests per second of server CPU), {@code latency SERVER
 * MICROSECONDS...} (one for each of {@link LatencyCommand#PERCENTILES}).
 */
final class ResultsPage {

    private static final int WIDTH = 640;
    private static final int BAR = 22;

    private final Map<String, String> notes = new LinkedHashMap<>();
    private final Map<String, Double> hits = new LinkedHashMap<>();
    private final Map<String, List<Double>> latencies = new LinkedHashMap<>();

    private ResultsPage(List<String> lines) {
        for (String line : lines) {
            String[] parts = line.split("\t", -1);
            switch (parts[0]) {
                case "note" -> notes.put(parts[1], parts[2]);
                case "hits" -> hits.put(parts[1], Double.valueOf(parts[2]));
                case "latency" -> {
                    List<Double> values = new ArrayList<>();
                    for (int i = 2; i < parts.length; i++) {
                        values.add(Double.valueOf(parts[i]));
                    }
                    latencies.put(parts[1], values);
                }
                default ->
                        throw new IllegalArgumentException(
                                "result: " + line + " (expected: note, hits or latency)");
            }
        }
    }

    /** The page. */
    static String of(List<String> lines) {
        ResultsPage page = new ResultsPage(lines);
        StringBuilder html = new StringBuilder();
        html.append(
                """
                <!doctype html>
                <meta charset="utf-8">
                <title>Vellum: load test</title>
                <style>
                body { font: 15px system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; color: #222 }
                table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .2rem .8rem; text-align: right }
                td:first-child, th:first-child { text-align: left } tr + tr { border-top: 1px solid #ddd }
                </style>
                <h1>Vellum and its peers</h1>
                <table>
                """);
        page.notes.forEach((name, text) ->
                html.append("<tr><td>")
                        .append(escaped(name))
                        .append("<td>")
                        .append(escaped(text))
                        .append("\n"));
        html.append("</table>\n");
        if (!page.hits.isEmpty()) {
            html.append("<h2>Requests per second of server CPU</h2>\n").append(bars(page.hits));
        }
        if (!page.latencies.isEmpty()) {
            html.append("<h2>Latency, microseconds</h2>\n").append(table(page.latencies));
            Map<String, Double> tails = new LinkedHashMap<>();
            int at = LatencyCommand.PERCENTILES.indexOf(99.0);
            page.latencies.forEach((server, values) -> tails.put(server, values.get(at)));
            html.append("<h3>99 of 100 take at most</h3>\n").append(bars(tails));
        }
        return html.toString();
    }

    private static String bars(Map<String, Double> values) {
        double most = values.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
        StringBuilder svg = new StringBuilder();
        svg.append("<svg width=%d height=%d>\n".formatted(WIDTH, values.size() * BAR));
        int y = 0;
        for (Map.Entry<String, Double> entry : values.entrySet()) {
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<text x=0 y=%d>%s</text><rect x=120 y=%d width=%.0f height=%d"
                                    + " fill=%s /><text x=%.0f y=%d>%.0f</text>%n",
                            y + 15,
                            escaped(entry.getKey()),
                            y + 2,
                            (WIDTH - 200) * entry.getValue() / most,
                            BAR - 6,
                            entry.getKey().equals("vellum") ? "#2a6" : "#9ab",
                            124 + (WIDTH - 200) * entry.getValue() / most,
                            y + 15,
                            entry.getValue()));
            y += BAR;
        }
        return svg.append("</svg>\n").toString();
    }

    private static String table(Map<String, List<Double>> latencies) {
        StringBuilder html = new StringBuilder("<table>\n<tr><th>server");
        LatencyCommand.PERCENTILES.forEach(
                percent -> html.append("<th>").append(LatencyCommand.label(percent)));
        latencies.forEach((server, values) -> {
            html.append("\n<tr><td>").append(escaped(server));
            values.forEach(value -> html.append(String.format(Locale.ROOT, "<td>%.0f", value)));
        });
        return html.append("\n</table>\n").toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
