package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.tls.CertificateFiles;
import dev.vellum.proxy.tls.TlsConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartIT {

    @TempDir Path folder;

    @Test
    void whereThePartThatStartsLastFailsNothingStaysOpen() throws InterruptedException {
        ProxyRunner runner = ProxyRunner.forward();
        runner.tls =
                Optional.of(
                        new TlsConfig(
                                0,
                                List.of(
                                        new CertificateFiles(
                                                folder.resolve("no.pem"),
                                                folder.resolve("no.key")))));
        Set<Thread> before = Thread.getAllStackTraces().keySet();

        assertThatThrownBy(runner::start).isInstanceOf(IOException.class);

        for (int i = 0; i < 600 && !begunSince(before).isEmpty(); i++) {
            Thread.sleep(50);
        }
        // a loop that has ended has closed its ports
        assertThat(begunSince(before)).isEmpty();
    }

    private static List<String> begunSince(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("vellum-"))
                .toList();
    }
}
