package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Terms;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stored response but for its bytes, as a record's head has it: numbers are big-endian, texts are
 * their length in 4 bytes and their octets. What follows from the head, its terms, is worked out
 * again when it is read, so that it follows the policy of the day.
 */
final class ResponseFormat {

    private static final byte VERSION = 2;
    private static final int COMPLETE = 0;
    private static final int PART = 1;
    private static final int MASTER = 2;

    /** Fields that may be missing from a stored head without a change to its terms. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("set-cookie", "set-cookie2");

    private ResponseFormat() {}

    /** What a head says. */
    record Head(CacheKey key, StoredResponse response, Fields trailers) {}

    /** Whether the terms can be worked out again from what is stored of the head. */
    static boolean canHold(StoredResponse response) {
        return WITHOUT_EFFECT.containsAll(response.terms().directives().fieldNames("private"))
                && WITHOUT_EFFECT.containsAll(response.terms().directives().fieldNames("no-cache"))
                && response.request().target() instanceof RequestTarget.Absolute;
    }

    /** The bytes of a head, or null if they would be too many. */
    static @Nullable ByteBuffer write(CacheKey key, StoredResponse response, Fields trailers) {
        Output out = new Output();
        out.number(VERSION);
        out.target(key.scheme(), key.authority(), key.pathAndQuery());
        RequestHead request = response.request();
        RequestTarget.Absolute target = (RequestTarget.Absolute) request.target();
        out.text(request.method());
        out.target(target.scheme(), target.authority(), target.pathAndQuery());
        out.text(request.version().number());
        out.fields(request.fields());
        ResponseHead head = response.head();
        out.text(head.version().number());
        out.number(head.status());
        out.text(head.reason());
        out.fields(head.fields());
        out.instant(response.requestTime());
        out.instant(response.responseTime());
        out.number(response.terms().initialAge().toNanos());
        out.number(response.invalidated() ? 1 : 0);
        switch (response.content()) {
            case Content.Complete complete -> {
                out.number(COMPLETE);
                out.number(complete.length());
                out.text(complete.digest());
            }
            case Content.Part part -> {
                out.number(PART);
                out.number(part.first());
                out.number(part.last());
                out.number(part.completeLength());
            }
            case Content.Master form -> {
                out.number(MASTER);
                out.number(form.length());
                out.number(form.completeLength());
                out.text(form.digest());
                out.text(form.form());
            }
        }
        out.fields(trailers);
        return out.length <= RecordFormat.MAX_HEAD ? out.toBytes() : null;
    }

    /** Null if the bytes are no head of this version. */
    static @Nullable Head read(ByteBuffer bytes, CachePolicy policy) {
        try {
            Input in = new Input(bytes);
            return in.number() == VERSION ? read(in, policy) : null;
        } catch (BufferUnderflowException
                | IllegalArgumentException
                | ArithmeticException
                | DateTimeException malformed) {
            return null;
        }
    }

    private static Head read(Input in, CachePolicy policy) {
        RequestTarget.Absolute key = in.target();
        String method = in.text();
        RequestTarget.Absolute target = in.target();
        RequestHead request = new RequestHead(method, target, in.version(), in.fields());
        HttpVersion version = in.version();
        int status = Math.toIntExact(in.number());
        ResponseHead head = new ResponseHead(version, status, in.text(), in.fields());
        Instant requestTime = in.instant();
        Instant responseTime = in.instant();
        Duration initialAge = Duration.ofNanos(in.number());
        boolean invalidated = in.number() != 0;
        Content content = content(in);
        StoredResponse response =
                new StoredResponse(
                        request,
                        head,
                        requestTime,
                        responseTime,
                        content,
                        withAge(initialAge, Terms.of(head, requestTime, responseTime, policy)),
                        invalidated);
        return new Head(CacheKey.of(key), response, in.fields());
    }

    private static Content content(Input in) {
        long kind = in.number();
        return switch (Math.toIntExact(kind)) {
            case COMPLETE -> new Content.Complete(in.number(), in.text());
            case PART -> new Content.Part(in.number(), in.number(), in.number());
            case MASTER -> new Content.Master(in.number(), in.number(), in.text(), in.text());
            default ->
                    throw new IllegalArgumentException("content: " + kind + " (expected: 0 to 2)");
        };
    }

    /** The Age field is not stored, so that the age on arrival is. */
    private static Terms withAge(Duration age, Terms terms) {
        return new Terms(
                terms.directives(),
                terms.lifetime(),
                age,
                terms.date(),
                terms.vary(),
                terms.varyAny(),
                terms.groups(),
                terms.entityTag(),
                terms.lastModified());
    }

    private static final class Output {
        private ByteBuffer bytes = ByteBuffer.allocate(1024);
        private long length;

        void number(long value) {
            room(Long.BYTES);
            bytes.putLong(value);
        }

        void text(String text) {
            byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
            room(Integer.BYTES + octets.length);
            bytes.putInt(octets.length).put(octets);
        }

        void instant(Instant time) {
            number(time.getEpochSecond());
            number(time.getNano());
        }

        void target(String scheme, Authority authority, String pathAndQuery) {
            text(scheme);
            text(authority.host());
            number(authority.port());
            text(pathAndQuery);
        }

        void fields(Fields fields) {
            number(fields.size());
            fields.forEach((name, value) -> {
                text(name);
                text(value);
            });
        }

        private void room(int count) {
            length += count;
            if (bytes.remaining() < count) {
                int capacity = Math.max(2 * bytes.capacity(), bytes.position() + count);
                bytes = ByteBuffer.allocate(capacity).put(bytes.flip());
            }
        }

        ByteBuffer toBytes() {
            return bytes.flip();
        }
    }

    private record Input(ByteBuffer bytes) {

        long number() {
            return bytes.getLong();
        }

        String text() {
            int length = bytes.getInt();
            if (length < 0 || length > bytes.remaining()) {
                throw new BufferUnderflowException();
            }
            byte[] octets = new byte[length];
            bytes.get(octets);
            return new String(octets, StandardCharsets.ISO_8859_1);
        }

        Instant instant() {
            return Instant.ofEpochSecond(number(), number());
        }

        RequestTarget.Absolute target() {
            String scheme = text();
            Authority authority = new Authority(text(), Math.toIntExact(number()));
            return new RequestTarget.Absolute(scheme, authority, text());
        }

        HttpVersion version() {
            String number = text();
            for (HttpVersion version : HttpVersion.values()) {
                if (version.number().equals(number)) {
                    return version;
                }
            }
            throw new IllegalArgumentException(
                    "version: \"" + number + "\" (expected: one of HTTP)");
        }

        Fields fields() {
            Fields.Builder fields = Fields.builder();
            for (long left = number(); left > 0; left--) {
                fields.add(text(), text());
            }
            return fields.build();
        }
    }
}
