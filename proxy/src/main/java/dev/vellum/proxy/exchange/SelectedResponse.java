package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.ContentRange;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.Ranges.Range;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * A response made from a stored one: its head, and which pieces of the stored body follow.
 *
 * @param segments in order; none for a response without content
 */
record SelectedResponse(ResponseHead head, List<Segment> segments) {

    /** What a 304 need not repeat, and a part must say for itself (RFC 9110 section 15.4.5). */
    private static final String[] CONTENT_FIELDS = {
        "Content-Length", "Content-Type", "Content-Encoding", "Content-Language", "Content-Range"
    };

    /**
     * Some text, then bytes of the stored body.
     *
     * @param before octets as characters
     * @param first offset in the stored body
     * @param end offset behind the last byte
     */
    record Segment(String before, long first, long end) {
        long length() {
            return before.length() + end - first;
        }
    }

    /** Bytes of content. */
    long length() {
        return segments.stream().mapToLong(Segment::length).sum();
    }

    /** All that is stored. */
    static SelectedResponse whole(StoredResponse stored, Hop hop) {
        return new SelectedResponse(
                Forwarding.response(stored.head(), hop),
                List.of(new Segment("", 0, stored.content().length())));
    }

    /** The client has it already. */
    static SelectedResponse notModified(StoredResponse stored, Hop hop) {
        ResponseHead head = Forwarding.response(stored.head(), hop);
        return new SelectedResponse(head(304, head.fields().without(CONTENT_FIELDS)), List.of());
    }

    /** It is not what the client expects. */
    static SelectedResponse preconditionFailed() {
        return new SelectedResponse(head(412, Fields.of()), List.of());
    }

    /** One range. */
    static SelectedResponse part(StoredResponse stored, Range range, Hop hop) {
        Fields fields =
                Forwarding.response(stored.head(), hop)
                        .fields()
                        .without("Content-Range", "Content-Length")
                        .plus("Content-Range", ContentRange.of(range, completeLength(stored)));
        return new SelectedResponse(head(206, fields), List.of(segment("", range, stored)));
    }

    /** Several ranges as multipart/byteranges (RFC 9110 section 14.6). */
    static SelectedResponse parts(
            StoredResponse stored, List<Range> ranges, Hop hop, String boundary) {
        Fields all = Forwarding.response(stored.head(), hop).fields();
        String type = all.first("Content-Type");
        List<Segment> segments = new ArrayList<>();
        for (Range range : ranges) {
            String text =
                    (segments.isEmpty() ? "--" : "\r\n--")
                            + boundary
                            + (type == null ? "" : "\r\nContent-Type: " + type)
                            + "\r\nContent-Range: "
                            + ContentRange.of(range, completeLength(stored))
                            + "\r\n\r\n";
            segments.add(segment(text, range, stored));
        }
        String end = "\r\n--" + boundary + "--\r\n";
        segments.add(new Segment(end, 0, 0));
        Fields fields =
                all.without("Content-Range", "Content-Length", "Content-Type")
                        .plus("Content-Type", "multipart/byteranges; boundary=" + boundary);
        return new SelectedResponse(head(206, fields), segments);
    }

    private static Segment segment(String before, Range range, StoredResponse stored) {
        long offset = stored.content() instanceof Content.Part part ? part.first() : 0;
        return new Segment(before, range.first() - offset, range.last() + 1 - offset);
    }

    /** Bytes of the whole representation. */
    static long completeLength(StoredResponse stored) {
        return switch (stored.content()) {
            case Content.Complete all -> all.length();
            case Content.Part part -> part.completeLength();
            case Content.Master form -> form.completeLength();
        };
    }

    private static ResponseHead head(int status, Fields fields) {
        return new ResponseHead(HttpVersion.HTTP_1_1, status, Reasons.of(status), fields);
    }
}
