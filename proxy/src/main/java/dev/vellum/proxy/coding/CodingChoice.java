package dev.vellum.proxy.coding;

import dev.vellum.proxy.http.CacheControl;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.EntityTag;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Terms;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** In what content coding a response goes out. */
public sealed interface CodingChoice {

    /** In this one. */
    record Coded(Coding coding) implements CodingChoice {}

    /**
     * As it is.
     *
     * @param negotiated whether another request would have got it coded, so that it varies by
     *     Accept-Encoding
     */
    record AsItIs(Reason reason, boolean negotiated) implements CodingChoice {}

    /** Why a response is not coded; the names are metric labels. */
    enum Reason {
        OFF,
        METHOD,
        STATUS,
        TYPE,
        CODED_ALREADY,
        TOO_SMALL,
        NO_TRANSFORM,
        SIGNED,
        RANGE,
        NOT_WELCOME
    }

    /** Statuses whose content stands for itself; 206 is a part of something. */
    Set<Integer> STATUSES = Set.of(200, 203, 300, 301, 302, 303, 307, 308, 404, 410);

    /** Media types beside {@code text/*} that are text, or as good as. */
    Set<String> TYPES =
            Set.of(
                    "application/ecmascript",
                    "application/graphql",
                    "application/javascript",
                    "application/json",
                    "application/json5",
                    "application/jsonlines",
                    "application/ndjson",
                    "application/rtf",
                    "application/sql",
                    "application/toml",
                    "application/vnd.ms-fontobject",
                    "application/wasm",
                    "application/x-javascript",
                    "application/x-ndjson",
                    "application/x-ttf",
                    "application/xml",
                    "application/yaml",
                    "font/otf",
                    "font/ttf",
                    "image/bmp",
                    "image/svg+xml",
                    "image/vnd.microsoft.icon",
                    "image/x-icon");

    /**
     * Chooses.
     *
     * @param length bytes of the body; -1 if they are not known
     */
    static CodingChoice choose(
            RequestHead request, ResponseHead response, long length, CodingConfig config) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return new AsItIs(Reason.METHOD, false);
        }
        Reason against = reasonAgainst(response, length, config);
        if (against != null) {
            return new AsItIs(against, false);
        }
        // RFC 9110 section 14.2: offsets that a client has are those of what it got before
        if (request.fields().contains("Range")) {
            return new AsItIs(Reason.RANGE, true);
        }
        // RFC 9111 section 5.2.1.6
        if (CacheControl.has(request.fields(), "Cache-Control", "no-transform")) {
            return new AsItIs(Reason.NO_TRANSFORM, true);
        }
        Coding best = best(request.fields(), config.codings());
        return best == null ? new AsItIs(Reason.NOT_WELCOME, true) : new Coded(best);
    }

    private static @Nullable Reason reasonAgainst(
            ResponseHead response, long length, CodingConfig config) {
        Fields fields = response.fields();
        if (config.codings().isEmpty()) {
            return Reason.OFF;
        }
        if (!isText(fields.combined("Content-Type"))) {
            return Reason.TYPE;
        }
        if (!STATUSES.contains(response.status())) {
            return Reason.STATUS;
        }
        if (fields.contains("Content-Encoding")) {
            return Reason.CODED_ALREADY;
        }
        if (length >= 0 && length < config.leastBytes().bytes()) {
            return Reason.TOO_SMALL;
        }
        if (CacheControl.has(fields, "Cache-Control", "no-transform")) {
            return Reason.NO_TRANSFORM;
        }
        // the first two are of these very bytes; a Repr-Digest counts the coding in (RFC 9530)
        boolean signed =
                fields.contains("Content-Digest")
                        || fields.contains("Signature")
                        || fields.contains("Repr-Digest");
        return signed ? Reason.SIGNED : null;
    }

    private static boolean isText(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        int semicolon = contentType.indexOf(';');
        String type =
                (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                        .strip()
                        .toLowerCase(Locale.ROOT);
        // events are read as they come
        return (type.startsWith("text/") && !type.equals("text/event-stream"))
                || TYPES.contains(type)
                || type.endsWith("+json")
                || type.endsWith("+xml");
    }

    /** The most welcome; of those that are equally welcome the preferred one. */
    private static @Nullable Coding best(Fields request, List<Coding> preferred) {
        AcceptEncoding accepted = AcceptEncoding.of(request.combined("Accept-Encoding"));
        Coding best = null;
        int weight = Math.max(0, accepted.identity() - 1);
        for (Coding coding : preferred) {
            if (accepted.weight(coding) > weight) {
                best = coding;
                weight = accepted.weight(coding);
            }
        }
        return best;
    }

    /** The coded form of a stored response, of unknown length. */
    static StoredResponse coded(StoredResponse stored, Coding coding) {
        ResponseHead head = coded(stored.head(), coding);
        Terms terms = stored.terms();
        EntityTag tag = terms.entityTag();
        return new StoredResponse(
                stored.request(),
                head,
                stored.requestTime(),
                stored.responseTime(),
                Content.arriving(),
                new Terms(
                        terms.directives(),
                        terms.lifetime(),
                        terms.initialAge(),
                        terms.date(),
                        terms.vary(),
                        terms.varyAny(),
                        terms.groups(),
                        tag == null ? null : tag(tag, coding),
                        terms.lastModified()),
                stored.invalidated());
    }

    /** The head of the coded form: its own entity tag, no length until it is known. */
    static ResponseHead coded(ResponseHead response, Coding coding) {
        Fields fields =
                response.fields()
                        .without("Content-Length", "Accept-Ranges", "Content-MD5")
                        .plus("Content-Encoding", coding.token());
        EntityTag tag = EntityTag.parse(fields.combined("ETag"));
        if (tag != null) {
            fields = fields.with("ETag", tag(tag, coding).text());
        }
        return response.with(varying(fields));
    }

    /**
     * The entity tag of the coded form. A weak one stays as it is: it says that the content means
     * the same, as it does (RFC 9110 section 8.8.1).
     */
    static EntityTag tag(EntityTag origin, Coding coding) {
        return origin.weak()
                ? origin
                : new EntityTag(false, origin.opaque() + "-" + coding.token());
    }

    /** Whether a stored response says itself that it varies by Accept-Encoding. */
    static boolean varies(Terms terms) {
        return terms.varyAny() || terms.vary().contains("accept-encoding");
    }

    /** The head with Accept-Encoding among what the response varies by. */
    static ResponseHead varying(ResponseHead head) {
        return head.with(varying(head.fields()));
    }

    /** The response with Accept-Encoding among what it varies by. */
    static StoredResponse varying(StoredResponse stored) {
        return new StoredResponse(
                stored.request(),
                varying(stored.head()),
                stored.requestTime(),
                stored.responseTime(),
                stored.content(),
                stored.terms(),
                stored.invalidated());
    }

    /** The fields with Accept-Encoding among what the response varies by. */
    static Fields varying(Fields fields) {
        String vary = fields.combined("Vary");
        if (vary == null) {
            return fields.plus("Vary", "Accept-Encoding");
        }
        for (String name : vary.split(",", -1)) {
            if (name.strip().equalsIgnoreCase("Accept-Encoding") || name.strip().equals("*")) {
                return fields;
            }
        }
        return fields.with("Vary", vary + ", Accept-Encoding");
    }
}
