package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.store.purge.Purges;
import dev.vellum.proxy.store.shared.RedisTier;
import dev.vellum.proxy.store.shared.SharedConfig;
import dev.vellum.proxy.store.shared.SharedCounters;
import dev.vellum.proxy.units.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two proxies of a fleet, one Redis, and what becomes of requests while it comes and goes. */
class SharedStoreIT {

    private static final String FRESH = "Cache-Control: max-age=600\r\nSurrogate-Key: all\r\n";

    private static final AtomicInteger FRESH_NAMES = new AtomicInteger();

    @TempDir Path directory;

    private static ProxyRunner edge(ContentOrigin origin, SharedConfig shared) {
        ProxyRunner runner = new ProxyRunner();
        runner.routes.add(
                new dev.vellum.proxy.origin.RouteConfig(
                        List.of("example.test"), List.of(origin.address())));
        runner.shared = Optional.of(shared);
        return runner;
    }

    /** Patient, since the machine may be busy. */
    private static SharedConfig patient(RedisServer redis) {
        SharedConfig standard = SharedConfig.of(redis.address());
        return new SharedConfig(
                standard.servers(),
                false,
                "",
                Optional.empty(),
                "test",
                Duration.ofSeconds(5),
                standard.objectBytes(),
                standard.queueBytes(),
                standard.keep());
    }

    /** Waits until what the proxy fetches arrives in Redis: it is part of the fleet then. */
    private static void awaitMember(Proxy proxy, RedisServer... redis) throws Exception {
        long before = keys(redis);
        while (keys(redis) <= before) {
            RawClient.get(proxy.port(), "/member" + FRESH_NAMES.incrementAndGet() + "/100", "");
            Thread.sleep(50);
        }
    }

    private static long keys(RedisServer... redis) {
        long sum = 0;
        for (RedisServer each : redis) {
            sum += each.ask(commands -> commands.dbsize());
        }
        return sum;
    }

    /** Fetches something through one proxy, and waits until it is shared. */
    private static void share(Proxy proxy, String path, RedisServer... redis) throws Exception {
        long before = keys(redis);
        assertRight(path, RawClient.get(proxy.port(), path, ""));
        while (keys(redis) <= before) {
            Thread.sleep(10);
        }
    }

