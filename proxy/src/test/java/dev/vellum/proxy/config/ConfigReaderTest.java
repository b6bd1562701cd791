package dev.vellum.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.access.Network;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.log.LogConfig;
import dev.vellum.proxy.origin.HealthConfig;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.ParentConfig;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.units.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("HOME", "/home/me", "SECRET", "sesame");
    private static final ConfigReader READER =
            new ConfigReader(ENVIRONMENT, Path.of("/etc/vellum"));
    private static final Path EXAMPLES = Path.of("..", "config");

    private static ProxyConfig read(String yaml) {
        return READER.read(yaml, "test.yaml").proxy();
    }

    @Test
    void nothingMeansAForwardProxyForThisMachineOnly() {
        ProxyConfig config = read("");
        assertThat(config.role()).isEqualTo(Hop.Role.FORWARD);
        assertThat(config.listen().host()).isEqualTo("127.0.0.1");
        assertThat(config.listen().port()).isEqualTo(3128);
        assertThat(config.admin().host()).isEqualTo("127.0.0.1");
        assertThat(config.admin().port()).isEqualTo(3129);
        assertThat(config.admin().tokenFile())
                .contains(Path.of("/home/me/.local/state/vellum/admin-token"));
        assertThat(config.access().allow())
                .containsExactly(Network.parse("127.0.0.0/8"), Network.parse("::1"));
        assertThat(config.destinations().allow()).isEmpty();
        assertThat(config.destinations().connectPorts()).containsExactly(443);
    }

    @Test
    void theForwardExampleSpellsOutEveryDefault() throws IOException {
        String example = Files.readString(EXAMPLES.resolve("forward.yaml"));
        Configuration standard = READER.read("", "test.yaml");
        assertThat(READER.read(example, "forward.yaml").proxy()).isEqualTo(standard.proxy());
        standard.yaml()
                .lines()
                .map(line -> line.strip().replaceFirst(":.*", ":"))
                .forEach(key -> assertThat(example).contains(key));
    }

    @Test
    void theEdgeExampleIsAnEdgeWithTheDefaultsItDoesNotName() {
        Configuration edge = ConfigReader.readFile(EXAMPLES.resolve("edge.yaml"), ENVIRONMENT);
        ProxyConfig config = edge.proxy();
        assertThat(config.role()).isEqualTo(Hop.Role.EDGE);
        assertThat(config.policy().targeted()).isTrue();
        assertThat(config.routes())
                .containsExactly(
                        new RouteConfig(
                                List.of("www.example.org", "*.img.example.org"),
                                List.of(
                                        OriginAddress.parse("http://127.0.0.1:9001"),
                                        OriginAddress.parse("http://127.0.0.1:9002")),
                                "",
                                HealthConfig.DEFAULT));
        assertThat(config.limits()).isEqualTo(read("").limits());
        assertThat(config.timeouts()).isEqualTo(read("").timeouts());
        assertThat(config.pool()).isEqualTo(read("").pool());
        assertThat(config.access().allow())
                .containsExactly(Network.parse("0.0.0.0/0"), Network.parse("::/0"));
        ProxyConfig bare = read("role: edge\nroutes: [{hosts: [a], origins: [\"http://a\"]}]\n");
        assertThat(bare.listen().host()).isEqualTo("0.0.0.0");
        assertThat(bare.listen().port()).isEqualTo(8080);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward.yaml", "edge.yaml", "client.yaml"})
    void whatIsPrintedReadsBackAsTheSame(String name) {
        Configuration read = ConfigReader.readFile(EXAMPLES.resolve(name), ENVIRONMENT);
        Configuration again = READER.read(read.yaml(), "printed");
        assertThat(again.proxy()).isEqualTo(read.proxy());
        assertThat(again.yaml()).isEqualTo(read.yaml());
    }

    @Test
    void valuesAreReadInTheirUnits() {
        ProxyConfig config =
                read(
                        """
                        limits: {header-bytes: 8KiB, slowest-rate: 1KiB}
                        timeouts: {stall: 250ms, tunnel-idle: 7d}
                        log: {access: logs/access.json, query: true}
                        parent: http://[::1]:3128
                        direct-without-parent: true
                        threads: 3
                        """);
        assertThat(config.limits().headerBytes()).isEqualTo(ByteSize.ofKib(8));
        assertThat(config.timeouts().stall()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.timeouts().tunnelIdle()).isEqualTo(Duration.ofDays(7));
        assertThat(config.log().access())
                .isEqualTo(new LogConfig.Access.File(Path.of("/etc/vellum/logs/access.json")));
        assertThat(config.parent())
                .isEqualTo(
                        Optional.of(
                                new ParentConfig(OriginAddress.parse("http://[::1]:3128"), true)));
        assertThat(config.threads()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "colour: red | test.yaml, line 1: colour (expected: one of access, admin, ",
                "limits: {header-bites: 1KiB} | test.yaml, line 1: limits.header-bites (expected: one of connections, ",
                "limits: {header-bytes: abc} | test.yaml, line 1: limits.header-bytes: \"abc\" (expected: a size such as 32KiB)",
                "limits: {header-bytes: 1B} | test.yaml, line 1: limits.header-bytes: ",
                "limits: {header-count: many} | test.yaml, line 1: limits.header-count: \"many\" (expected: a whole number)",
                "limits: [] | test.yaml, line 1: limits (expected: keys and values)",
                "limits: {header-count: [1]} | test.yaml, line 1: limits.header-count (expected: one value)",
                "timeouts: {stall: 5} | test.yaml, line 1: timeouts.stall: \"5\" (expected: a time such as 20s)",
                "timeouts: {stall: 0s} | test.yaml, line 1: timeouts.stall: ",
                "listen: {port: 70000} | test.yaml, line 1: listen.port: 70000 (expected: 0 to 65535)",
                "role: middle | test.yaml, line 1: role: \"middle\" (expected: forward, edge or client)",
                "role: client | test.yaml, line 1: parent (expected: a forward or edge proxy, for a client)",
                "codec: {effort: 10} | test.yaml, line 1: codec.effort: 10 (expected: 0 to 9)",
                "codec: {pins: [abc]} | test.yaml, line 1: codec.pins: \"abc\" (expected: 64 hex digits in lower case)",
                "codec: {quality-fine: 0} | test.yaml, line 1: codec.qualit",
                "role: edge | test.yaml, line 1: routes: [] (expected: at least one for an edge)",
                "access: {allow: [everyone]} | test.yaml, line 1: access.allow[0]: \"everyone\" (expected: a network such as 10.0.0.0/8 or fc00::/7)",
                "access: {allow: everyone} | test.yaml, line 1: access.allow (expected: a list)",
                "access: {users: [{name: a}]} | test.yaml, line 1: access.users[0].password (expected: one of password-file, password-env)",
                "access: {users: [{name: a, password: b}]} | test.yaml, line 1: access.users[0].password (expected: one of password-file, password-env)",
                "access: {users: [{name: a, password-env: NONE}]} | test.yaml, line 1: access.users[0].password-env: \"NONE\" (expected: an environment variable that is set)",
                "access: {users: [{name: 'a:b', password-env: SECRET}]} | test.yaml, line 1: access.users[0].name: \"a:b\" (expected: a name without a colon)",
                "destinations: {connect-ports: [0]} | test.yaml, line 1: destinations.connect-ports: 0 (expected: 1 to 65535)",
                "memory: {bytes: 1MiB} | test.yaml, line 1: memory.object-bytes: 16MiB (expected: <= bytes, 1MiB)",
                "caching: {heuristic-fraction: 2} | test.yaml, line 1: caching.heuristic-fraction: 2.0 (expected: 0 to 1)",
                "parent: proxy | test.yaml, line 1: parent: \"proxy\" (expected: an address such as http://127.0.0.1:8080)",
                "name: a b | test.yaml, line 1: name: \"a b\" (expected: a token such as vellum-1)",
                "log: {query: yes} | test.yaml, line 1: log.query: \"yes\" (expected: true or false)",
                "log: {access: ''} | test.yaml, line 1: log.access: \"\" (expected: off, stdout or a file)",
                "- a | test.yaml, line 1: the document (expected: keys and values)",
            })
    void whatIsWrongIsNamedWithItsPlaceAndWhatWasExpected(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void theLineIsTheOneOfTheValue() {
        assertThatThrownBy(
                        () -> read("name: a\n\nlimits:\n  header-count: 100\n  header-bytes: x\n"))
                .hasMessageStartingWith("test.yaml, line 5: limits.header-bytes: \"x\"");
        assertThatThrownBy(() -> read("limits:\n  header-count: 100\n  header-bytes: 1B\n"))
                .hasMessageStartingWith("test.yaml, line 3: limits.header-bytes: ");
    }

    @Test
    void aKeyMayComeOnlyOnce() {
        assertThatThrownBy(() -> read("name: a\nname: b\n"))
                .hasMessage("test.yaml, line 2: name (expected: each key once)");
    }

    @Test
    void whatIsNoYamlNamesTheFile() {
        assertThatThrownBy(() -> read("a: [b"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("test.yaml: ");
        assertThatThrownBy(() -> ConfigReader.readFile(Path.of("/none.yaml"), Map.of()))
                .hasMessage("/none.yaml (expected: a readable file)");
    }

    @Test
    void secretsAreReadButNeverPrinted(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("token"), "swordfish\n");
        Path file =
                Files.writeString(
                        folder.resolve("proxy.yaml"),
                        """
                        access:
                          users: [{name: alice, password-env: SECRET}]
                          tokens: [{name: phone, token-file: token}]
                        """);
        Configuration read = ConfigReader.readFile(file, ENVIRONMENT);
        assertThat(read.proxy().access().wantsCredentials()).isTrue();
        assertThat(
                        read.proxy()
                                .access()
                                .tokens()
                                .getFirst()
                                .secret()
                                .matches(new byte[] {'s', 'w', 'o', 'r', 'd', 'f', 'i', 's', 'h'}))
                .isTrue();
        assertThat(read.yaml()).contains("password-env: SECRET").contains("token-file: token");
        assertThat(read.yaml() + read.proxy()).doesNotContain("sesame").doesNotContain("swordfish");
    }
}
