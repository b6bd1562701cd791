package dev.vellum.proxy.variant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Terms;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Format;
import dev.vellum.proxy.picture.Negotiation;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.picture.PictureHeader;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.picture.Sniffer;
import dev.vellum.proxy.picture.Sniffing;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.Stored;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class VariantIndexTest {

    private static final Variant AVIF =
            new Variant(new Form.Ordinary(Format.AVIF), Variant.OWN_WIDTH, QualityClass.STANDARD);

    private final VariantIndex index = new VariantIndex(header());
    private final Stored file = stored();

    private static PictureHeader header() {
        return Sniffer.sniff(SamplePictures.fixture("plain.jpg")) instanceof Sniffing.Found found
                ? found.header()
                : Assertions.fail("no picture");
    }

    private static Stored stored() {
        RequestHead request =
                new RequestHead(
                        "GET",
                        new RequestTarget.Absolute("http", new Authority("a.test", 80), "/"),
                        HttpVersion.HTTP_1_1,
                        Fields.of());
        ResponseHead head = new ResponseHead(HttpVersion.HTTP_1_1, 200, "", Fields.of());
        Instant now = Instant.EPOCH;
        Terms terms = Terms.of(head, now, now, CachePolicy.EDGE);
        StoredResponse response =
                new StoredResponse(request, head, now, now, new Content.Complete(0), terms, false);
        return new Stored(response, new Body(new Chunks(1000, 0), 0, true), new byte[0]);
    }

    @Test
    void everyFewUsesAreToldApart() {
        for (int round = 0; round < 3; round++) {
            assertThat(index.isUsedAgain(3)).isFalse();
            assertThat(index.isUsedAgain(3)).isFalse();
            assertThat(index.isUsedAgain(3)).isTrue();
        }
    }

    @Test
    void whatGoesOutIsKeptAsLongAsTheSourceIsTheSame() {
        Stored source = stored();
        Presentation.Presented presented =
                new Presentation.Presented(source, file.with(file.response(), new byte[1]));
        index.hold(AVIF, 10, "tag");
        index.present(AVIF, presented);
        assertThat(index.presented(AVIF, source, file)).isSameAs(presented.shown());
        assertThat(index.presented(AVIF, stored(), file)).isNull();
        assertThat(index.presented(AVIF, source, stored())).isNull();
    }

    @Test
    @Timeout(120)
    void whatTheStoreHasDroppedIsNotKept() throws InterruptedException {
        index.hold(AVIF, 10, "tag");
        WeakReference<Stored> source = presented();
        while (source.get() != null) { // the test has a timeout
            System.gc();
            Thread.sleep(10);
        }
        assertThat(index.byTag("tag")).contains(AVIF);
    }

    private WeakReference<Stored> presented() {
        Stored source = stored();
        index.present(AVIF, new Presentation.Presented(source, file));
        return new WeakReference<>(source);
    }

    @Test
    void whatIsChosenIsThatOfTheRequestAndOfWhatIsThereNow() {
        Fields modern = Fields.of("Accept", "image/avif,image/webp,*/*", "User-Agent", "a");
        Fields other = Fields.of("User-Agent", "b", "Accept", "image/avif,image/webp,*/*");
        Fields old = Fields.of("Accept", "image/png,*/*");
        Fields saving = Fields.of("Accept", "image/avif,image/webp,*/*", "Save-Data", "on");
        Fields untouched = Fields.of("Accept", "image/avif,*/*", "Cache-Control", "no-transform");
        Offer narrow = Offer.ORDINARY.within(10);
        for (int step = 0; step < 3; step++) {
            for (Fields request : List.of(modern, other, old, saving, modern, untouched, modern)) {
                for (Offer offer : List.of(Offer.ORDINARY, narrow, Offer.ORDINARY)) {
                    assertThat(index.choose(request, offer))
                            .isEqualTo(Negotiation.choose(request, index.stock(), offer));
                }
            }
            if (step == 0) {
                index.hold(AVIF, 100, "tag");
            } else {
                index.forget(AVIF);
            }
        }
    }

    @Test
    void whatUsualBrowsersLackIsThatOfTheOfferAndOfWhatIsThereNow() {
        Offer none = Offer.ORDINARY.with(List.of());
        for (int step = 0; step < 3; step++) {
            for (Offer offer : List.of(Offer.ORDINARY, none, Offer.ORDINARY, Offer.ORDINARY)) {
                assertThat(index.missing(offer))
                        .isEqualTo(Negotiation.missing(index.stock(), offer));
            }
            if (step == 0) {
                assertThat(index.missing(Offer.ORDINARY)).contains(AVIF);
                index.hold(AVIF, 100, "tag");
            } else {
                index.forget(AVIF);
            }
        }
    }

    @Test
    void thePictureItselfIsKeptAsLongAsSourceAndHeadAreTheSame() {
        Stored source = stored();
        VariantIndex.Plain plain = new VariantIndex.Plain(Offer.ORDINARY, "not-smaller", false);
        Presentation.Presented presented =
                new Presentation.Presented(source, source.with(source.response(), new byte[1]));
        index.present(plain, presented);
        assertThat(index.presented(plain, source)).isSameAs(presented.shown());
        assertThat(index.presented(plain, stored())).isNull();
        assertThat(
                        index.presented(
                                new VariantIndex.Plain(Offer.ORDINARY, "not-yet", false), source))
                .isNull();
        assertThat(
                        index.presented(
                                new VariantIndex.Plain(Offer.ORDINARY, "not-smaller", true),
                                source))
                .isNull();
    }
}
