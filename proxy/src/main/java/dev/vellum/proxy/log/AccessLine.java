package dev.vellum.proxy.log;

import dev.vellum.proxy.exchange.Summary;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A request as a line of the access log. No credentials, no cookies, and queries only if asked. */
final class AccessLine {

    /** W3C Trace Context section 3.2: version, trace id, parent id, flags. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

    private static final int MOST_CHARACTERS = 2048;

    private final boolean query;

    AccessLine(boolean query) {
        this.query = query;
    }

    String of(Summary summary) {
        RequestHead request = summary.request();
        Fields fields = request.fields();
        JsonLine line =
                new JsonLine()
                        .add("time", summary.started().toString())
                        .add("id", HexFormat.of().toHexDigits(summary.id()))
                        .add("client", summary.client().getAddress().getHostAddress())
                        .add("user", summary.user())
                        .add("method", cut(request.method()))
                        .add("target", cut(target(request.target())))
                        .add("protocol", "HTTP/" + request.version().number())
                        .add("status", summary.status())
                        .add("handling", summary.handling().name())
                        .add("whole", summary.whole())
                        .add("sent", summary.sent())
                        .add("fetched", summary.fetched())
                        .addThousandths(
                                "ms", TimeUnit.NANOSECONDS.toMicros(summary.took().toNanos()));
        if (!summary.picture().isEmpty()) {
            line.add("picture", summary.picture()).add("saved", summary.pictureSaved());
        }
        if (summary.failure() != null) {
            line.add("failure", summary.failure().name());
        }
        addTrace(line, fields);
        addIfThere(line, "agent", fields, "User-Agent");
        addIfThere(line, "referer", fields, "Referer");
        return line.end();
    }

    private static void addTrace(JsonLine line, Fields fields) {
        String parent = fields.first("traceparent");
        if (parent != null) {
            var form = TRACEPARENT.matcher(parent);
            if (form.matches()) {
                line.add("trace", form.group(1));
            }
        }
    }

    private void addIfThere(JsonLine line, String name, Fields fields, String field) {
        String value = fields.first(field);
        if (value != null) {
            line.add(name, cut(field.equals("Referer") ? withoutQuery(value) : value));
        }
    }

    private String target(RequestTarget target) {
        return switch (target) {
            case RequestTarget.Absolute absolute -> withoutQuery(absolute.uri());
            case RequestTarget.AuthorityForm tunnel -> tunnel.host() + ":" + tunnel.port();
            case RequestTarget.Asterisk asterisk ->
                    asterisk.scheme() + "://" + asterisk.authority().text(asterisk.scheme());
        };
    }

    private String withoutQuery(String uri) {
        int mark = uri.indexOf('?');
        return query || mark < 0 ? uri : uri.substring(0, mark + 1);
    }

    private static String cut(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
    }
}
