package dev.vellum.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLineTest {

    @Test
    void membersComeInTheirOrderOnOneLine() {
        assertThat(
                        new JsonLine()
                                .add("a", "b")
                                .add("n", -5)
                                .add("t", true)
                                .addThousandths("ms", 12_034)
                                .end())
                .isEqualTo("{\"a\":\"b\",\"n\":-5,\"t\":true,\"ms\":12.034}\n");
        assertThat(new JsonLine().end()).isEqualTo("{}\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0022, \\\"",
        "005c, \\\\",
        "0000, \\u0000",
        "000a, \\u000a",
        "000d, \\u000d",
        "001b, \\u001b",
        "007f, \\u007f",
        "0085, \\u0085",
        "009b, \\u009b",
        "00e9, é",
        "2028, \\u2028",
        "2029, \\u2029",
        "d800, \\ud800",
        "dc00, \\udc00",
        "002f, /"
    })
    void whatCouldEndTheStringOrTheLineIsEscaped(String codeUnit, String written) {
        String value = "a" + (char) Integer.parseInt(codeUnit, 16) + "b";
        assertThat(new JsonLine().add("x", value).end())
                .isEqualTo("{\"x\":\"a" + written + "b\"}\n");
    }

    @Test
    void pairsOfSurrogatesStay() {
        assertThat(new JsonLine().add("x", "\ud83d\ude00").end())
                .isEqualTo("{\"x\":\"\ud83d\ude00\"}\n");
    }
}
