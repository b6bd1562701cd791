package dev.vellum.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConnectorTest {

    private static List<InetSocketAddress> addresses(String... literals) {
        return Stream.of(literals)
                .map(literal -> new InetSocketAddress(InetAddress.ofLiteral(literal), 80))
                .toList();
    }

    @Test
    void familiesAlternateVersionSixFirst() {
        assertThat(Connector.interleave(addresses("1.1.1.1", "1.1.1.2", "::2", "::3", "::4")))
                .isEqualTo(addresses("::2", "1.1.1.1", "::3", "1.1.1.2", "::4"));
    }

    @Test
    void oneFamilyKeepsItsOrder() {
        assertThat(Connector.interleave(addresses("1.1.1.2", "1.1.1.1")))
                .isEqualTo(addresses("1.1.1.2", "1.1.1.1"));
    }
}
