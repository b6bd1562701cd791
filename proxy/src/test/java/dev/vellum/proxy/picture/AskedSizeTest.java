package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.RequestTarget;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes go by signatures that hold, for as long as they do. */
class AskedSizeTest {

    private static final SizeKey KEY = SizeKey.of("a", "a secret of some length");
    private static final SizeKey OTHER = SizeKey.of("b", "another one of some length");
    private static final InstantSource NOW = InstantSource.fixed(Instant.ofEpochSecond(1_000));

    private static RequestTarget.Absolute target(String pathAndQuery) {
        return new RequestTarget.Absolute(
                "https", new Authority("www.example.org", 443), pathAndQuery);
    }

    private static String signed(SizeKey key, String path) {
        return path + "&vellum-signature=" + key.sign("www.example.org" + path);
    }

    private static AskedSize read(String pathAndQuery, SizeKey... keys) {
        return AskedSize.of(target(pathAndQuery), List.of(keys), NOW);
    }

    @ParameterizedTest
    @CsvSource({"/a.jpg?, /a.jpg", "/a.jpg?v=2&, /a.jpg?v=2", "/?, /"})
    void whatIsSignedIsAskedForWithoutItsSignature(String before, String left) {
        String path = before + "vellum-width=640&vellum-expires=1000&vellum-key=a";
        assertThat(read(signed(KEY, path), OTHER, KEY))
                .isEqualTo(new AskedSize.Signed(target(left), 640));
    }

    @Test
    void signaturesAreThoseOfOpenssl() {
        // printf www.example.org/a.jpg | openssl dgst -sha256 -hmac 'a secret of some length'
        assertThat(KEY.sign("www.example.org/a.jpg"))
                .isEqualTo("6c25da2fb2363ede0a40bfa4b81082b68d2dadcbd3d12555ffdb719088c1cc59");
    }

    @ParameterizedTest
    @CsvSource({
        "/a.jpg?vellum-width=640&vellum-expires=999&vellum-key=a",
        "/a.jpg?vellum-width=640&vellum-expires=1000&vellum-key=c",
        "/a.jpg?vellum-width=0&vellum-expires=1000&vellum-key=a",
        "/a.jpg?vellum-width=16385&vellum-expires=1000&vellum-key=a",
        "/a.jpg?vellum-width=-1&vellum-expires=1000&vellum-key=a",
        "/a.jpg?vellum-expires=1000&vellum-width=640&vellum-key=a",
        "/a.jpg?vellum-width=640&vellum-key=a"
    })
    void whatIsTooOldOrWrittenOtherwiseIsRefused(String path) {
        assertThat(read(signed(KEY, path), KEY)).isEqualTo(new AskedSize.Refused());
    }

    @Test
    void aSignatureHoldsForWhatWasSignedOnly() {
        String path = "/a.jpg?vellum-width=640&vellum-expires=2000&vellum-key=a";
        String good = signed(KEY, path);
        for (String changed :
                List.of(
                        good.replace("640", "641"),
                        good.replace("2000", "2001"),
                        good.replace("a.jpg", "b.jpg"),
                        good.substring(0, good.length() - 1),
                        good + "0",
                        good + "&x=1",
                        signed(OTHER, path))) {
            assertThat(read(changed, KEY, OTHER)).as(changed).isEqualTo(new AskedSize.Refused());
        }
    }

    @Test
    void aKeyThatWasTakenOutSignsNothing() {
        String path = "/a.jpg?vellum-width=640&vellum-expires=2000&vellum-key=a";
        assertThat(read(signed(KEY, path), OTHER)).isEqualTo(new AskedSize.Refused());
    }

    @Test
    void withoutKeysTheQueryIsTheOrigins() {
        String path = "/a.jpg?vellum-width=640&vellum-expires=2000&vellum-key=a";
        assertThat(read(signed(KEY, path))).isEqualTo(new AskedSize.Own());
        assertThat(read("/a.jpg", KEY)).isEqualTo(new AskedSize.Own());
    }

    @Test
    void aKeyShowsNothingOfItsSecretAndIsLong() {
        assertThat(KEY).hasToString("a");
        assertThatThrownBy(() -> SizeKey.of("a", "short"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("secret: 5 characters (expected: at least 16)");
        assertThatThrownBy(() -> SizeKey.of("a b", "a secret of some length"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a b");
    }
}
