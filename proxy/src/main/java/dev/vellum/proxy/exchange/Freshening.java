package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Validation;
import dev.vellum.proxy.store.Stored;
import java.time.Instant;

/**
 * What a head from upstream says about a response that is stored, done to the store.
 *
 * @param known what is stored
 * @param requestTime when the head was asked for
 */
record Freshening(Services services, CacheKey key, Stored known, Instant requestTime) {

    /** RFC 9111 section 4.3.4: {@code head} is of this response, and newer; as it is stored now. */
    Stored by(ResponseHead head, Instant now) {
        StoredResponse freshened =
                Validation.freshen(known.response(), head, requestTime, now, services.policy());
        Stored fresh = new Stored(freshened, known.body(), services.readyHead().of(freshened));
        services.store().replace(key, known, fresh);
        return fresh;
    }

    /** RFC 9111 section 4.3.5: what an answer to HEAD says about the stored answer to GET. */
    void byAnswerToHead(ResponseHead head) {
        switch (Validation.headEffect(head, known.response())) {
            case FRESHEN -> by(head, services.clock().instant());
            case INVALIDATE -> services.store().outdate(key, known);
            case NONE -> {}
        }
    }
}
