package dev.vellum.codec.samples;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Writes an ONNX graph, node by node. Every method returns the name of what it added. */
final class OnnxGraph {

    static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    static final int UINT8 = TensorProto.DataType.UINT8_VALUE;
    static final int INT8 = TensorProto.DataType.INT8_VALUE;
    static final int INT32 = TensorProto.DataType.INT32_VALUE;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("vellum");
    private int count;

    String input(String name, int type, String... shape) {
        graph.addInput(value(name, type, shape));
        return name;
    }

    void output(String name, String from, int type, String... shape) {
        add(node("Identity", "", List.of(from)).addOutput(name));
        graph.addOutput(value(name, type, shape));
    }

    String floats(float[] values, long... shape) {
        ByteBuffer bytes = bytes(4 * values.length);
        for (float v : values) {
            bytes.putFloat(v);
        }
        return constant(FLOAT, bytes, shape);
    }

    String ints(int[] values, long... shape) {
        ByteBuffer bytes = bytes(4 * values.length);
        for (int v : values) {
            bytes.putInt(v);
        }
        return constant(INT32, bytes, shape);
    }

    String bytes(int type, byte[] values, long... shape) {
        return constant(type, ByteBuffer.wrap(values.clone()).position(values.length), shape);
    }

    String op(String type, List<String> inputs, AttributeProto... attributes) {
        String domain = type.startsWith("QLinearAdd") ? "com.microsoft" : "";
        String out = "v" + count++;
        add(node(type, domain, inputs).addAllAttribute(List.of(attributes)).addOutput(out));
        return out;
    }

    static AttributeProto number(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    static AttributeProto numbers(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder()
                        .setName(name)
                        .setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    byte[] model() {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("vellum")
                .setGraph(graph)
                .addOpsetImport(operators("", 17))
                .addOpsetImport(operators("com.microsoft", 1))
                .build()
                .toByteArray();
    }

    private static OperatorSetIdProto operators(String domain, long version) {
        return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private String constant(int type, ByteBuffer raw, long... shape) {
        String name = "c" + count++;
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(type)
                        .setRawData(ByteString.copyFrom(raw.flip()));
        Arrays.stream(shape).forEach(tensor::addDims);
        graph.addInitializer(tensor);
        return name;
    }

    private NodeProto.Builder node(String type, String domain, List<String> inputs) {
        return NodeProto.newBuilder()
                .setOpType(type)
                .setDomain(domain)
                .setName("n" + count++)
                .addAllInput(inputs);
    }

    private void add(NodeProto.Builder node) {
        graph.addNode(node);
    }

    private static ValueInfoProto value(String name, int type, String... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (String side : shape) {
            TensorShapeProto.Dimension.Builder one = TensorShapeProto.Dimension.newBuilder();
            dimensions.addDim(
                    Character.isDigit(side.charAt(0))
                            ? one.setDimValue(Long.parseLong(side))
                            : one.setDimParam(side));
        }
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type).setShape(dimensions);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
