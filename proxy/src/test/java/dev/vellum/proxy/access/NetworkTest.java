package dev.vellum.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,      10.0.0.0,               true",
        "10.0.0.0/8,      10.255.255.255,         true",
        "10.0.0.0/8,      11.0.0.0,               false",
        "10.0.0.0/8,      9.255.255.255,          false",
        "100.64.0.0/10,   100.127.255.255,        true",
        "100.64.0.0/10,   100.128.0.0,            false",
        "0.0.0.0/0,       255.255.255.255,        true",
        "0.0.0.0/0,       ::1,                    false",
        "::/0,            2001:db8::1,            true",
        "::/0,            1.2.3.4,                false",
        "192.0.2.1,       192.0.2.1,              true",
        "192.0.2.1,       192.0.2.2,              false",
        "128.0.0.0/1,     128.0.0.0,              true",
        "128.0.0.0/1,     127.255.255.255,        false",
        "fc00::/7,        fdff::1,                true",
        "fc00::/7,        fe00::1,                false",
        "2001:db8::/64,   2001:db8::ffff,         true",
        "2001:db8::/64,   2001:db8:0:1::,         false",
        "2001:db8::/65,   2001:db8::7fff:0:0:0,   true",
        "2001:db8::/65,   2001:db8::8000:0:0:0,   false",
        "::1,             ::1,                    true",
        "::1,             ::2,                    false",
    })
    void holdsTheAddressesThatShareItsPrefix(String network, String address, boolean inside) {
        assertThat(Network.parse(network).contains(InetAddress.ofLiteral(address)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "10.0/16",
                "127.1",
                "0x7f.0.0.1",
                "2130706433",
                "256.0.0.0",
                "1.2.3.4.5",
                "1.2.3.4/",
                "1.2.3.4/33",
                "1.2.3.4/-1",
                "1.2.3.4/+8",
                "1.2.3.4/08",
                "::/129",
                "10.0.0.1/8",
                "fe80::1%eth0",
                "[::1]",
                "localhost",
                "1.2.3.4 ",
                "::g",
                "fc00::1/7"
            })
    void anythingElseIsRefusedAndQuoted(String text) {
        assertThatThrownBy(() -> Network.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith('"' + text + "\" (expected: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "192.0.2.1/32", "fc00:0:0:0:0:0:0:0/7"})
    void isWrittenInTheFormThatIsRead(String text) {
        assertThat(Network.parse(text)).hasToString(text);
    }

    @Test
    void aMappedAddressIsNotInTheBlockOfItsVersionFourPart() {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        mapped[12] = 10;
        assertThat(Network.parse("10.0.0.0/8").contains(mapped)).isFalse();
    }
}
