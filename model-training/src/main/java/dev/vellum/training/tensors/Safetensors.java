package dev.vellum.training.tensors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Named arrays and text in one file, in the safetensors format
 * (https://huggingface.co/docs/safetensors): eight bytes with the length of a JSON header, the
 * header with type, shape and place of each array, the arrays.
 *
 * @param metadata text by name
 * @param tensors arrays by name, in order
 */
public record Safetensors(Map<String, String> metadata, Map<String, Tensor> tensors) {

    private static final int MAX_HEADER = 1 << 24;

    /**
     * One array.
     *
     * @param shape dimensions, outermost first
     */
    @SuppressWarnings("ArrayRecordComponent") // megabytes of weights, handed over and not copied
    public record Tensor(List<Integer> shape, float[] values) {}

    /** How numbers are stored. */
    public enum Precision {
        /** Half precision, 2 bytes. */
        F16,
        /** Single precision, 4 bytes. */
        F32
    }

    /** The array called {@code name}. */
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "tensor: " + name + " (expected: one of " + tensors.keySet() + ")");
        }
        return tensor;
    }

    /** The text called {@code name}. */
    public String text(String name) {
        String text = metadata.get(name);
        if (text == null) {
            throw new IllegalArgumentException(
                    "metadata: " + name + " (expected: one of " + metadata.keySet() + ")");
        }
        return text;
    }

    /**
     * Writes a file. It appears whole or not at all: the bytes are on the disk before a file of the
     * same name is replaced.
     */
    public void write(Path file, Precision precision) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel channel =
                FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            byte[] header = header(precision).getBytes(StandardCharsets.UTF_8);
            ByteBuffer start = ByteBuffer.allocate(8 + header.length);
            start.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).flip();
            writeAll(channel, start);
            for (Tensor tensor : tensors.values()) {
                writeAll(channel, ByteBuffer.wrap(bytes(tensor.values(), precision)));
            }
            channel.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static byte[] bytes(float[] values, Precision precision) {
        if (precision == Precision.F16) {
            return Half.bytes(values);
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private String header(Precision precision) {
        JsonObject header = new JsonObject();
        JsonObject text = new JsonObject();
        metadata.forEach(text::addProperty);
        header.add("__metadata__", text);
        long at = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            JsonObject tensor = new JsonObject();
            tensor.addProperty("dtype", precision.name());
            JsonArray shape = new JsonArray();
            entry.getValue().shape().forEach(shape::add);
            tensor.add("shape", shape);
            JsonArray place = new JsonArray();
            place.add(at);
            at += (long) entry.getValue().values().length * (precision == Precision.F16 ? 2 : 4);
            place.add(at);
            tensor.add("data_offsets", place);
            header.add(entry.getKey(), tensor);
        }
        String json = header.toString();
        // arrays start at a multiple of eight
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        return json + " ".repeat((8 - length % 8) % 8);
    }

    /**
     * Writes a compressed file for keeping: half precision with its mantissas rounded to 8 bits,
     * one more than bfloat16 has.
     */
    public void pack(Path file) throws IOException {
        Map<String, Tensor> rounded = new LinkedHashMap<>();
        tensors.forEach((name, tensor) ->
                rounded.put(name, new Tensor(tensor.shape(), Half.coarse(tensor.values()))));
        Path plain = file.resolveSibling(file.getFileName() + ".plain");
        new Safetensors(metadata, rounded).write(plain, Precision.F16);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            Files.copy(plain, out);
        }
        Files.delete(plain);
    }

    /** Reads a file of either precision, compressed or not. */
    public static Safetensors read(Path file) throws IOException {
        byte[] raw = Files.readAllBytes(file);
        boolean packed = raw.length > 1 && raw[0] == 0x1f && (raw[1] & 0xff) == 0x8b;
        byte[] plain = packed ? unpacked(raw) : raw;
        ByteBuffer bytes = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
        try {
            return parse(bytes);
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | IndexOutOfBoundsException e) {
            throw new IOException(file + ": not a safetensors file: " + e.getMessage(), e);
        }
    }

    private static byte[] unpacked(byte[] raw) throws IOException {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(raw))) {
            return in.readAllBytes();
        }
    }

    private static Safetensors parse(ByteBuffer bytes) throws IOException {
        long length = bytes.remaining() < 8 ? -1 : bytes.getLong();
        if (length < 0 || length > Math.min(MAX_HEADER, bytes.remaining())) {
            throw new IOException(
                    "header of " + length + " bytes (expected: at most " + MAX_HEADER + ")");
        }
        byte[] header = new byte[(int) length];
        bytes.get(header);
        ByteBuffer data = bytes.slice();
        JsonObject json =
                JsonParser.parseString(new String(header, StandardCharsets.UTF_8))
                        .getAsJsonObject();
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
            JsonObject value = entry.getValue().getAsJsonObject();
            if (entry.getKey().equals("__metadata__")) {
                value.entrySet()
                        .forEach(
                                text -> metadata.put(text.getKey(), text.getValue().getAsString()));
            } else {
                tensors.put(entry.getKey(), tensor(value, data));
            }
        }
        return new Safetensors(metadata, tensors);
    }

    private static Tensor tensor(JsonObject value, ByteBuffer data) throws IOException {
        List<Integer> shape = new ArrayList<>();
        value.getAsJsonArray("shape").forEach(dimension -> shape.add(dimension.getAsInt()));
        JsonArray place = value.getAsJsonArray("data_offsets");
        int start = place.get(0).getAsInt();
        ByteBuffer part =
                data.slice(start, place.get(1).getAsInt() - start).order(ByteOrder.LITTLE_ENDIAN);
        String type = value.get("dtype").getAsString();
        float[] values =
                switch (type) {
                    case "F16" -> Half.floats(part);
                    case "F32" -> {
                        float[] floats = new float[part.remaining() / 4];
                        part.asFloatBuffer().get(floats);
                        yield floats;
                    }
                    default -> throw new IOException("type " + type + " (expected: F16 or F32)");
                };
        return new Tensor(List.copyOf(shape), values);
    }
}
