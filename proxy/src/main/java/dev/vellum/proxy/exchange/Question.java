package dev.vellum.proxy.exchange;

import dev.vellum.proxy.access.Gate.Admission;
import dev.vellum.proxy.http.Completion;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.Validation;
import dev.vellum.proxy.latent.ModelFiles;
import dev.vellum.proxy.origin.Upstream;
import dev.vellum.proxy.picture.AskedSize;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.variant.OwnTags;
import org.jspecify.annotations.Nullable;

/**
 * What the client of one exchange asks for, as it sent it and as that goes upstream. The latter is
 * made only when something wants to know, which most hits do not. Used on the client's loop.
 */
final class Question {

    private final Services services;
    private final Client client;
    private final RequestHead request;
    private final boolean hasBody;
    private final AskedSize size;
    private @Nullable RequestHead forwarded;
    private @Nullable Offer offer;
    private boolean forgoesLatents;

    /**
     * @param hasBody whether content follows the head
     */
    Question(Services services, Client client, RequestHead request, boolean hasBody) {
        this.services = services;
        this.client = client;
        this.hasBody = hasBody;
        this.size = AskedSize.of(request.target(), services.offer(), services.clock());
        this.request =
                switch (size) {
                    case AskedSize.Signed(var target, var width) -> request.with(target);
                    case AskedSize.Placeholder(var target) -> request.with(target);
                    case AskedSize.Own own -> request;
                    case AskedSize.Refused refused -> request;
                };
    }

    /** What is made of pictures for this request. */
    Offer offer() {
        Offer known = offer;
        Offer made = known == null ? offered() : known;
        offer = made;
        return made;
    }

    private Offer offered() {
        return switch (size) {
            case AskedSize.Signed(var target, var width) -> services.offer().sized(width);
            case AskedSize.Placeholder(var target) -> services.offer().placeholder();
            case AskedSize.Own own -> within();
            case AskedSize.Refused refused -> within();
        };
    }

    private Offer within() {
        return services.offer().within(services.route().pictureWidth(request.target()));
    }

    /** As the client sent it, but for a size that its query asks for. */
    RequestHead request() {
        return request;
    }

    /** Whether content follows the head. */
    boolean hasBody() {
        return hasBody;
    }

    /** Whether the client may ask; a connection's first requests may have told. */
    Admission admission() {
        if (size instanceof AskedSize.Refused) {
            return new Admission.Unsigned();
        }
        String known = client.admitted();
        return known != null
                ? new Admission.Known(known)
                : services.gate()
                        .admit(
                                client.address().getAddress(),
                                request.fields().all("Proxy-Authorization"));
    }

    /** The question for what a stored part lacks; null where that cannot be asked for. */
    @Nullable RequestHead rest(Stored part) {
        Fields rest = Completion.ask(forwarded(), part.response());
        return rest == null ? null : Validation.request(forwarded(), rest);
    }

    /** The file of a model, if that is what is asked for. */
    @Nullable Stored model() {
        return services.models().map(files -> files.find(request)).orElse(null);
    }

    /**
     * Whether it is for a model that nobody else is asked for: a client means this proxy, by
     * whatever name, and a forward proxy without a parent would ask itself.
     */
    boolean endsHere(Upstream upstream) {
        return services.here().role() == Hop.Role.FORWARD
                && !upstream.toProxy()
                && ModelFiles.isAsked(request);
    }

    /** Whether and how it goes on; a plain request always does. */
    Forwarding forwarding() {
        Forwarding forwarding = UpstreamRequest.of(request, client, services.here());
        if (forwarding instanceof Forwarding.Forward(var head)) {
            RequestHead plain = head.with(OwnTags.without(head.fields(), OwnTags.MARK));
            forwarded = asksForLatents() ? services.decoded().orElseThrow().asking(plain) : plain;
        }
        return forwarding;
    }

    /** Whether the parent is asked for latents. */
    boolean asksForLatents() {
        return !forgoesLatents
                && services.decoded().isPresent()
                && services.decoded().get().mayAsk(request);
    }

    /** From now on the parent is asked for an ordinary form. */
    void forgoLatents() {
        forgoesLatents = true;
        forwarded = null;
    }

    /** As it goes upstream. */
    RequestHead forwarded() {
        if (forwarded == null && !(forwarding() instanceof Forwarding.Forward)) {
            throw new IllegalStateException("not to be forwarded: " + request);
        }
        RequestHead made = forwarded;
        return made == null ? request : made;
    }

    /** As it is to be compared with what is stored. */
    RequestHead comparedWith(Stored stored) {
        return forwarded == null && PlainRequest.isKeptAlike(stored.response().terms().vary())
                ? request
                : forwarded();
    }
}
