package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Eligibility;
import dev.vellum.proxy.store.Stored;
import java.util.List;
import java.util.Optional;

/** Pictures that go out as they came whatever their bytes are, and how the client is told. Pure. */
public final class AsItCame {

    private AsItCame() {}

    /** Why one that is stored does; empty where another form may go out, or it is none. */
    public static Optional<Bypass> stored(StoredResponse response) {
        return Variants.concerns(response) ? Optional.empty() : obstacle(response.head());
    }

    /** Why one that is not stored does; empty where it is none. */
    public static Optional<Bypass> passing(ResponseHead head) {
        return Variants.identifies(head) ? Optional.of(Bypass.NOT_STORED) : obstacle(head);
    }

    private static Optional<Bypass> obstacle(ResponseHead head) {
        return Eligibility.obstacle(head).filter(reason -> reason != Bypass.NOT_A_PICTURE);
    }

    /** What goes out for one that is stored. */
    public static SelectedForm told(Stored stored, Bypass reason) {
        StoredResponse told = Derived.original(stored.response(), List.of(), reason.label());
        return new SelectedForm(stored.with(told), false, reason.label(), 0, false);
    }

    /** The head that goes out for one that is not. */
    public static ResponseHead told(ResponseHead head, Bypass reason) {
        return Derived.told(head, reason.label());
    }
}
