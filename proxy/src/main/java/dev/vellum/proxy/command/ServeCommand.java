package dev.vellum.proxy.command;

import com.sun.management.OperatingSystemMXBean;
import dev.vellum.proxy.Proxy;
import dev.vellum.proxy.config.ConfigException;
import dev.vellum.proxy.config.ConfigReader;
import dev.vellum.proxy.config.Configuration;
import dev.vellum.proxy.config.MemoryBudget;
import dev.vellum.proxy.config.ProxyConfig;
import dev.vellum.proxy.units.ByteSize;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the proxy until it is told to stop. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the proxy; without a configuration a forward proxy for this machine.",
            "SIGHUP reads the configuration again; an invalid one changes nothing. SIGTERM lets"
                    + " requests under way end."
        })
public final class ServeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration, in YAML.")
    private @Nullable Path file;

    @Option(
            names = "--print-config",
            description = "Prints what would hold, defaults too, and does not start.")
    private boolean print;

    @Override
    public Integer call() throws InterruptedException {
        try {
            Configuration configuration = read();
            MemoryBudget budget = budget(configuration.proxy());
            if (print) {
                System.out.print(configuration.yaml());
                System.out.print(budget.text());
            }
            if (!budget.faults().isEmpty()) {
                budget.faults().forEach(fault -> System.err.println("vellum: " + fault));
                return 1;
            }
            if (!print) {
                serve(configuration.proxy());
            }
            return 0;
        } catch (ConfigException | IOException refused) {
            System.err.println("vellum: " + refused.getMessage());
            return 1;
        }
    }

    private Configuration read() {
        return file == null
                ? new ConfigReader(System.getenv(), Path.of("")).read("", "defaults")
                : ConfigReader.readFile(file, System.getenv());
    }

    /** The limit is the container's, where there is one. */
    private static MemoryBudget budget(ProxyConfig config) {
        long limit =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize();
        return MemoryBudget.of(
                config,
                ByteSize.ofBytes(limit),
                ByteSize.ofBytes(Runtime.getRuntime().maxMemory()),
                ByteSize.ofBytes(PlatformDependent.maxDirectMemory()));
    }

    private void serve(ProxyConfig config) throws IOException, InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Proxy proxy = Proxy.start(config);
        LOG.info(
                "{} proxy listening on {}:{}, admin on {}:{}",
                config.role().name().toLowerCase(Locale.ROOT),
                config.listen().host(),
                proxy.port(),
                config.admin().host(),
                proxy.adminPort());
        Hangup.onEach(() -> proxy.reload(() -> read().proxy()));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> drain(proxy, stopped), "vellum-drain"));
        stopped.await();
    }

    /** On SIGTERM and SIGINT. */
    private static void drain(Proxy proxy, CountDownLatch stopped) {
        LOG.info("draining");
        try {
            LOG.info(proxy.drain() ? "drained" : "stopped with requests under way");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            stopped.countDown();
        }
    }
}
