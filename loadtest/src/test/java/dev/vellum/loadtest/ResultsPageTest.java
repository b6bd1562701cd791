package dev.vellum.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsPageTest {

    @Test
    void showsWhatWasMeasuredWhereAndHow() {
        String page =
                ResultsPage.of(
                        List.of(
                                "note\tflags\t-b 20480 <quiet>",
                                "hits\tvellum\t30000",
                                "hits\tnginx\t25000",
                                "latency\tvellum\t100\t200\t300\t400\t500\t600"));

        assertThat(page)
                .contains("-b 20480 &lt;quiet>")
                .contains("width=440 height=16 fill=#2a6")
                .contains("width=367 height=16 fill=#9ab")
                .contains("<th>p99.9")
                .contains("<td>100<td>200<td>300<td>400<td>500<td>600");
    }

    @Test
    void aLineThatIsNoResultIsRefusedByName() {
        assertThatThrownBy(() -> ResultsPage.of(List.of("hit\tvellum\t1")))
                .hasMessageContaining("hit\tvellum\t1 (expected: note, hits or latency)");
    }
}
