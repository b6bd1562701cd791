package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.access.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Load balancers that say whom they speak for. */
@Timeout(60)
class ProxyProtocolIT {

    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

    private static ProxyRunner behindBalancer(ScriptedOrigin origin) {
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.proxyProtocol = List.of(Network.parse("127.0.0.0/8"));
        // the addresses that balancers tell of here
        runner.clients =
                List.of(
                        Network.parse("127.0.0.0/8"),
                        Network.parse("192.0.2.0/24"),
                        Network.parse("2001:db8::/32"));
        return runner;
    }

    /** What the origin is told of the client, when the connection begins so. */
    private static String client(byte[] header) throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always("Cache-Control: no-store\r\n", "ok");
                Proxy proxy = behindBalancer(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            try {
                for (byte each : header) {
                    client.socket().getOutputStream().write(each);
                }
                client.exchange("GET", "/", "", "");
            } catch (IOException closed) {
                return "closed";
            }
            return origin.received().getFirst().field("X-Forwarded-For");
        }
    }

    private static byte[] text(String line) {
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] binary(int command, int family, byte[] rest) {
        return ByteBuffer.allocate(16 + rest.length)
                .put(SIGNATURE)
                .put((byte) command)
                .put((byte) family)
                .putShort((short) rest.length)
                .put(rest)
                .array();
    }

    private static byte[] addresses(String source, String target) {
        byte[] from = InetAddress.ofLiteral(source).getAddress();
        return ByteBuffer.allocate(2 * from.length + 4)
                .put(from)
                .put(InetAddress.ofLiteral(target).getAddress())
                .putShort((short) 1234)
                .putShort((short) 80)
                .array();
    }

    @Test
    void clientIsWhomTheBalancerNames() throws IOException {
        assertThat(client(text("PROXY TCP4 192.0.2.7 192.0.2.1 1234 80\r\n")))
                .isEqualTo("192.0.2.7");
        assertThat(client(text("PROXY TCP6 2001:db8::7 2001:db8::1 1234 80\r\n")))
                .isEqualTo("2001:db8:0:0:0:0:0:7");
        assertThat(client(binary(0x21, 0x11, addresses("192.0.2.8", "192.0.2.1"))))
                .isEqualTo("192.0.2.8");
        assertThat(client(binary(0x21, 0x21, addresses("2001:db8::8", "2001:db8::1"))))
                .isEqualTo("2001:db8:0:0:0:0:0:8");
    }

    @Test
    void balancerMaySpeakForItself() throws IOException {
        assertThat(client(text("PROXY UNKNOWN\r\n"))).isEqualTo("127.0.0.1");
        assertThat(client(binary(0x20, 0, new byte[0]))).isEqualTo("127.0.0.1");
        assertThat(client(binary(0x21, 0x31, new byte[216]))).isEqualTo("127.0.0.1");
    }

    @Test
    void whatIsToldBesidesIsLeftAlone() throws IOException {
        byte[] more = new byte[12 + 300];
        System.arraycopy(addresses("192.0.2.9", "192.0.2.1"), 0, more, 0, 12);
        assertThat(client(binary(0x21, 0x11, more))).isEqualTo("192.0.2.9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "PROXY TCP4 192.0.2.7 192.0.2.1 1234\r\n",
                "PROXY TCP4 example.test 192.0.2.1 1234 80\r\n",
                "PROXY TCP4 192.0.2.7 192.0.2.1 99999 80\r\n",
                "PROXY TCP6 192.0.2.7 192.0.2.1 1234 80\r\n",
                "PROXY UDP4 192.0.2.7 192.0.2.1 1234 80\r\n",
                "PROXY TCP4 192.0.2.7 192.0.2.1 1234 80\n",
                "proxy TCP4 192.0.2.7 192.0.2.1 1234 80\r\n",
            })
    void whatIsNoHeaderIsClosed(String header) throws IOException {
        assertThat(client(text(header))).isEqualTo("closed");
    }

    @Test
    void binaryHeaderThatIsNoneIsClosed() throws IOException {
        assertThat(client(binary(0x11, 0x11, addresses("192.0.2.8", "192.0.2.1"))))
                .isEqualTo("closed");
        assertThat(client(binary(0x21, 0x11, new byte[5]))).isEqualTo("closed");
        assertThat(client(binary(0x21, 0x11, new byte[5000]))).isEqualTo("closed");
    }

    @Test
    void nobodyElseMaySayWhoTheyAre() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "");
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("PROXY TCP4 192.0.2.7 192.0.2.1 1234 80\r\n");
            assertThat(client.exchange("GET", "/", "", "").status()).isEqualTo(400);
        }
    }
}
