package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever the bytes are, the first look at them ends with a value. */
class SnifferFuzzTest {

    @FuzzTest(maxDuration = "20s")
    void anyBytesAreAHeaderOrNone(byte[] file) {
        switch (Sniffer.sniff(file)) {
            case Sniffing.Unknown() -> assertThat(Sniffer.format(file)).isNull();
            case Sniffing.Malformed malformed -> {
                assertThat(malformed.format()).isEqualTo(Sniffer.format(file));
                assertThat(malformed.reason()).isNotBlank();
            }
            case Sniffing.Found(PictureHeader header) -> {
                assertThat(header.format()).isEqualTo(Sniffer.format(file));
                assertThat(header.pixels()).isPositive();
                if (header.format() == Format.PNG) {
                    byte[] stripped = PngText.stripped(file);
                    assertThat(stripped).hasSizeLessThanOrEqualTo(file.length);
                    assertThat(Sniffer.sniff(stripped)).isEqualTo(new Sniffing.Found(header));
                }
            }
        }
    }
}
