package dev.vellum.proxy.admin;

import dev.vellum.proxy.access.Secret;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * What the admin port answers. A page of a stranger, open in a browser on this machine, must get
 * nothing from it: the Host has to be an address or a name that is ours (DNS rebinding), an Origin
 * has to be this very port (cross-site requests), and all but health asks for the token.
 */
final class AdminPages {

    private static final String TEXT = "text/plain; charset=utf-8";

    private static final String HTML = "text/html; charset=utf-8";
    private static final String PAC = "application/x-ns-proxy-autoconfig";
    private static final String CERTIFICATE = "application/x-x509-ca-cert";

    /** What {@code vellum_build_info} and the like come in. */
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private static final Pattern ADDRESS =
            Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");

    /** What is not only looked at. */
    private static final Set<String> POSTED = Set.of("/purge", "/pregenerate");

    private final List<String> names;
    private final Secret token;
    private final Metrics metrics;
    private final BooleanSupplier ready;
    private final PurgePage purge;
    private final PregeneratePage pregenerate;
    private final SetupPages setup;

    AdminPages(
            List<String> names,
            Secret token,
            Metrics metrics,
            BooleanSupplier ready,
            PurgePage purge,
            PregeneratePage pregenerate,
            SetupPages setup) {
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        this.token = token;
        this.metrics = metrics;
        this.ready = ready;
        this.purge = purge;
        this.pregenerate = pregenerate;
        this.setup = setup;
    }

    /** A response with its content. */
    record Page(ResponseHead head, String content) {}

    Page answer(RequestHead request) {
        if (!(request.target() instanceof RequestTarget.Absolute target)) {
            return text(404, "not found\n");
        }
        if (!isOurs(target.authority().host())) {
            return text(421, "this host is not served here\n");
        }
        String origin = request.fields().combined("Origin");
        if (origin != null
                && !origin.equals(
                        target.scheme() + "://" + target.authority().text(target.scheme()))) {
            return text(403, "not for other sites\n");
        }
        if (request.method().equals("POST") && POSTED.contains(target.path())) {
            return isAuthorized(request.fields()) ? post(target) : unauthorized();
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return text(405, "only GET\n", "Allow", "GET, HEAD");
        }
        return switch (target.path()) {
            case "/healthz" -> text(200, "ok\n");
            case "/readyz" -> ready.getAsBoolean() ? text(200, "ok\n") : text(503, "draining\n");
            case "/setup" -> page(200, HTML, setup.instructions(target.authority().text("http")));
            case "/proxy.pac", "/wpad.dat" ->
                    page(200, PAC, setup.autoConfiguration(target.authority().host()));
            case "/ca.crt", "/ca.pem" ->
                    setup.certificate()
                            .map(pem -> page(200, CERTIFICATE, pem))
                            .orElseGet(() -> text(404, "HTTPS is not opened here\n"));
            case "/metrics" ->
                    isAuthorized(request.fields())
                            ? page(200, PROMETHEUS, metrics.text())
                            : unauthorized();
            case "/pregenerate" ->
                    isAuthorized(request.fields())
                            ? text(200, pregenerate.progress().text())
                            : unauthorized();
            default -> text(404, "not found\n");
        };
    }

    private Page post(RequestTarget.Absolute target) {
        if (target.path().equals("/purge")) {
            PurgePage.Answer answer = purge.answer(target.pathAndQuery());
            return text(answer.status(), answer.text());
        }
        PregeneratePage.Answer answer = pregenerate.take(target.pathAndQuery());
        return text(answer.status(), answer.text());
    }

    private static Page unauthorized() {
        return text(
                401,
                "the token is missing or wrong\n",
                "WWW-Authenticate",
                "Bearer realm=\"vellum admin\"");
    }

    private boolean isOurs(String host) {
        return host.equals("localhost") || ADDRESS.matcher(host).matches() || names.contains(host);
    }

    private boolean isAuthorized(Fields fields) {
        List<String> values = fields.all("Authorization");
        if (values.size() != 1 || !values.getFirst().regionMatches(true, 0, "Bearer ", 0, 7)) {
            return false;
        }
        return token.matches(
                values.getFirst().substring(7).strip().getBytes(StandardCharsets.UTF_8));
    }

    private static Page text(int status, String text, String... more) {
        return page(status, TEXT, text, more);
    }

    private static Page page(int status, String type, String content, String... more) {
        Fields fields =
                Fields.of(
                                "Content-Type",
                                type,
                                "Content-Length",
                                Integer.toString(content.getBytes(StandardCharsets.UTF_8).length),
                                "Cache-Control",
                                "no-store",
                                "X-Content-Type-Options",
                                "nosniff",
                                "Content-Security-Policy",
                                "default-src 'none'; frame-ancestors 'none'")
                        .plus(Fields.of(more));
        return new Page(new ResponseHead(HttpVersion.HTTP_1_1, status, "", fields), content);
    }
}
