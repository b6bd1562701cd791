package dev.vellum.proxy.picture;

import java.util.List;
import java.util.Optional;

/** What to send to one client. */
public sealed interface Choice {

    /** A variant that would serve the client better and is to be made; empty if there is none. */
    Optional<Variant> wanted();

    /** Names of the request's fields that decided, for Vary; in a fixed order. */
    List<String> vary();

    /** A variant in stock. */
    record Send(Variant variant, Optional<Variant> wanted, List<String> vary) implements Choice {}

    /** The origin's own bytes. */
    record SendOriginal(Bypass reason, Optional<Variant> wanted, List<String> vary)
            implements Choice {}
}
