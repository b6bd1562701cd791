package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.config.ProxyConfig;
import dev.vellum.proxy.origin.HealthConfig;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.PoolConfig;
import dev.vellum.proxy.origin.RouteConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which origin answers: failover, retries, health, pools, loops, and how it all stops. */
@Timeout(60)
class OriginsIT {

    private static OriginAddress closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new OriginAddress("http", "127.0.0.1", socket.getLocalPort());
        }
    }

    private static ProxyRunner edge(HealthConfig health, OriginAddress... origins) {
        ProxyRunner runner = new ProxyRunner();
        runner.routes.add(new RouteConfig(List.of("example.test"), List.of(origins), "", health));
        return runner;
    }

    @Test
    void originThatCannotBeReachedIsLeftForAnother() throws Exception {
        try (ScriptedOrigin good = ScriptedOrigin.always("Cache-Control: no-store\r\n", "good");
                Proxy proxy = edge(HealthConfig.DEFAULT, closedPort(), good.address()).start()) {
            for (int i = 0; i < 10; i++) {
                assertThat(RawClient.get(proxy.port(), "/" + i, "").body()).isEqualTo("good");
            }
            try (RawClient client = new RawClient(proxy.port())) {
                // nothing of it was sent anywhere, so even this may go to another
                assertThat(client.exchange("POST", "/", "", "data").body()).isEqualTo("good");
            }
        }
    }

    @Test
    void requestThatMayNotBeRepeatedIsNot() throws Exception {
        try (ScriptedOrigin breaking = new ScriptedOrigin((request, wire) -> wire.reset());
                Proxy proxy =
                        edge(HealthConfig.DEFAULT, breaking.address(), breaking.address()).start();
                RawClient client = new RawClient(proxy.port())) {
            Response response = client.exchange("POST", "/", "", "data");
            assertThat(response.status()).isEqualTo(502);
            assertThat(breaking.received()).hasSize(1);
        }
    }

    @Test
    void idempotentRequestIsRepeatedAtAnotherOrigin() throws Exception {
        try (ScriptedOrigin breaking = new ScriptedOrigin((request, wire) -> wire.reset());
                ScriptedOrigin good = ScriptedOrigin.always("Cache-Control: no-store\r\n", "good");
                Proxy proxy =
                        edge(HealthConfig.DEFAULT, breaking.address(), good.address()).start()) {
            for (int i = 0; i < 4; i++) {
                assertThat(RawClient.get(proxy.port(), "/" + i, "").body()).isEqualTo("good");
            }
            assertThat(breaking.received()).isNotEmpty();
        }
    }

    @Test
    void waitingConnectionThatTheOriginClosedIsReplacedUnnoticed() throws Exception {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            if (request.path().equals("/second") && request.connection() == 1) {
                                wire.socket().close();
                            } else {
                                wire.respond("200 OK", "", request.path());
                            }
                        });
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.exchange("GET", "/first", "", "");
            assertThat(client.exchange("GET", "/second", "", "").body()).isEqualTo("/second");
            assertThat(origin.connections()).isEqualTo(2);
        }
    }

    @Test
    void originThatFailsItsHealthCheckIsNotAskedUntilItIsWell() throws Exception {
        AtomicBoolean well = new AtomicBoolean();
        HealthConfig checks =
                new HealthConfig(
                        "/healthz",
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1),
                        2,
                        Duration.ofMinutes(5));
        try (ScriptedOrigin ill =
                        new ScriptedOrigin((request, wire) -> {
                            String status = well.get() ? "200 OK" : "500 No";
                            String kind = request.path().equals("/healthz") ? "check" : "ill";
                            wire.respond(status, "Cache-Control: no-store\r\n", kind);
                        });
                ScriptedOrigin good = ScriptedOrigin.always("Cache-Control: no-store\r\n", "good");
                Proxy proxy = edge(checks, ill.address(), good.address()).start()) {
            Thread.sleep(600);
            for (int i = 0; i < 10; i++) {
                assertThat(RawClient.get(proxy.port(), "/" + i, "").body()).isEqualTo("good");
            }
            well.set(true);
            Thread.sleep(400);
            int fromIll = 0;
            for (int i = 0; i < 10; i++) {
                fromIll += RawClient.get(proxy.port(), "/" + i, "").body().equals("ill") ? 1 : 0;
            }
            assertThat(fromIll).isEqualTo(5);
        }
    }

    @Test
    void requestsBeyondThePoolWaitForAConnection() throws Exception {
        ProxyRunner runner =
                ProxyRunner.edge(
                        new ScriptedOrigin((request, wire) -> {
                            Thread.sleep(50);
                            wire.respond(
                                    "200 OK",
                                    "Cache-Control: no-store\r\n",
                                    "" + request.connection());
                        }));
        runner.pool = new PoolConfig(2, 2, 100, 0);
        try (Proxy proxy = runner.start()) {
            List<CompletableFuture<String>> all = new java.util.ArrayList<>();
            for (int i = 0; i < 20; i++) {
                int number = i;
                all.add(
                        CompletableFuture.supplyAsync(
                                () -> {
                                    try {
                                        return RawClient.get(proxy.port(), "/" + number, "").body();
                                    } catch (IOException failed) {
                                        return failed.toString();
                                    }
                                },
                                task -> Thread.ofVirtual().start(task)));
            }
            for (CompletableFuture<String> one : all) {
                assertThat(one.get()).isIn("1", "2");
            }
        }
    }

    @Test
    void nameWithADeadAddressIsReachedByTheOther() throws Exception {
        ProxyRunner runner = ProxyRunner.forward();
        runner.resolver =
                host ->
                        CompletableFuture.completedFuture(
                                List.of(
                                        InetAddress.ofLiteral("127.0.0.3"),
                                        InetAddress.ofLiteral("127.0.0.1")));
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "reached");
                Proxy proxy = runner.start()) {
            String authority = "two.test:" + origin.port();
            Response response =
                    RawClient.get(
                            proxy.port(),
                            "http://" + authority + "/",
                            "Host: " + authority + "\r\n");
            assertThat(response.body()).isEqualTo("reached");
        }
    }

    @Test
    void unknownNameIsBadGateway() throws Exception {
        ProxyRunner runner = ProxyRunner.forward();
        runner.resolver =
                host -> CompletableFuture.failedFuture(new java.net.UnknownHostException(host));
        try (Proxy proxy = runner.start()) {
            Response response = RawClient.get(proxy.port(), "http://no.test/", "Host: no.test\r\n");
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("Proxy-Status")).isEqualTo("vellum;error=dns_error");
        }
    }

    @Test
    void requestThatHasPassedHereBeforeIsALoop() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "x");
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            Response response = RawClient.get(proxy.port(), "/", "CDN-Loop: other, vellum\r\n");
            assertThat(response.status()).isEqualTo(508);
            assertThat(origin.received()).isEmpty();
        }
    }

    @Test
    void unreachableOriginIsStoodInForByWhatIsStored() throws Exception {
        ScriptedOrigin origin =
                ScriptedOrigin.always(
                        "Cache-Control: max-age=0, stale-if-error=60\r\nETag: \"a\"\r\n", "old");
        try (Proxy proxy = ProxyRunner.edge(origin).start()) {
            RawClient.get(proxy.port(), "/", "");
            origin.close();
            Response response = RawClient.get(proxy.port(), "/", "");
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("old");
            assertThat(response.field("Cache-Status")).isEqualTo("vellum;fwd=stale");
        }
    }

    @Test
    void staleResponseIsServedWhileItIsRefreshed() throws Exception {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) ->
                                wire.respond(
                                        "200 OK",
                                        "Cache-Control: max-age=1, stale-while-revalidate=60\r\n",
                                        "version"));
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            RawClient.get(proxy.port(), "/", "");
            Thread.sleep(1500);
            Response stale = RawClient.get(proxy.port(), "/", "");
            assertThat(stale.field("Cache-Status")).startsWith("vellum;hit;ttl=-");
            for (int i = 0; i < 100 && origin.received().size() < 2; i++) {
                Thread.sleep(10);
            }
            Thread.sleep(100);
            assertThat(RawClient.get(proxy.port(), "/", "").field("Cache-Status"))
                    .isIn("vellum;hit;ttl=1", "vellum;hit;ttl=0");
            assertThat(origin.received()).hasSize(2);
        }
    }

    @Test
    void drainLetsRequestsUnderWayEndAndTakesNoMore() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                new ScriptedOrigin((request, wire) -> {
                    goOn.await(10, TimeUnit.SECONDS);
                    wire.respond("200 OK", "", "finished");
                })) {
            Proxy proxy = ProxyRunner.edge(origin).start();
            int port = proxy.port();
            try (RawClient idle = new RawClient(port);
                    RawClient client = new RawClient(port)) {
                client.sendHead("GET /", "Host: example.test");
                for (int i = 0; i < 200 && origin.received().isEmpty(); i++) {
                    Thread.sleep(10);
                }
                CompletableFuture<Boolean> drained =
                        CompletableFuture.supplyAsync(() -> {
                            try {
                                return proxy.drain();
                            } catch (InterruptedException stopped) {
                                return false;
                            }
                        });
                assertThat(idle.in().read()).isEqualTo(-1);
                assertThat(drained).isNotDone();
                goOn.countDown();
                Response response = client.response("GET");
                assertThat(response.body()).isEqualTo("finished");
                assertThat(response.field("Connection")).isEqualTo("close");
                assertThat(drained.get()).isTrue();
            }
            try {
                new RawClient(port).close();
                org.assertj.core.api.Assertions.fail("connected (expected: a closed port)");
            } catch (IOException refused) {
                assertThat(refused).hasMessageContaining("refused");
            }
        }
    }

    @Test
    void twoProxiesThatChooseTheirNamesThemselvesMakeAChain() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("Cache-Control: no-store\r\n", "far")) {
            ProxyRunner runner = ProxyRunner.forward();
            runner.name = ProxyConfig.OWN_NAME;
            try (Proxy parent = runner.start()) {
                runner.parent = Optional.of(new OriginAddress("http", "127.0.0.1", parent.port()));
                try (Proxy child = runner.start();
                        RawClient client = new RawClient(child.port())) {
                    String target = "http://127.0.0.1:" + origin.port() + "/";
                    String host = "Host: 127.0.0.1:" + origin.port() + "\r\n";
                    Response response = client.exchange("GET", target, host, "");
                    assertThat(response.status()).isEqualTo(200);
                    assertThat(response.body()).isEqualTo("far");
                    assertThat(origin.received().getFirst().head().lines())
                            .filteredOn(line -> line.matches("(?i)via: 1.1 vellum-[0-9a-f]{8}"))
                            .doesNotHaveDuplicates()
                            .hasSize(2);
                }
            }
        }
    }
}
