package dev.vellum.proxy.store.purge;

import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.purge.Purge.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a response can be purged by because of the bytes that it holds. */
final class Contained {

    /** Latents, as their media type names the model. */
    private static final Pattern LATENTS =
            Pattern.compile("image/vnd\\.vellum;m=(?<model>[0-9a-f]{10})");

    private Contained() {}

    static List<Target> of(StoredResponse response) {
        List<Target> targets = new ArrayList<>(2);
        String type = response.head().fields().first("Content-Type");
        Matcher latents = LATENTS.matcher(type == null ? "" : type);
        if (latents.matches()) {
            targets.add(new Target.Model(latents.group("model")));
        }
        if (response.content() instanceof Content.Complete(long length, String digest)
                && !digest.isEmpty()) {
            targets.add(new Target.Source(digest));
        }
        return targets;
    }
}
