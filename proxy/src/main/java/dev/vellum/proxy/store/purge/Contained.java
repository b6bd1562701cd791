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
            Pattern.compile("image/vnd\\.vellum;m=(?<model>[0-9a-f]{10})(?![0-9a-f])");

    private Contained() {}

    static List<Target> of(StoredResponse response) {
        List<Target> targets = new ArrayList<>(2);
        String type = response.head().fields().first("Content-Type");
        String held = response.content() instanceof Content.Master master ? master.form() : type;
        Matcher latents = LATENTS.matcher(held == null ? "" : held);
        if (latents.lookingAt()) {
            targets.add(new Target.Model(latents.group("model")));
        }
        String digest =
                switch (response.content()) {
                    case Content.Complete all -> all.digest();
                    case Content.Master master -> master.digest();
                    case Content.Part part -> "";
                };
        if (!digest.isEmpty()) {
            targets.add(new Target.Source(digest));
        }
        return targets;
    }
}
