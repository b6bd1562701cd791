package dev.vellum.proxy.command;

import dev.vellum.proxy.admin.AdminConfig;
import dev.vellum.proxy.config.ConfigReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Asks a running proxy, on its admin port, to let go of stored responses. */
@Command(
        name = "purge",
        mixinStandardHelpOptions = true,
        description = {
            "Lets a running proxy forget stored responses, for good once this returns.",
            "The proxy is found by its configuration; without one, the default admin port is used.",
        })
public final class PurgeCommand implements Callable<Integer> {

    @Option(names = "--config", paramLabel = "FILE", description = "The proxy's configuration.")
    private @Nullable Path file;

    @Option(names = "--url", paramLabel = "URL", description = "A resource, all its variants.")
    private List<String> urls = List.of();

    @Option(names = "--prefix", paramLabel = "URL", description = "All URLs that start so.")
    private List<String> prefixes = List.of();

    @Option(
            names = "--tag",
            paramLabel = "NAME",
            description = "All whose Surrogate-Key or Cache-Tag lists the name.")
    private List<String> tags = List.of();

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "All whose Cache-Groups lists the name.")
    private List<String> groups = List.of();

    @Option(
            names = "--model",
            paramLabel = "HASH",
            description = "Latents of a model: SHA-256 of its decoder's file.")
    private List<String> models = List.of();

    @Option(
            names = "--source",
            paramLabel = "SHA-256",
            description = "All with these bytes, and what was made of them.")
    private List<String> sources = List.of();

    @Option(
            names = "--origin",
            paramLabel = "URL",
            description = "Bounds tags and groups to a scheme and host.")
    private String origin = "";

    @Option(names = "--everything", description = "All there are.")
    private boolean everything;

    @Option(names = "--soft", description = "Keep them, but ask the origin before their next use.")
    private boolean soft;

    @Override
    public Integer call() throws IOException, InterruptedException {
        AdminConfig admin =
                (file == null
                                ? new ConfigReader(System.getenv(), Path.of(""))
                                        .read("", "defaults")
                                : ConfigReader.readFile(file, System.getenv()))
                        .proxy()
                        .admin();
        Path tokenFile =
                admin.tokenFile()
                        .orElseThrow(() -> new IOException("admin.token-file (expected: a file)"));
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address(admin) + "/purge?" + query()))
                        .timeout(Duration.ofSeconds(30))
                        .header("Authorization", "Bearer " + Files.readString(tokenFile).strip())
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<String> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            boolean done = answer.statusCode() == 200;
            (done ? System.out : System.err).print(answer.body());
            return done ? 0 : 1;
        }
    }

    private static String address(AdminConfig admin) {
        String host = admin.host().equals("0.0.0.0") ? "127.0.0.1" : admin.host();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + admin.port();
    }

    private String query() {
        List<String> parameters = new ArrayList<>();
        urls.forEach(url -> parameters.add("url=" + encode(url)));
        prefixes.forEach(prefix -> parameters.add("prefix=" + encode(prefix)));
        tags.forEach(tag -> parameters.add("tag=" + encode(tag)));
        groups.forEach(group -> parameters.add("group=" + encode(group)));
        models.forEach(model -> parameters.add("model=" + encode(model)));
        sources.forEach(source -> parameters.add("source=" + encode(source)));
        if (everything) {
            parameters.add("everything=true");
        }
        parameters.add("origin=" + encode(origin));
        parameters.add("soft=" + soft);
        return String.join("&", parameters);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
