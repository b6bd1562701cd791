package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;
import dev.vellum.proxy.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files for those who run the proxy speak of metrics that it has. */
class OperationFilesIT {

    private static final Path CONFIG = Path.of("..", "config");
    private static final Pattern METRIC = Pattern.compile("\\b(?:vellum|jvm|process)_[a-z_]+\\b");

    @TempDir Path folder;

    private static Set<String> metricsIn(String text) {
        Set<String> names = new TreeSet<>();
        Matcher found = METRIC.matcher(text);
        while (found.find()) {
            names.add(found.group());
        }
        return names;
    }

    /** Names of all metrics of a proxy that has every store. */
    private Set<String> metrics() throws IOException {
        String yaml =
                """
                listen: {port: 0}
                admin: {port: 0, token-file: token}
                disk: {directory: disk, bytes: 64MiB}
                shared: {servers: ["redis://127.0.0.1:1"]}
                log: {access: off}
                """;
        ConfigReader reader = new ConfigReader(Map.of("HOME", folder.toString()), folder);
        try (Proxy proxy = Proxy.start(reader.read(yaml, "test.yaml").proxy());
                RawClient client = new RawClient(proxy.adminPort())) {
            String token = Files.readString(folder.resolve("token")).strip();
            String fields = "Host: localhost\r\nAuthorization: Bearer " + token + "\r\n";
            String text = client.exchange("GET", "/metrics", fields, "").body();
            Set<String> names = new TreeSet<>();
            text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> names.add(line.split("[{ ]", 2)[0]));
            return names;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"alerts.yaml", "dashboard.json"})
    void everyMetricThatAFileNamesExists(String file) throws IOException {
        String text = Files.readString(CONFIG.resolve(file));
        // JSON is YAML, too
        assertThat(new Load(LoadSettings.builder().build()).loadFromString(text)).isNotNull();
        assertThat(metricsIn(text)).hasSizeGreaterThan(5).isSubsetOf(metrics());
    }

    @Test
    void theReadmeNamesEveryMetricAndNoOther() throws IOException {
        Set<String> named = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            if (line.startsWith("| `vellum_")) {
                named.addAll(metricsIn(line.split("\\|", -1)[1]));
            }
        }
        Set<String> present = new TreeSet<>();
        for (String name : metrics()) {
            if (name.startsWith("vellum_")) {
                present.add(name.replaceFirst("_(bucket|sum|count)$", ""));
            }
        }
        assertThat(named).containsExactlyElementsOf(present);
    }

    @Test
    void theLoggingConfigurationIsOne() throws JoranException {
        LoggerContext context = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(CONFIG.resolve("logging.xml").toFile());
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .noneMatch(status -> status.getLevel() >= Status.WARN);
        assertThat(context.getLogger("io.lettuce.core").isInfoEnabled()).isFalse();
        context.stop();
    }
}
