package dev.vellum.proxy.store.purge;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestTarget;
import java.util.List;
import java.util.Locale;

/**
 * A wish to be rid of stored responses.
 *
 * @param target which ones
 * @param soft whether they may still be used once the origin has confirmed them, and where it
 *     cannot be asked; otherwise they are gone
 */
public record Purge(Target target, boolean soft) {

    /** Any origin, where one could be named. */
    public static final String ANY_ORIGIN = "";

    /** Which responses are meant. */
    public sealed interface Target {

        /**
         * Those of one resource, all variants.
         *
         * @param uri absolute, without a port that is its scheme's own
         */
        record Url(String uri) implements Target {}

        /**
         * Those of all resources whose URI starts so.
         *
         * @param uri as for {@link Url}: at least scheme, authority and the first slash
         */
        record Prefix(String uri) implements Target {}

        /**
         * Those whose {@code Surrogate-Key} or {@code Cache-Tag} field lists the name.
         *
         * @param origin scheme and authority of a URI, or {@link #ANY_ORIGIN}
         * @param name as it was sent; case counts
         */
        record Tag(String origin, String name) implements Target {}

        /**
         * Those whose {@code Cache-Groups} field lists the name (RFC 9875).
         *
         * @param origin scheme and authority of a URI, or {@link #ANY_ORIGIN}
         */
        record Group(String origin, String name) implements Target {}

        /**
         * Latents of one model, wherever they are.
         *
         * @param model first ten hex digits of the SHA-256 of its decoder's file
         */
        record Model(String model) implements Target {}

        /**
         * Those whose bytes, wherever they came from, have the SHA-256, and all that was made of
         * them.
         *
         * @param digest 64 hex digits in lower case
         */
        record Source(String digest) implements Target {}

        /** All there are. */
        record Everything() implements Target {}
    }

    /**
     * The target that is the resource of a URI.
     *
     * @throws IllegalArgumentException if the text is no http or https URI
     */
    public static Target url(String uri) {
        return new Target.Url(normal("url", uri));
    }

    /**
     * The target that is all resources whose URI starts with a text.
     *
     * @throws IllegalArgumentException if the text does not name a scheme and a whole authority
     */
    public static Target prefix(String uri) {
        return new Target.Prefix(normal("prefix", uri));
    }

    /**
     * The target that is a tag of the resources of an origin.
     *
     * @param origin an http or https URI without a path, or {@link #ANY_ORIGIN}
     * @throws IllegalArgumentException if origin or name are not such
     */
    public static Target tag(String origin, String name) {
        return new Target.Tag(origin(origin), named("tag", name));
    }

    /**
     * The target that is a cache group of an origin.
     *
     * @param origin as for {@link #tag}
     * @throws IllegalArgumentException if origin or name are not such
     */
    public static Target group(String origin, String name) {
        return new Target.Group(origin(origin), named("group", name));
    }

    /**
     * The target that is the latents of a model.
     *
     * @param hash SHA-256 of its decoder's file in hexadecimal, or its first ten digits or more
     * @throws IllegalArgumentException if it is none
     */
    public static Target model(String hash) {
        String digits = hash.toLowerCase(Locale.ROOT);
        if (!digits.matches("[0-9a-f]{10,64}")) {
            throw new IllegalArgumentException(
                    "model: \"" + hash + "\" (expected: 10 to 64 hex digits)");
        }
        return new Target.Model(digits.substring(0, 10));
    }

    /**
     * The target that is all responses with the same bytes, and what was made of them.
     *
     * @param digest their SHA-256 in hexadecimal
     * @throws IllegalArgumentException if it is none
     */
    public static Target source(String digest) {
        String digits = digest.toLowerCase(Locale.ROOT);
        if (!digits.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "source: \"" + digest + "\" (expected: 64 hex digits)");
        }
        return new Target.Source(digits);
    }

    /** The target that is a cache group of the origin of a resource. */
    public static Target groupOf(CacheKey resource, String name) {
        return new Target.Group(originOf(resource), name);
    }

    static String originOf(CacheKey resource) {
        return resource.scheme() + "://" + resource.authority().text(resource.scheme());
    }

    private static String named(String key, String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException(key + ": \"" + name + "\" (expected: a name)");
        }
        return name;
    }

    private static String origin(String origin) {
        if (origin.equals(ANY_ORIGIN)) {
            return origin;
        }
        String uri = normal("origin", origin);
        String withoutSlash = uri.substring(0, uri.length() - 1);
        if (uri.indexOf('/', uri.indexOf("://") + 3) != uri.length() - 1) {
            throw new IllegalArgumentException(
                    "origin: \"" + origin + "\" (expected: a URI without a path)");
        }
        return withoutSlash;
    }

    private static String normal(String key, String uri) {
        boolean absolute = uri.contains("://");
        if (absolute
                && RequestTarget.read("GET", uri, List.of(), HttpVersion.HTTP_1_0, "http")
                        instanceof RequestTarget.Reading.Accepted(RequestTarget.Absolute target)) {
            return target.uri();
        }
        throw new IllegalArgumentException(
                key + ": \"" + uri + "\" (expected: an http or https URI)");
    }
}
