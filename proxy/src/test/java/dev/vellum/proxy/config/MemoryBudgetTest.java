package dev.vellum.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.units.ByteSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryBudgetTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // bodies 256 + 128 + 64 + 32, their copies 32, connections 64, the JVM 128, half of
                // 256
                // for pictures
                "2GiB | 512MiB | 544MiB | ''",
                "1344MiB | 512MiB | 544MiB | ''",
                "1343MiB | 512MiB | 544MiB | what there is",
                "2GiB | 512MiB | 543MiB | MaxDirectMemorySize",
            })
    void whatDoesNotAddUpIsTold(String limit, String heap, String direct, String fault) {
        MemoryBudget budget =
                MemoryBudget.of(
                        ProxyConfig.FORWARD,
                        ByteSize.parse(limit),
                        ByteSize.parse(heap),
                        ByteSize.parse(direct));
        if (fault.isEmpty()) {
            assertThat(budget.faults()).isEmpty();
        } else {
            assertThat(budget.faults()).singleElement().asString().contains(fault);
        }
    }

    @Test
    void theIndexOfTheDiskMustLeaveHalfOfTheHeap() {
        MemoryBudget budget =
                new MemoryBudget(
                        ByteSize.ofMib(4096),
                        ByteSize.ofMib(100),
                        ByteSize.ofMib(1000),
                        ByteSize.ofMib(1),
                        ByteSize.ofMib(1),
                        ByteSize.ofMib(1),
                        ByteSize.ofMib(1),
                        ByteSize.ofMib(1),
                        ByteSize.ofMib(51));
        assertThat(budget.faults()).singleElement().asString().contains("disk.index-bytes: 51MiB");
        assertThat(budget.text().lines()).allMatch(line -> line.startsWith("#"));
    }
}
