package dev.vellum.training.export;

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
import dev.vellum.training.tensors.Half;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Writes an ONNX graph, node by node. Every method returns the name of what it added. */
final class OnnxGraph {

    private static final int OPSET = 17;
    private static final int IR_VERSION = 8;
    private static final String CONTRIBUTED = "com.microsoft";

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final String prefix;
    private int count;

    /** A graph of its own. */
    OnnxGraph() {
        this("");
    }

    private OnnxGraph(String prefix) {
        this.prefix = prefix;
    }

    /** A graph that goes on from another, whose values and constants its nodes may name. */
    static OnnxGraph continuing() {
        return new OnnxGraph("g");
    }

    /** Types of arrays. */
    enum ElementType {
        F32(TensorProto.DataType.FLOAT_VALUE),
        F16(TensorProto.DataType.FLOAT16_VALUE),
        U8(TensorProto.DataType.UINT8_VALUE),
        S8(TensorProto.DataType.INT8_VALUE),
        S32(TensorProto.DataType.INT32_VALUE);

        private final int code;

        ElementType(int code) {
            this.code = code;
        }
    }

    /** Adds an input; dimensions are numbers or names. */
    String input(String name, ElementType type, String... shape) {
        graph.addInput(value(name, type, shape));
        return name;
    }

    /** Makes {@code from} an output. */
    void output(String name, String from, ElementType type, String... shape) {
        graph.addNode(NodeProto.newBuilder().setOpType("Identity").addInput(from).addOutput(name));
        graph.addOutput(value(name, type, shape));
    }

    private static ValueInfoProto value(String name, ElementType type, String... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (String dimension : shape) {
            TensorShapeProto.Dimension.Builder one = TensorShapeProto.Dimension.newBuilder();
            if (Character.isDigit(dimension.charAt(0))) {
                one.setDimValue(Long.parseLong(dimension));
            } else {
                one.setDimParam(dimension);
            }
            dimensions.addDim(one);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(
                                        TypeProto.Tensor.newBuilder()
                                                .setElemType(type.code)
                                                .setShape(dimensions)))
                .build();
    }

    /** Adds a node with one output; operators of ONNX Runtime's own start with QLinearAdd. */
    String node(String type, List<String> inputs, AttributeProto... attributes) {
        String output = prefix + "v" + count++;
        NodeProto.Builder node =
                NodeProto.newBuilder().setOpType(type).addAllInput(inputs).addOutput(output);
        if (type.equals("QLinearAdd")) {
            node.setDomain(CONTRIBUTED);
        }
        for (AttributeProto attribute : attributes) {
            node.addAttribute(attribute);
        }
        graph.addNode(node);
        return output;
    }

    /** Adds single-precision numbers. */
    String floats(float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return constant(ElementType.F32, bytes.array(), shape);
    }

    /** Adds numbers that are stored in half and used in single precision. */
    String halves(float[] values, long... shape) {
        String stored = constant(ElementType.F16, Half.bytes(values), shape);
        return node("Cast", List.of(stored), number("to", ElementType.F32.code));
    }

    /** Adds 32-bit integers. */
    String integers(int[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return constant(ElementType.S32, bytes.array(), shape);
    }

    /** Adds 8-bit integers. */
    String bytes(ElementType type, byte[] values, long... shape) {
        return constant(type, values, shape);
    }

    private String constant(ElementType type, byte[] raw, long... shape) {
        String name = prefix + "c" + count++;
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(type.code)
                        .setRawData(ByteString.copyFrom(raw));
        for (long dimension : shape) {
            tensor.addDims(dimension);
        }
        graph.addInitializer(tensor);
        return name;
    }

    /** An attribute. */
    static AttributeProto number(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    /** An attribute. */
    static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    /** An attribute. */
    static AttributeProto numbers(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder()
                        .setName(name)
                        .setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    /** The attributes of a convolution with zero padding of half its kernel. */
    static AttributeProto[] convolution(int kernel, int stride) {
        int pad = kernel / 2;
        return new AttributeProto[] {
            numbers("kernel_shape", kernel, kernel),
            numbers("strides", stride, stride),
            numbers("pads", pad, pad, pad, pad)
        };
    }

    /** The whole model as bytes. */
    byte[] model() {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("vellum")
                .setGraph(graph.setName("vellum"))
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(CONTRIBUTED).setVersion(1))
                .build()
                .toByteArray();
    }

    /** What is to stand behind the bytes of the graph that this one continues. */
    byte[] continuation() {
        return ModelProto.newBuilder().setGraph(graph).build().toByteArray();
    }
}
