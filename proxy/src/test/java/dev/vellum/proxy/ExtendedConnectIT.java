package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.limits.Timeouts;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket on a stream whose origin does not answer the key that we have sent. */
@Timeout(120)
class ExtendedConnectIT {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
                "Sec-WebSocket-Accept: \r\n"
            })
    void switchThatDoesNotProveItselfIsABadGateway(String accept) throws IOException {
        try (ScriptedOrigin origin =
                new ScriptedOrigin((request, wire) -> {
                    wire.send(
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                                    + "Upgrade: websocket\r\n"
                                    + accept
                                    + "\r\n");
                })) {
            ProxyRunner runner = ProxyRunner.edge(origin);
            runner.timeouts = Timeouts.DEFAULT;
            try (Proxy proxy = runner.start();
                    Http2Client client = Http2Client.open(proxy.port())) {
                client.headers(
                        1,
                        Http2Client.END_HEADERS,
                        ":method",
                        "CONNECT",
                        ":protocol",
                        "websocket",
                        ":scheme",
                        "http",
                        ":authority",
                        "example.test",
                        ":path",
                        "/chat",
                        "sec-websocket-version",
                        "13");
                assertThat(client.await(1).status).isEqualTo(502);
                assertThat(client.lives()).isTrue();
            }
        }
    }
}
