package dev.vellum.proxy.variant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.vellum.proxy.picture.PictureHeader;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.Rights;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.picture.VariantMaker;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MasterTest {

    private static StoredResponse response(Content content) {
        RequestHead request =
                new RequestHead(
                        "GET",
                        new RequestTarget.Absolute("http", new Authority("a.test", 80), "/"),
                        HttpVersion.HTTP_1_1,
                        Fields.of());
        ResponseHead head =
                new ResponseHead(HttpVersion.HTTP_1_1, 200, "", Fields.of("ETag", "\"v\""));
        Instant now = Instant.EPOCH;
        Terms terms = Terms.of(head, now, now, CachePolicy.EDGE);
        return new StoredResponse(request, head, now, now, content, terms, false);
    }

    private static StoredResponse holding(String form) {
        return response(new Content.Master(900, 4000, "d1", form));
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', 0.98, 0.95",
        "'© 2026 Ana & Söhne = alle', 'A b', 1, 1",
        "'', x, 0, -0.25"
    })
    void whatIsWrittenIsReadAgain(
            String copyright, String artist, double overall, double worstTile) {
        Master master =
                new Master(
                        new Variant(
                                new Form.Latents("0123456789"),
                                Variant.OWN_WIDTH,
                                QualityClass.SAVING),
                        "abc~vellum",
                        new VariantMaker.Lost(
                                new PictureHeader(
                                        Format.JPEG, 640, 480, 1, PictureHeader.Traits.PLAIN),
                                new Rights(copyright, artist),
                                4000,
                                overall,
                                worstTile));
        assertThat(Master.of(holding(master.text()))).contains(master);
    }

    @Test
    void itsOwnBytesAreNone() {
        assertThat(Master.of(response(new Content.Complete(7, "d1")))).isEmpty();
    }

    @Test
    void whatOthersWroteIsRefused() {
        assertThatThrownBy(() -> Master.of(holding("image/avif STANDARD")))
                .hasMessageContaining("image/avif STANDARD");
    }

    @Test
    void aPartPushesOutNeitherAllBytesNorAFormOfThemButEitherPushesOutAPart() {
        StoredResponse part = response(new Content.Part(0, 3, 4000));
        StoredResponse whole = response(new Content.Complete(4000));
        StoredResponse form = holding("x");
        assertThat(part.supersedes(form)).isFalse();
        assertThat(part.supersedes(whole)).isFalse();
        assertThat(form.supersedes(part)).isTrue();
        assertThat(form.supersedes(whole)).isTrue();
        assertThat(whole.supersedes(form)).isTrue();
    }
}
