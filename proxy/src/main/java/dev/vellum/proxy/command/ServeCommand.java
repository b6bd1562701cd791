package dev.vellum.proxy.command;

import dev.vellum.proxy.Proxy;
import dev.vellum.proxy.config.ProxyConfig;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** Runs the proxy until it is told to stop. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Runs the proxy; without a configuration a forward proxy for this machine.")
public final class ServeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    @Override
    public Integer call() throws IOException, InterruptedException {
        ProxyConfig config = ProxyConfig.FORWARD;
        CountDownLatch stopped = new CountDownLatch(1);
        Proxy proxy = Proxy.start(config);
        LOG.info(
                "{} proxy listening on {}:{}", config.role(), config.listen().host(), proxy.port());
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> drain(proxy, stopped), "vellum-drain"));
        stopped.await();
        return 0;
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