    private static Response assertRight(String path, Response response) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(Contents.isRight(path, response.body())).isTrue();
        return response;
    }

    @Test
    void whatOneProxyFetchedIsAHitOnTheOther() throws Exception {
        try (RedisServer redis = new RedisServer(directory);
                ContentOrigin origin = new ContentOrigin(FRESH);
                Proxy one = edge(origin, patient(redis)).start();
                Proxy other = edge(origin, patient(redis)).start()) {
            awaitMember(one, redis);
            awaitMember(other, redis);
            share(one, "/small/300", redis);
            share(one, "/large/400000", redis);
            int asked = origin.requests();
            for (String path : List.of("/small/300", "/large/400000")) {
                Response hit = assertRight(path, RawClient.get(other.port(), path, ""));
                assertThat(hit.field("Cache-Status")).startsWith("vellum;hit");
            }
            Response part = RawClient.get(other.port(), "/large/400000", "Range: bytes=0-63\r\n");
            assertThat(part.status()).isEqualTo(206);
            assertThat(origin.requests()).isEqualTo(asked);
        }
    }

    @Test
    void variantsAreToldApart() throws Exception {
        try (RedisServer redis = new RedisServer(directory);
                ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) ->
                                wire.respond(
                                        "200 OK",
                                        FRESH + "Vary: Accept-Language\r\n",
                                        "in " + request.field("Accept-Language")))) {
            ProxyRunner runner = ProxyRunner.edge(origin);
            runner.shared = Optional.of(patient(redis));
            try (Proxy one = runner.start();
                    Proxy other = runner.start()) {
                awaitMember(one, redis);
                awaitMember(other, redis);
                long before = keys(redis);
                RawClient.get(one.port(), "/a", "Accept-Language: de\r\n");
                RawClient.get(one.port(), "/a", "Accept-Language: fr\r\n");
                while (keys(redis) < before + 3) {
                    Thread.sleep(10);
                }
                int asked = origin.received().size();
                assertThat(RawClient.get(other.port(), "/a", "Accept-Language: fr\r\n").body())
                        .isEqualTo("in fr");
                assertThat(RawClient.get(other.port(), "/a", "Accept-Language: de\r\n").body())
                        .isEqualTo("in de");
                assertThat(origin.received()).hasSize(asked);
                assertThat(RawClient.get(other.port(), "/a", "Accept-Language: it\r\n").body())
                        .isEqualTo("in it");
            }
        }
    }

    @Test
    void aPurgeOnOneHoldsOnBothAndForWhatIsShared() throws Exception {
        try (RedisServer redis = new RedisServer(directory);
                ContentOrigin origin = new ContentOrigin(FRESH);
                Proxy one = edge(origin, patient(redis)).start();
                Proxy other = edge(origin, patient(redis)).start()) {
            awaitMember(one, redis);
            awaitMember(other, redis);
            share(one, "/a/300", redis);
            share(one, "/b/300", redis);
            RawClient.get(other.port(), "/a/300", "");
            int asked = origin.requests();
            other.purge(List.of(new Purge(Purge.tag("", "all"), false)));
            // what is purged is gone at once where it was purged, from memory and from Redis
            assertMiss(RawClient.get(other.port(), "/a/300", ""));
            assertMiss(RawClient.get(other.port(), "/b/300", ""));
            assertThat(origin.requests()).isEqualTo(asked + 2);
            // and on the other as soon as it has heard
            awaitHeard(one, redis);
            // only what was fetched after the purge may answer
            Response again = RawClient.get(one.port(), "/a/300", "");
            assertThat(again.status()).isEqualTo(200);
            assertThat(age(again))
                    .isLessThanOrEqualTo(age(RawClient.get(other.port(), "/a/300", "")) + 1);
        }
    }

    private static void assertMiss(Response response) {
        assertThat(response.field("Cache-Status")).contains("fwd=uri-miss");
    }

    private static int age(Response response) {
        String age = response.field("Age");
        return age.isEmpty() ? 0 : Integer.parseInt(age);
    }

    /** Waits until a proxy has applied all purges: what is purged after them is gone there. */
    private static void awaitHeard(Proxy proxy, RedisServer redis) throws Exception {
        String path = "/heard" + FRESH_NAMES.incrementAndGet() + "/100";
        share(proxy, path, redis);
        redis.ask(commands ->
                commands.xadd(
                        "test:purges",
                        java.util.Map.of(
                                "purge",
                                ("hard url http%3A%2F%2Fexample.test" + path.replace("/", "%2F"))
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        while (RawClient.get(proxy.port(), path, "").field("Cache-Status").contains(";hit")) {
            Thread.sleep(5);
        }
    }

    @Test
    void aFetchUnderWayElsewhereWhenItIsPurgedIsNotSharedAfterwards() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch purged = new CountDownLatch(1);
        try (RedisServer redis = new RedisServer(directory);
                ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            if (request.path().equals("/slow") && begun.getCount() > 0) {
                                begun.countDown();
                                purged.await();
                                wire.respond("200 OK", FRESH, "old");
                            } else {
                                wire.respond("200 OK", FRESH, "new");
                            }
                        })) {
            ProxyRunner runner = ProxyRunner.edge(origin);
            runner.shared = Optional.of(patient(redis));
            // long enough to hold the fetch back
            runner.timeouts =
                    new dev.vellum.proxy.limits.Timeouts(
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(5));
            try (Proxy one = runner.start();
                    Proxy other = runner.start();
                    RawClient early = new RawClient(one.port())) {
                awaitMember(one, redis);
                awaitMember(other, redis);
                early.send("GET /slow HTTP/1.1\r\nHost: example.test\r\n\r\n");
                begun.await();
                other.purge(List.of(new Purge(Purge.tag("", "all"), false)));
                purged.countDown();
                assertThat(early.response("GET").body()).isEqualTo("old");
                assertThat(RawClient.get(other.port(), "/slow", "").body()).isEqualTo("new");
            }
        }
    }

    @Test
    void stoppingAndStartingRedisUnderLoadFailsNoRequest() throws Exception {
        try (RedisServer redis = new RedisServer(directory);
                ContentOrigin origin = new ContentOrigin(FRESH);
                Proxy one = edge(origin, SharedConfig.of(redis.address())).start();
                Proxy other = edge(origin, SharedConfig.of(redis.address())).start()) {
            awaitMember(one, redis);
            awaitMember(other, redis);
            try (ClientLoad first = load(one.port(), 1);
                    ClientLoad second = load(other.port(), 100)) {
                for (int i = 0; i < 3; i++) {
                    first.awaitMore(300);
                    redis.stop();
                    first.awaitMore(300);
                    second.awaitMore(300);
                    redis.start();
                    second.awaitMore(300);
                }
                redis.signal("STOP");
                first.awaitMore(500);
                second.awaitMore(500);
                redis.signal("CONT");
                first.awaitMore(100);
                first.end();
                second.end();
                assertThat(first.failures()).isEmpty();
                assertThat(second.failures()).isEmpty();
            }
            awaitMember(one, redis);
            awaitMember(other, redis);
        }
    }

    @Test
    void aStalledRedisIsAskedAFewTimesAndThenNoMoreUntilItAnswers() throws Exception {
        SharedCounters counters = new SharedCounters();
        CacheKey key = new CacheKey("http", new Authority("example.test", 80), "/a");
        RequestHead request =
                new RequestHead(
                        "GET",
                        new RequestTarget.Absolute(
                                key.scheme(), key.authority(), key.pathAndQuery()),
                        HttpVersion.HTTP_1_1,
                        Fields.of());
        try (RedisServer redis = new RedisServer(directory);
                RedisTier tier =
                        RedisTier.open(
                                SharedConfig.of(redis.address()),
                                Purges.inMemory(InstantSource.system()),
                                Optional.empty(),
                                CachePolicy.EDGE,
                                counters)) {
            await(tier, true);
            redis.signal("STOP");
            List<Long> waited = new ArrayList<>();
            while (tier.answers()) {
                long start = System.nanoTime();
                CountDownLatch told = new CountDownLatch(1);
                tier.find(
                        key,
                        request,
                        found -> {
                            assertThat(found).isEmpty();
                            told.countDown();
                        });
                told.await();
                waited.add((System.nanoTime() - start) / 1_000_000);
            }
            System.out.println("waited for a stalled Redis, in ms: " + waited);
            assertThat(waited).hasSizeLessThanOrEqualTo(8);
            assertThat(counters.unanswered()).isLessThanOrEqualTo(waited.size());
            redis.signal("CONT");
            await(tier, true);
        }
    }

    private static void await(RedisTier tier, boolean answers) throws InterruptedException {
        while (tier.answers() != answers) {
            Thread.sleep(10);
        }
    }

    private static ClientLoad load(int port, long seed) {
        return new ClientLoad(
                port,
                4,
                seed,
                random -> "/r" + random.nextInt(100_000) / (1 + random.nextInt(1000)) + "/2000");
    }

    @Test
    void aPurgeWhileRedisIsAwayIsToldWhenItIsBack() throws Exception {
        try (RedisServer redis = new RedisServer(directory);
                ContentOrigin origin = new ContentOrigin(FRESH);
                Proxy one = edge(origin, patient(redis)).start();
                Proxy other = edge(origin, patient(redis)).start()) {
            awaitMember(one, redis);
            awaitMember(other, redis);
            share(one, "/a/300", redis);
            assertThat(RawClient.get(other.port(), "/a/300", "").field("Cache-Status"))
                    .contains(";hit");
            redis.stop();
            one.purge(List.of(new Purge(Purge.url("http://example.test/a/300"), false)));
            redis.start();
            while (RawClient.get(other.port(), "/a/300", "")
                    .field("Cache-Status")
                    .contains(";hit")) {
                Thread.sleep(20);
            }
        }
    }

    @Test
    void aDamagedValueIsAMiss() throws Exception {
        try (RedisServer redis = new RedisServer(directory);
                ContentOrigin origin = new ContentOrigin(FRESH);
                Proxy one = edge(origin, patient(redis)).start();
                Proxy other = edge(origin, patient(redis)).start()) {
            awaitMember(one, redis);
            awaitMember(other, redis);
            List<String> before = redis.ask(commands -> commands.keys("test:{*"));
            share(one, "/a/3000", redis);
            List<String> key = new ArrayList<>(redis.ask(commands -> commands.keys("test:{*")));
            key.removeAll(before);
            assertThat(key).hasSize(1);
            redis.ask(commands -> commands.setrange(key.getFirst(), 2000, new byte[] {0}));
            Response response = assertRight("/a/3000", RawClient.get(other.port(), "/a/3000", ""));
            assertThat(response.field("Cache-Status")).contains("fwd=uri-miss");
        }
    }

    @Test
    void whatIsOnDiskOutlivesAStartThatHearsOfOldPurgesAgain() throws Exception {
        try (RedisServer redis =
                        new RedisServer(Files.createDirectory(directory.resolve("redis")));
                ContentOrigin origin = new ContentOrigin(FRESH);
                Proxy other = edge(origin, patient(redis)).start()) {
            ProxyRunner runner = edge(origin, patient(redis));
            runner.disk = Optional.of(DiskConfig.of(directory.resolve("disk"), ByteSize.ofMib(64)));
            try (Proxy one = runner.start()) {
                awaitMember(one, redis);
                awaitMember(other, redis);
                other.purge(List.of(new Purge(Purge.tag("", "all"), false)));
                awaitHeard(one, redis);
                RawClient.get(one.port(), "/kept/300", "");
            }
            redis.ask(commands -> commands.del(commands.keys("test:{*").toArray(new String[0])));
            int asked = origin.requests();
            try (Proxy one = runner.start()) {
                awaitMember(one, redis);
                Response warm = RawClient.get(one.port(), "/kept/300", "");
                assertThat(warm.field("Cache-Status")).startsWith("vellum;hit");
            }
            assertThat(origin.requests()).isGreaterThan(asked);
        }
    }

    @Test
    void aClusterIsSharedToo() throws Exception {
        try (RedisServer a = member("a");
                RedisServer b = member("b");
                RedisServer c = member("c");
                ContentOrigin origin = new ContentOrigin(FRESH)) {
            form(a, b, c);
            SharedConfig standard = patient(a);
            SharedConfig shared =
                    new SharedConfig(
                            List.of(a.address(), b.address()),
                            true,
                            "",
                            Optional.empty(),
                            "test",
                            standard.deadline(),
                            standard.objectBytes(),
                            standard.queueBytes(),
                            standard.keep());
            try (Proxy one = edge(origin, shared).start();
                    Proxy other = edge(origin, shared).start()) {
                awaitMember(one, a, b, c);
                awaitMember(other, a, b, c);
                for (int i = 0; i < 20; i++) {
                    share(one, "/c" + i + "/500", a, b, c);
                }
                int asked = origin.requests();
                for (int i = 0; i < 20; i++) {
                    String path = "/c" + i + "/500";
                    assertRight(path, RawClient.get(other.port(), path, ""));
                }
                assertThat(origin.requests()).isEqualTo(asked);
                other.purge(List.of(new Purge(Purge.tag("", "all"), false)));
                assertMiss(RawClient.get(other.port(), "/c1/500", ""));
            }
        }
    }

    private RedisServer member(String name) throws IOException, InterruptedException {
        return new RedisServer(
                Files.createDirectory(directory.resolve(name)), "--cluster-enabled", "yes");
    }

    private static void form(RedisServer... members) throws InterruptedException {
        int share = 16_384 / members.length + 1;
        for (int i = 0; i < members.length; i++) {
            int first = i * share;
            int last = Math.min(16_384, first + share) - 1;
            int[] slots = java.util.stream.IntStream.rangeClosed(first, last).toArray();
            members[i].ask(commands -> commands.clusterAddSlots(slots));
            int to = members[0].port();
            if (i > 0) {
                members[i].ask(commands -> commands.clusterMeet("127.0.0.1", to));
            }
        }
        for (RedisServer member : members) {
            while (!member.ask(commands -> commands.clusterInfo()).contains("cluster_state:ok")
                    || !member.ask(commands -> commands.clusterInfo())
                            .contains("cluster_known_nodes:" + members.length)) {
                Thread.sleep(50);
            }
        }
    }
}
