package dev.vellum.proxy.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which bytes of a stored response a request asks for (RFC 9110 section 14). */
public sealed interface Ranges {

    /** Everything, as a 200: there is no Range, or one to be ignored. */
    record Whole() implements Ranges {}

    /** One range, as a 206. */
    record Single(Range range) implements Ranges {}

    /** Two or more ranges, apart from each other and in order, as a 206 of multipart/byteranges. */
    record Several(List<Range> ranges) implements Ranges {}

    /** Nothing that is there: 416. */
    record Unsatisfiable() implements Ranges {}

    /** Bytes that the stored part does not hold: only the origin can answer. */
    record NotHeld() implements Ranges {}

    /** Bytes {@code first} to {@code last}, counted from 0, both included. */
    record Range(long first, long last) {
        public long length() {
            return last - first + 1;
        }
    }

    /** More ranges than this are ignored (section 14.2 lets a server guard itself). */
    int MAX_RANGES = 16;

    /** Evaluates Range and If-Range against a stored 200 or 206 whose bytes have all arrived. */
    static Ranges evaluate(RequestHead request, StoredResponse stored) {
        String field = request.fields().combined("Range");
        boolean complete = stored.isComplete();
        if (field == null || !request.method().equals("GET")) {
            return complete ? new Whole() : new NotHeld();
        }
        // section 14.2: Range applies to what would have been a 200
        if (complete && stored.head().status() != 200) {
            return new Whole();
        }
        if (!IfRange.holds(request, stored)) {
            return complete ? new Whole() : new NotHeld();
        }
        return switch (stored.content()) {
            case Content.Complete all -> within(field, all.length());
            case Content.Part part -> withinPart(field, part);
            case Content.Master none -> new NotHeld();
        };
    }

    /** Ranges of a representation of {@code length} bytes. */
    static Ranges within(String field, long length) {
        List<Range> ranges = parse(field, length);
        if (ranges == null) {
            return new Whole();
        }
        if (ranges.isEmpty()) {
            return new Unsatisfiable();
        }
        List<Range> merged = coalesce(ranges);
        return merged.size() == 1 ? new Single(merged.getFirst()) : new Several(merged);
    }

    private static Ranges withinPart(String field, Content.Part part) {
        Ranges asked = within(field, part.completeLength());
        boolean held =
                switch (asked) {
                    case Single(Range range) -> holds(part, range);
                    case Several(List<Range> ranges) ->
                            ranges.stream().allMatch(range -> holds(part, range));
                    case Unsatisfiable none -> true;
                    case Whole all -> false;
                    case NotHeld none -> false;
                };
        return held ? asked : new NotHeld();
    }

    private static boolean holds(Content.Part part, Range range) {
        return range.first() >= part.first() && range.last() <= part.last();
    }

    /**
     * The satisfiable ranges of a field, clipped to {@code length}.
     *
     * @return null where the field is to be ignored: another unit, broken, or too many ranges
     */
    private static @Nullable List<Range> parse(String field, long length) {
        int equals = field.indexOf('=');
        if (equals < 0 || !field.substring(0, equals).strip().equalsIgnoreCase("bytes")) {
            return null;
        }
        String[] specs = field.substring(equals + 1).split(",", -1);
        if (specs.length > MAX_RANGES) {
            return null;
        }
        List<Range> ranges = new ArrayList<>(specs.length);
        int given = 0;
        for (String member : specs) {
            String spec = member.strip();
            if (spec.isEmpty()) {
                continue;
            }
            given++;
            int dash = spec.indexOf('-');
            if (dash < 0) {
                return null;
            }
            long first = dash == 0 ? -1 : position(spec.substring(0, dash));
            String end = spec.substring(dash + 1);
            long last = end.isEmpty() ? Long.MAX_VALUE : position(end);
            boolean suffix = dash == 0;
            if (last < 0 || (suffix && end.isEmpty()) || (!suffix && first < 0)) {
                return null;
            }
            if (!suffix && last < first) {
                return null;
            }
            if (suffix) {
                first = Math.max(0, length - last);
                last = length - 1;
            }
            if (first < length && last >= first) {
                ranges.add(new Range(first, Math.min(last, length - 1)));
            }
        }
        return given == 0 ? null : ranges;
    }

    /** Sorted, and joined where they overlap or touch (section 15.3.7.2 lets the order change). */
    private static List<Range> coalesce(List<Range> ranges) {
        List<Range> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingLong(Range::first));
        List<Range> merged = new ArrayList<>(sorted.size());
        for (Range range : sorted) {
            if (!merged.isEmpty() && range.first() <= merged.getLast().last() + 1) {
                Range before = merged.removeLast();
                merged.add(new Range(before.first(), Math.max(before.last(), range.last())));
            } else {
                merged.add(range);
            }
        }
        return List.copyOf(merged);
    }

    /** Digits as a position below 10<sup>18</sup>; -1 for any other text. */
    static long position(String digits) {
        if (digits.isEmpty() || digits.length() > 18) {
            return -1;
        }
        long position = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            position = 10 * position + digit;
        }
        return position;
    }
}
