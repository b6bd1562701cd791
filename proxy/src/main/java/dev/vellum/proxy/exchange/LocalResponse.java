package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.CacheStatus;
import dev.vellum.proxy.http.ContentRange;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.ProxyStatus;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A response that the proxy makes itself.
 *
 * @param text octets as characters
 */
public record LocalResponse(ResponseHead head, String text) {

    /** What keeps the proxy from answering is over soon, or another proxy should be asked. */
    private static final String RETRY_SECONDS = "2";

    /** The content, whose owner the caller is. */
    public ByteBuf content() {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    /** For a failure: its public text, and Proxy-Status (RFC 9209). */
    public static LocalResponse failure(Failure failure, String proxy, List<String> challenges) {
        Fields.Builder fields = Fields.builder();
        fields.add("Content-Type", "text/plain; charset=utf-8");
        fields.add("Cache-Control", "no-store");
        fields.add(ProxyStatus.FIELD, ProxyStatus.of(proxy, failure));
        if (failure.status() == 503 && failure.fault() == Failure.Fault.LOCAL) {
            fields.add("Retry-After", RETRY_SECONDS);
        }
        challenges.forEach(challenge -> fields.add("Proxy-Authenticate", challenge));
        return new LocalResponse(
                head(failure.status(), fields.build()), failure.publicText() + "\n");
    }

    /** For OPTIONS that goes no further (RFC 9110 section 7.6.2). */
    private static LocalResponse options() {
        return new LocalResponse(head(200, Fields.of("Allow", "GET, HEAD, OPTIONS, TRACE")), "");
    }

    /** For CONNECT, where the way is open. */
    static LocalResponse tunnel() {
        return new LocalResponse(head(200, Fields.of()), "");
    }

    /** To a request that ends here (RFC 9110 section 7.6.2): OPTIONS or TRACE. */
    static LocalResponse to(RequestHead request) {
        return request.method().equals("TRACE") ? trace(request) : options();
    }

    /** For TRACE that goes no further: the request without its secrets (RFC 9110 section 9.3.8). */
    private static LocalResponse trace(RequestHead request) {
        Fields shown = request.fields().without("Authorization", "Cookie", "Proxy-Authorization");
        String text = request.method() + " " + request.target() + "\n" + shown;
        return new LocalResponse(head(200, Fields.of("Content-Type", "message/http")), text);
    }

    /**
     * For a stored response of which no byte that was asked for exists (RFC 9110 section 15.5.17).
     */
    static LocalResponse unsatisfiable(long length, String proxy) {
        return new LocalResponse(
                head(
                        416,
                        Fields.of(
                                "Content-Range",
                                ContentRange.unsatisfied(length),
                                CacheStatus.FIELD,
                                proxy + ";hit")),
                "");
    }

    private static ResponseHead head(int status, Fields fields) {
        return new ResponseHead(HttpVersion.HTTP_1_1, status, Reasons.of(status), fields);
    }
}
