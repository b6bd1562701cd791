package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.ResponseHead;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EligibilityTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "200 | image/jpeg               |                  |               | -",
                "200 | IMAGE/PNG; charset=utf-8 |                  |               | -",
                "200 | image/x-unknown          |                  |               | -",
                "200 | image/jpeg               | Content-Encoding | identity      | -",
                "200 | image/jpeg               | Cache-Control    | max-age=9     | -",
                "200 | text/html                |                  |               | NOT_A_PICTURE",
                "200 | image/svg+xml            |                  |               | NOT_A_PICTURE",
                "206 | image/jpeg               |                  |               | RANGE",
                "404 | image/jpeg               |                  |               | NOT_A_PICTURE",
                "206 | text/html                |                  |               | NOT_A_PICTURE",
                "200 | image/jpeg               | Content-Encoding | gzip          | CODED",
                "200 | image/jpeg               | Cache-Control    | no-transform  | NO_TRANSFORM",
                "200 | image/jpeg               | Signature        | sig=:AA==:    | SIGNED",
                "200 | image/jpeg               | Content-Digest   | sha-256=:AA==:| SIGNED",
                "200 | image/jpeg               | Repr-Digest      | sha-256=:AA==:| SIGNED",
            })
    void theHeadTellsWhetherAResponseMayBeTransformed(
            int status, String type, String name, String value, Bypass obstacle) {
        Fields fields = Fields.of("Content-Type", type);
        if (name != null) {
            fields = fields.plus(name, value);
        }
        assertThat(
                        Eligibility.obstacle(
                                        new ResponseHead(HttpVersion.HTTP_1_1, status, "", fields))
                                .orElse(null))
                .isEqualTo(obstacle);
    }
}
