package dev.vellum.proxy.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.StoredResponse;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When each cache group was last invalidated (RFC 9875): a response that was asked for earlier must
 * be confirmed before its next use. Nothing is searched for, and fetches under way are covered.
 */
public final class GroupEpochs {

    private static final int GROUPS = 100_000;

    private record Group(String scheme, Authority authority, String name) {}

    private final Cache<Group, Instant> invalidated =
            Caffeine.newBuilder()
                    .maximumSize(GROUPS)
                    .removalListener(this::forgotten)
                    .executor(Runnable::run)
                    .build();

    /** No group whose epoch had to be forgotten was invalidated after this. */
    private volatile Instant forgottenUntil = Instant.MIN;

    private void forgotten(@Nullable Group group, @Nullable Instant when, RemovalCause cause) {
        if (when != null && cause.wasEvicted() && when.isAfter(forgottenUntil)) {
            forgottenUntil = when;
        }
    }

    /** Outdates what belongs to the group {@code name} of the origin of {@code resource}. */
    public void invalidate(CacheKey resource, String name, Instant now) {
        invalidated.put(new Group(resource.scheme(), resource.authority(), name), now);
    }

    /** Whether a group of {@code response} was invalidated after it was asked for. */
    public boolean outdated(CacheKey key, StoredResponse response) {
        for (String name : response.terms().groups()) {
            Instant when = invalidated.getIfPresent(new Group(key.scheme(), key.authority(), name));
            Instant last = when == null ? forgottenUntil : when;
            if (!response.requestTime().isAfter(last)) {
                return true;
            }
        }
        return false;
    }
}
