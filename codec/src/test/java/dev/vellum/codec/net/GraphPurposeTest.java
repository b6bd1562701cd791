package dev.vellum.codec.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.vellum.codec.CodecException;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.samples.SampleModel;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraphPurposeTest {

    @Test
    void aModelOfFullSizeIsWithinTheLimits() {
        SampleModel.Files files = SampleModel.of(SampleModel.FULL);
        for (String name :
                new String[] {
                    DecoderFile.HYPER,
                    "pass2",
                    "pass3",
                    "pass4",
                    DecoderFile.SYNTHESIS,
                    DecoderFile.LINEAR
                }) {
            assertThatCode(() -> GraphPurpose.DECODING.check(name, files.decoder().graph(name)))
                    .as(name)
                    .doesNotThrowAnyException();
        }
        for (String name :
                new String[] {
                    EncoderFile.ANALYSIS, EncoderFile.FAST_ANALYSIS, EncoderFile.HYPER_ANALYSIS
                }) {
            assertThatCode(() -> GraphPurpose.ENCODING.check(name, files.encoder().graph(name)))
                    .as(name)
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Loop", "If", "Conv", "Resize", "com.microsoft:Attention"})
    void anOperatorThatNoDecoderNeedsIsRefused(String operator) {
        String domain = operator.contains(":") ? "com.microsoft" : "";
        NodeProto node =
                node("x", "y")
                        .setOpType(operator.substring(operator.indexOf(':') + 1))
                        .setDomain(domain)
                        .build();

        refused(graph().addNode(node), "operator '" + operator + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "x, 6399999, true",
        "x, 6400001, false",
        "z, 102399999, true",
        "z, 102400001, false"
    })
    void productsAreCountedForEachCell(String input, long weights, boolean fits) {
        GraphProto.Builder graph =
                graph().addInitializer(TensorProto.newBuilder().setName("w").addDims(weights))
                        .addNode(node(input, "y").addInput("w").setOpType("QLinearConv"));

        if (fits) {
            assertThatCode(() -> check(graph)).doesNotThrowAnyException();
        } else {
            refused(graph, "products a pixel (expected: at most 25000)");
        }
    }

    @Test
    void shufflesAndStridesChangeHowOftenWeightsAreUsed() {
        GraphProto.Builder graph =
                graph().addInitializer(TensorProto.newBuilder().setName("w").addDims(1000))
                        .addNode(
                                node("x", "big")
                                        .setOpType("DepthToSpace")
                                        .addAttribute(number("blocksize", 100)))
                        .addNode(
                                node("big", "small")
                                        .addInput("w")
                                        .setOpType("QLinearConv")
                                        .addAttribute(number("strides", 2, 2)));

        assertThatCode(() -> check(graph)).doesNotThrowAnyException(); // 9,766 a pixel
        graph.addNode(node("big", "also").addInput("w").setOpType("QLinearConv"));
        refused(graph, "48828 products a pixel");
    }

    @Test
    void whatReachesBeyondTheFileOrGrowsIsRefused() {
        refused(
                graph().addInitializer(
                                TensorProto.newBuilder()
                                        .setName("w")
                                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)),
                "weights outside of the file");
        refused(
                graph().addNode(
                                node("x", "y")
                                        .setOpType("Add")
                                        .addAttribute(
                                                AttributeProto.newBuilder()
                                                        .setName("body")
                                                        .setG(GraphProto.newBuilder()))),
                "tensors or graphs as attributes");
        refused(
                graph().addInitializer(TensorProto.newBuilder().setName("c").addDims(5000))
                        .addNode(node("x", "y").addInput("c").setOpType("Add")),
                "constant of 5000 numbers");
        GraphProto.Builder doubling = graph();
        for (int i = 0; i < 9; i++) {
            doubling.addNode(node("x" + i, "x" + (i + 1)).setOpType("Concat"));
        }
        refused(doubling, "more than 8 Concat");
    }

    @Test
    void everyTruncationAndManyMutationsAreReadOrRefused() {
        byte[] onnx = SampleModel.of(SampleModel.TINY).decoder().graph("pass2");
        for (int length = 0; length < onnx.length; length++) {
            readOrRefused(Arrays.copyOf(onnx, length));
        }
        long seed = 4;
        Random random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            byte[] mutated = onnx.clone();
            mutated[random.nextInt(onnx.length)] = (byte) random.nextInt();
            readOrRefused(mutated);
        }
    }

    private static void readOrRefused(byte[] onnx) {
        try {
            GraphPurpose.DECODING.check("mutated", onnx);
        } catch (CodecException e) {
            assertThat(e).hasMessageStartingWith("graph mutated: ");
        }
    }

    private static void refused(GraphProto.Builder graph, String reason) {
        assertThatThrownBy(() -> check(graph))
                .isInstanceOf(CodecException.WrongModel.class)
                .hasMessageStartingWith("graph g: ")
                .hasMessageContaining(reason);
    }

    private static void check(GraphProto.Builder graph) throws CodecException {
        GraphPurpose.DECODING.check(
                "g", ModelProto.newBuilder().setGraph(graph).build().toByteArray());
    }

    private static GraphProto.Builder graph() {
        return GraphProto.newBuilder().setName("g");
    }

    private static NodeProto.Builder node(String from, String to) {
        return NodeProto.newBuilder().addInput(from).addOutput(to);
    }

    private static AttributeProto number(String name, long... values) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        if (values.length == 1) {
            attribute.setI(values[0]);
        }
        for (long value : values.length == 1 ? new long[0] : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }
}
