package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.units.ByteSize;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much one client may have open. */
@Timeout(60)
class LimitsIT {

    private static Limits limits(int connections, int requests, int requestsPerConnection) {
        return new Limits(
                ByteSize.ofKib(32),
                128,
                ByteSize.ofMib(1),
                ByteSize.ofMib(1),
                1000,
                connections,
                requests,
                requestsPerConnection,
                ByteSize.ofBytes(64));
    }

    @Test
    void connectionTooManyIsClosedAndAnotherMayComeWhenOneEnds() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "x")) {
            ProxyRunner runner = ProxyRunner.edge(origin);
            runner.limits = limits(2, 100, 100);
            try (Proxy proxy = runner.start();
                    RawClient first = new RawClient(proxy.port())) {
                RawClient second = new RawClient(proxy.port());
                assertThat(first.exchange("GET", "/", "", "").status()).isEqualTo(200);
                assertThat(second.exchange("GET", "/", "", "").status()).isEqualTo(200);
                try (RawClient third = new RawClient(proxy.port())) {
                    assertThat(third.in().read()).isEqualTo(-1);
                }
                second.close();
                for (int i = 0; i < 200 && proxy.connections() > 1; i++) {
                    Thread.sleep(10);
                }
                assertThat(RawClient.get(proxy.port(), "/", "").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void requestTooManyAtOnceIsAnswered429() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                new ScriptedOrigin((request, wire) -> {
                    goOn.await(10, TimeUnit.SECONDS);
                    wire.respond("200 OK", "", "x");
                })) {
            ProxyRunner runner = ProxyRunner.edge(origin);
            runner.limits = limits(100, 1, 100);
            try (Proxy proxy = runner.start();
                    RawClient first = new RawClient(proxy.port())) {
                first.sendHead("GET /", "Host: example.test");
                for (int i = 0; i < 200 && origin.received().isEmpty(); i++) {
                    Thread.sleep(10);
                }
                Response refused = RawClient.get(proxy.port(), "/", "");
                assertThat(refused.status()).isEqualTo(429);
                assertThat(refused.field("Proxy-Status"))
                        .isEqualTo("vellum;error=http_request_denied");
                goOn.countDown();
                assertThat(first.response("GET").status()).isEqualTo(200);
                assertThat(first.exchange("GET", "/again", "", "").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void connectionEndsWithItsLastRequest() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "x")) {
            ProxyRunner runner = ProxyRunner.edge(origin);
            runner.limits = limits(100, 100, 2);
            try (Proxy proxy = runner.start();
                    RawClient client = new RawClient(proxy.port())) {
                assertThat(client.exchange("GET", "/", "", "").field("Connection")).isEmpty();
                assertThat(client.exchange("GET", "/", "", "").field("Connection"))
                        .isEqualTo("close");
                assertThat(client.in().read()).isEqualTo(-1);
            }
        }
    }
}
