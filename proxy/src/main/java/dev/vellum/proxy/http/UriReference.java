package dev.vellum.proxy.http;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reference resolution for http and https URIs (RFC 3986 section 5.2). */
final class UriReference {

    private UriReference() {}

    /**
     * What {@code reference} means next to {@code base}; null where that is no http(s) resource.
     */
    static RequestTarget.@Nullable Absolute resolve(
            RequestTarget.Absolute base, @Nullable String reference) {
        if (reference == null) {
            return null;
        }
        int fragment = reference.indexOf('#');
        String text = fragment < 0 ? reference : reference.substring(0, fragment);
        if (text.startsWith("//")) {
            text = base.scheme() + ":" + text;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("http://") || lower.startsWith("https://")) {
            return read(text);
        }
        return read(
                base.scheme() + "://" + base.authority().text(base.scheme()) + path(base, text));
    }

    private static RequestTarget.@Nullable Absolute read(String uri) {
        return RequestTarget.read("GET", uri, List.of(), HttpVersion.HTTP_1_0, "http")
                        instanceof RequestTarget.Reading.Accepted(RequestTarget.Absolute target)
                ? target
                : null;
    }

    private static String path(RequestTarget.Absolute base, String reference) {
        if (reference.isEmpty()) {
            return base.pathAndQuery();
        }
        if (reference.startsWith("?")) {
            return base.path() + reference;
        }
        int query = reference.indexOf('?');
        String path = query < 0 ? reference : reference.substring(0, query);
        String rest = query < 0 ? "" : reference.substring(query);
        if (!path.startsWith("/")) {
            path = base.path().substring(0, base.path().lastIndexOf('/') + 1) + path;
        }
        return withoutDots(path) + rest;
    }

    /** RFC 3986 section 5.2.4. */
    private static String withoutDots(String path) {
        Deque<String> segments = new ArrayDeque<>();
        String[] all = path.substring(1).split("/", -1);
        for (int i = 0; i < all.length; i++) {
            boolean last = i == all.length - 1;
            switch (all[i]) {
                case ".", ".." -> {
                    if (all[i].equals("..") && !segments.isEmpty()) {
                        segments.removeLast();
                    }
                    if (last) {
                        segments.addLast("");
                    }
                }
                default -> segments.addLast(all[i]);
            }
        }
        return "/" + String.join("/", segments);
    }
}
