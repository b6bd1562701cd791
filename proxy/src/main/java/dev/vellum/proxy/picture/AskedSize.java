package dev.vellum.proxy.picture;

import dev.vellum.proxy.http.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The width of a picture that a request asks for by its query. Whoever may ask for any width makes
 * any number of variants, so each is signed. The query ends in
 *
 * <pre>vellum-width=640&amp;vellum-expires=1790000000&amp;vellum-key=a&amp;vellum-signature=9f86...
 * </pre>
 *
 * where {@code vellum-expires} is in seconds since 1970 and the signature is that of the host in
 * lower case, without port, followed by path and query up to {@code &vellum-signature}. What is
 * left without these four is asked of the origin, and is what the picture is stored under.
 */
public sealed interface AskedSize {

    /** None. */
    record Own() implements AskedSize {}

    /**
     * A width that was signed.
     *
     * @param target without the four
     * @param width columns, 1 to 16384
     */
    record Signed(RequestTarget.Absolute target, int width) implements AskedSize {}

    /**
     * A placeholder: the query ends in {@code vellum=placeholder}.
     *
     * @param target without that
     */
    record Placeholder(RequestTarget.Absolute target) implements AskedSize {}

    /** The signature is wrong or too old, or its key is not known. */
    record Refused() implements AskedSize {}

    /** What a target asks for under an offer. */
    static AskedSize of(RequestTarget target, Offer offer, InstantSource clock) {
        return offer.placeholders()
                        && target instanceof RequestTarget.Absolute absolute
                        && Reading.isPlaceholder(absolute.pathAndQuery())
                ? new Placeholder(Reading.withoutLast(absolute))
                : of(target, offer.keys(), clock);
    }

    /** What a target asks for; nothing where there are no keys. */
    static AskedSize of(RequestTarget target, List<SizeKey> keys, InstantSource clock) {
        return !keys.isEmpty()
                        && target instanceof RequestTarget.Absolute absolute
                        && absolute.pathAndQuery().contains(Reading.SIGNATURE)
                ? Reading.read(absolute, keys, clock.instant())
                : new Own();
    }

    /** How a signed target is written. */
    final class Reading {

        static final String SIGNATURE = "&vellum-signature=";

        private static final int WIDEST = 16_384;

        private static final Pattern FORM =
                Pattern.compile(
                        "(?<rest>.*)[?&]vellum-width=(?<width>\\d{1,5})"
                                + "&vellum-expires=(?<expires>\\d{1,12})"
                                + "&vellum-key=(?<key>[A-Za-z0-9_-]{1,64})"
                                + SIGNATURE
                                + "(?<signature>[0-9a-f]{64})");

        private static final String PLACEHOLDER = "vellum=placeholder";

        private Reading() {}

        private static boolean isPlaceholder(String pathAndQuery) {
            int before = pathAndQuery.length() - PLACEHOLDER.length() - 1;
            return before > 0
                    && pathAndQuery.endsWith(PLACEHOLDER)
                    && (pathAndQuery.charAt(before) == '?' || pathAndQuery.charAt(before) == '&')
                    && pathAndQuery.indexOf('?') <= before
                    && pathAndQuery.indexOf('?') >= 0;
        }

        private static RequestTarget.Absolute withoutLast(RequestTarget.Absolute target) {
            String path = target.pathAndQuery();
            return new RequestTarget.Absolute(
                    target.scheme(),
                    target.authority(),
                    path.substring(0, path.length() - PLACEHOLDER.length() - 1));
        }

        private static AskedSize read(
                RequestTarget.Absolute target, List<SizeKey> keys, Instant now) {
            Matcher parts = FORM.matcher(target.pathAndQuery());
            if (!parts.matches()) {
                return new Refused();
            }
            int width = Integer.parseInt(parts.group("width"));
            boolean expired = Long.parseLong(parts.group("expires")) < now.getEpochSecond();
            int end = parts.start("signature") - SIGNATURE.length();
            String signed = target.authority().host() + target.pathAndQuery().substring(0, end);
            boolean known =
                    keys.stream()
                            .filter(key -> key.name().equals(parts.group("key")))
                            .anyMatch(key -> isEqual(key.sign(signed), parts.group("signature")));
            return known && !expired && width >= 1 && width <= WIDEST
                    ? new Signed(
                            new RequestTarget.Absolute(
                                    target.scheme(), target.authority(), parts.group("rest")),
                            width)
                    : new Refused();
        }

        /** In time that does not depend on how much of it is right. */
        private static boolean isEqual(String expected, String given) {
            return MessageDigest.isEqual(
                    expected.getBytes(StandardCharsets.US_ASCII),
                    given.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
