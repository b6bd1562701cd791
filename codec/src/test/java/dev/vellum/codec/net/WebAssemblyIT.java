package dev.vellum.codec.net;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.Manifest;
import dev.vellum.codec.model.ModelHash;
import dev.vellum.codec.samples.GoldenFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The graphs of a model give the same in ONNX Runtime's WebAssembly build under Node.js as here.
 * {@code -Dvellum.model=FILE.vlmd} takes another model than the sample.
 */
class WebAssemblyIT {

    private static final Path WEB = Path.of("web");
    private static final int ROWS = 3;
    private static final int COLUMNS = 5;

    @TempDir private Path folder;

    private final Random random = new Random(6);
    private final List<String> jobs = new ArrayList<>();
    private final List<String> expected = new ArrayList<>();

    @Test
    void everyGraphGivesTheSame() throws Exception {
        String file = System.getProperty("vellum.model");
        DecoderFile model =
                DecoderFile.read(
                        file == null
                                ? GoldenFiles.bytes("sample.vlmd")
                                : Files.readAllBytes(Path.of(file)));
        try (Workspace workspace = new Workspace()) {
            hyper(model, workspace);
            for (int pass = 1; pass < model.manifest().passes().size(); pass++) {
                context(model, pass, workspace);
            }
            synthesis(model, workspace);
        }
        Path job = folder.resolve("job.json");
        Files.writeString(job, jobs.stream().collect(Collectors.joining(",", "[", "]")));

        run("./fetch");

        for (String threads : new String[] {"1", "2"}) {
            assertThat(run("node", "graphs.mjs", job.toString(), threads).lines())
                    .as("%s threads", threads)
                    .containsExactlyElementsOf(expected);
        }
    }

    private void hyper(DecoderFile model, Workspace workspace) throws Exception {
        Manifest manifest = model.manifest();
        int first = manifest.groups().getFirst();
        run(
                model,
                DecoderFile.HYPER,
                List.of(
                        bytes(workspace, "z", 1, manifest.hyperChannels(), ROWS, COLUMNS),
                        bias(workspace, manifest.hyperBiasChannels())),
                List.of(
                        workspace.tensor(
                                "features",
                                OnnxJavaType.UINT8,
                                1,
                                manifest.featureChannels(),
                                4 * ROWS,
                                4 * COLUMNS),
                        workspace.tensor(
                                "raw", OnnxJavaType.INT32, 1, 4 * ROWS, 4 * COLUMNS, 2L * first)));
    }

    private void context(DecoderFile model, int pass, Workspace workspace) throws Exception {
        Manifest manifest = model.manifest();
        int channels = manifest.groups().get(manifest.passes().get(pass).group());
        run(
                model,
                manifest.passes().get(pass).graph(),
                List.of(
                        bytes(workspace, "features", 1, manifest.featureChannels(), ROWS, COLUMNS),
                        bytes(
                                workspace,
                                "context",
                                1,
                                manifest.contextChannels(pass),
                                ROWS,
                                COLUMNS)),
                List.of(
                        workspace.tensor(
                                "raw", OnnxJavaType.INT32, 1, ROWS, COLUMNS, 2L * channels)));
    }

    private void synthesis(DecoderFile model, Workspace workspace) throws Exception {
        int channels = model.manifest().latentChannels();
        List<Tensor> inputs = new ArrayList<>();
        for (String name : List.of("coarse", "fine", "high", "low")) {
            inputs.add(bytes(workspace, name, 1, channels, ROWS, COLUMNS));
        }
        run(
                model,
                DecoderFile.SYNTHESIS,
                inputs.subList(0, 2),
                List.of(
                        workspace.tensor(
                                "residual", OnnxJavaType.UINT8, 1, 2 * ROWS, 2 * COLUMNS, 192)));
        run(
                model,
                DecoderFile.LINEAR,
                inputs.subList(2, 4),
                List.of(
                        workspace.tensor("linear-high", OnnxJavaType.INT32, 1, ROWS, COLUMNS, 768),
                        workspace.tensor("linear-low", OnnxJavaType.INT32, 1, ROWS, COLUMNS, 768)));
    }

    private Tensor bytes(Workspace workspace, String name, long... shape) {
        Tensor tensor = workspace.tensor(name, OnnxJavaType.UINT8, shape);
        byte[] content = new byte[(int) tensor.count()];
        random.nextBytes(content);
        tensor.put(0, content, 0, content.length);
        return tensor;
    }

    private Tensor bias(Workspace workspace, int count) {
        Tensor tensor = workspace.tensor("bias", OnnxJavaType.INT32, count);
        tensor.put(0, random.ints(count, -5000, 5000).toArray(), 0, count);
        return tensor;
    }

    /** Runs a graph here, and writes down the job for Node.js. */
    private void run(DecoderFile model, String name, List<Tensor> inputs, List<Tensor> outputs)
            throws Exception {
        Set<String> in = inputs.stream().map(Tensor::name).collect(Collectors.toSet());
        Set<String> out = outputs.stream().map(Tensor::name).collect(Collectors.toSet());
        Files.write(folder.resolve(name), model.graph(name));
        List<String> described = new ArrayList<>();
        for (Tensor tensor : inputs) {
            String file = name + "-" + tensor.name();
            Files.write(folder.resolve(file), content(tensor));
            described.add(
                    "{\"name\":\"%s\",\"type\":\"%s\",\"dims\":%s,\"file\":\"%s\"}"
                            .formatted(
                                    tensor.name(),
                                    tensor.elementBytes() == 1 ? "uint8" : "int32",
                                    tensor.shape(),
                                    file));
        }
        jobs.add(
                "{\"graph\":\"%s\",\"inputs\":%s,\"outputs\":%s}"
                        .formatted(
                                name,
                                described,
                                outputs.stream().map(t -> '"' + t.name() + '"').toList()));
        try (Graph graph =
                Graph.load(
                        GraphPurpose.DECODING,
                        name,
                        () -> model.graph(name),
                        in,
                        out,
                        Execution.DEFAULT)) {
            graph.run(inputs, outputs, Graph.Scratch.RELEASED);
        }
        for (Tensor tensor : outputs) {
            String hash = ModelHash.of(content(tensor)).hex();
            expected.add(name + " " + tensor.name() + " " + hash);
        }
    }

    private static byte[] content(Tensor tensor) {
        int count = (int) tensor.count();
        if (tensor.elementBytes() == 1) {
            byte[] content = new byte[count];
            tensor.get(0, content, 0, count);
            return content;
        }
        int[] content = new int[count];
        tensor.get(0, content, 0, count);
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(content);
        return bytes.array();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .directory(WEB.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return output;
    }
}
