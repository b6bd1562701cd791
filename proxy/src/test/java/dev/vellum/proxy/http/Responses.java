package dev.vellum.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;

/** Requests and responses for tests, at times of the tests' own. */
final class Responses {

    /** Fri, 20 Nov 2026 12:00:00 GMT. */
    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    static final RequestTarget.Absolute TARGET = target("http://example.com/a");

    private Responses() {}

    static RequestTarget.Absolute target(String uri) {
        RequestTarget.Reading reading =
                RequestTarget.read("GET", uri, List.of(), HttpVersion.HTTP_1_0, "http");
        assertThat(reading).isInstanceOf(RequestTarget.Reading.Accepted.class);
        return (RequestTarget.Absolute) ((RequestTarget.Reading.Accepted) reading).target();
    }

    static RequestHead get(String... fields) {
        return request("GET", fields);
    }

    static RequestHead request(String method, String... fields) {
        return new RequestHead(method, TARGET, HttpVersion.HTTP_1_1, Fields.of(fields));
    }

    static ResponseHead ok(String... fields) {
        return response(200, fields);
    }

    static ResponseHead response(int status, String... fields) {
        return new ResponseHead(HttpVersion.HTTP_1_1, status, "", Fields.of(fields));
    }

    static Storability assess(RequestHead request, ResponseHead response) {
        return Storability.assess(request, response, NOW, NOW, CachePolicy.FORWARD);
    }

    /** The response to that request as stored at {@link #NOW}, with a body of 1,000 bytes. */
    static StoredResponse stored(RequestHead request, ResponseHead response) {
        return stored(request, response, CachePolicy.FORWARD);
    }

    static StoredResponse stored(RequestHead request, ResponseHead response, CachePolicy policy) {
        Storability assessed = Storability.assess(request, response, NOW, NOW, policy);
        assertThat(assessed).isInstanceOf(Storability.Store.class);
        StoredResponse stored = ((Storability.Store) assessed).response();
        return stored.isComplete() ? stored.withLength(1_000) : stored;
    }

    static StoredResponse stored(ResponseHead response) {
        return stored(get(), response);
    }
}
