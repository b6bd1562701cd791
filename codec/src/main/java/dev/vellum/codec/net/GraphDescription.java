package dev.vellum.codec.net;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an ONNX file says it computes: operators and shapes of weights, read without running
 * anything. Only so much of the format is known as our own graphs use; all else is refused, such as
 * graphs within graphs, functions, and weights in other files.
 *
 * <p>An ONNX file is a protocol buffer: fields of a number, a wire type and content (ONNX {@code
 * onnx.proto3}; protobuf.dev/programming-guides/encoding).
 *
 * @param nodes in the order in which they run
 * @param constants dimensions of each by name
 */
record GraphDescription(List<Node> nodes, Map<String, List<Long>> constants) {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final int MAX_NODES = 1024;

    /**
     * One operation.
     *
     * @param operator with its domain before a colon, if it has one
     * @param inputs names of what it takes
     * @param outputs names of what it gives
     * @param numbers its attributes that are whole numbers, or lists of them
     */
    record Node(
            String operator,
            List<String> inputs,
            List<String> outputs,
            Map<String, List<Long>> numbers) {}

    /** A field: {@code number} of varints, {@code bytes} of everything with a length. */
    private record Field(int id, int wire, long number, ByteBuffer bytes) {

        String text() {
            byte[] text = new byte[bytes.remaining()];
            bytes.duplicate().get(text);
            return new String(text, StandardCharsets.UTF_8);
        }

        /** Values of a repeated number, packed or single. */
        List<Long> numbers() {
            if (wire == VARINT) {
                return List.of(number);
            }
            List<Long> values = new ArrayList<>();
            ByteBuffer in = bytes.duplicate();
            while (in.hasRemaining()) {
                values.add(varint(in));
            }
            return values;
        }
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it is no ONNX file or holds what our graphs do not
     */
    static GraphDescription read(byte[] onnx) {
        try {
            GraphDescription description = new GraphDescription(new ArrayList<>(), new HashMap<>());
            for (Field field : fields(ByteBuffer.wrap(onnx))) {
                switch (field.id) {
                    case 7 -> description.graph(field.bytes);
                    case 20, 25 -> throw refused("functions or training steps");
                    default -> {}
                }
            }
            return description;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("ends within a field", e);
        }
    }

    private void graph(ByteBuffer bytes) {
        for (Field field : fields(bytes)) {
            switch (field.id) {
                case 1 -> nodes.add(node(field.bytes));
                case 5 -> constant(field.bytes);
                case 15 -> throw refused("sparse weights");
                default -> {}
            }
            if (nodes.size() > MAX_NODES) {
                throw refused("more than " + MAX_NODES + " nodes");
            }
        }
    }

    private static Node node(ByteBuffer bytes) {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, List<Long>> numbers = new HashMap<>();
        String operator = "";
        String domain = "";
        for (Field field : fields(bytes)) {
            switch (field.id) {
                case 1 -> inputs.add(field.text());
                case 2 -> outputs.add(field.text());
                case 4 -> operator = field.text();
                case 5 -> attribute(field.bytes, numbers);
                case 7 -> domain = field.text();
                default -> {}
            }
        }
        String name = domain.isEmpty() ? operator : domain + ":" + operator;
        return new Node(name, List.copyOf(inputs), List.copyOf(outputs), numbers);
    }

    private static void attribute(ByteBuffer bytes, Map<String, List<Long>> numbers) {
        String name = "";
        List<Long> values = new ArrayList<>();
        for (Field field : fields(bytes)) {
            switch (field.id) {
                case 1 -> name = field.text();
                case 3, 8 -> values.addAll(field.numbers());
                case 5, 6, 10, 11, 22, 23 -> throw refused("tensors or graphs as attributes");
                default -> {}
            }
        }
        numbers.put(name, values);
    }

    private void constant(ByteBuffer bytes) {
        String name = "";
        List<Long> dimensions = new ArrayList<>();
        for (Field field : fields(bytes)) {
            switch (field.id) {
                case 1 -> dimensions.addAll(field.numbers());
                case 8 -> name = field.text();
                case 13, 14 -> throw refused("weights outside of the file");
                default -> {}
            }
        }
        constants.put(name, dimensions);
    }

    private static List<Field> fields(ByteBuffer bytes) {
        ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            long key = varint(in);
            int wire = (int) key & 7;
            long number = 0;
            ByteBuffer content = ByteBuffer.allocate(0);
            switch (wire) {
                case VARINT -> number = varint(in);
                case FIXED64 -> in.getLong();
                case FIXED32 -> in.getInt();
                case BYTES -> {
                    long length = varint(in);
                    if (length < 0 || length > in.remaining()) {
                        throw new BufferUnderflowException();
                    }
                    content = in.slice(in.position(), (int) length);
                    in.position(in.position() + (int) length);
                }
                default -> throw new IllegalArgumentException("wire type " + wire);
            }
            fields.add(new Field((int) (key >>> 3), wire, number, content));
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("number of more than 10 bytes");
    }

    private static IllegalArgumentException refused(String what) {
        return new IllegalArgumentException(what + " (expected: none)");
    }
}
