package dev.vellum.codec.model;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.container.VarInt;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The common form of model files, sizes checked before anything is allocated.
 *
 * <pre>
 * magic     4 bytes
 * version   1 byte, 1
 * entries   until the end of the file, in the order of their names:
 *   kind    1 byte: 'M' manifest, 'G' graph, '1' '2' '4' table of signed integers of that many
 *           bytes, 'u' table of unsigned 16-bit integers; all little-endian
 *   name    1 byte length, ASCII
 *   length  VarInt, bytes
 *   content
 * </pre>
 */
final class Entries {

    private static final String MANIFEST = "manifest";
    private static final byte VERSION = 1;

    private final byte[] file;
    private final byte[] manifest;
    private final Map<String, Place> graphs;
    private final Map<String, int[]> tables;

    /** Where a graph lies in the file: graphs are most of it, and are not held twice. */
    private record Place(int from, int to) {}

    private Entries(
            byte[] file, byte[] manifest, Map<String, Place> graphs, Map<String, int[]> tables) {
        this.file = file;
        this.manifest = manifest;
        this.graphs = graphs;
        this.tables = Collections.unmodifiableMap(tables);
    }

    /** The whole file; not to be changed. */
    byte[] file() {
        return file;
    }

    byte[] manifest() {
        return manifest;
    }

    boolean hasGraph(String name) {
        return graphs.containsKey(name);
    }

    /** A copy of a graph; null if there is none of that name. */
    byte @Nullable [] graph(String name) {
        Place place = graphs.get(name);
        return place == null ? null : Arrays.copyOfRange(file, place.from, place.to);
    }

    Map<String, int[]> tables() {
        return tables;
    }

    /** Puts a file together; its parts in the order of their names. */
    static byte[] write(
            String magic, byte[] manifest, Map<String, byte[]> graphs, Map<String, int[]> tables) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(magic.getBytes(StandardCharsets.US_ASCII));
        out.write(VERSION);
        put(out, 'M', MANIFEST, manifest);
        new TreeMap<>(graphs).forEach((name, graph) -> put(out, 'G', name, graph));
        new TreeMap<>(tables).forEach((name, table) -> put(out, width(table), name, pack(table)));
        return out.toByteArray();
    }

    /** Reads a file, which nobody may change any more. */
    static Entries read(byte[] file, String magic, int maxBytes) throws CodecException {
        if (file.length > maxBytes) {
            throw new CodecException.TooLarge("bytes of a model file", file.length, maxBytes);
        }
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        try {
            byte[] start = new byte[4];
            in.get(start);
            byte version = in.get();
            if (!magic.equals(new String(start, StandardCharsets.ISO_8859_1))) {
                throw wrong(0, "(expected: magic " + magic + ")");
            }
            if (version != VERSION) {
                throw wrong(4, "version " + version + " (expected: 1)");
            }
            byte[] manifest = null;
            Map<String, Place> graphs = new HashMap<>();
            Map<String, int[]> tables = new TreeMap<>();
            while (in.hasRemaining()) {
                int at = in.position();
                char kind = (char) in.get();
                byte[] name = slice(in, in.get() & 0xff);
                String key = new String(name, StandardCharsets.ISO_8859_1);
                int length = VarInt.read(in);
                Place place = place(in, length);
                boolean first =
                        switch (kind) {
                            case 'M' -> {
                                boolean none = manifest == null && key.equals(MANIFEST);
                                manifest = Arrays.copyOfRange(file, place.from, place.to);
                                yield none;
                            }
                            case 'G' -> graphs.put(key, place) == null;
                            case '1', '2', '4', 'u' ->
                                    tables.put(key, unpack(at, kind, file, place)) == null;
                            default -> throw wrong(at, "entry of kind " + (int) kind);
                        };
                if (!first || !key.matches("[a-z0-9-]{1,64}")) {
                    throw wrong(at, "entry name (expected: lower case, each once)");
                }
            }
            if (manifest == null) {
                throw wrong(in.position(), "end (expected: a manifest)");
            }
            return new Entries(file, manifest, graphs, tables);
        } catch (BufferUnderflowException e) {
            throw wrong(in.position(), "end within an entry");
        } catch (CodecException.Malformed e) {
            throw new CodecException.WrongModel("model file, " + e.getMessage());
        }
    }

    private static void put(ByteArrayOutputStream out, char kind, String name, byte[] content) {
        if (!name.matches("[a-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("entry name: " + name);
        }
        out.write(kind);
        out.write(name.length());
        out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        ByteBuffer length = ByteBuffer.allocate(VarInt.MAX_BYTES);
        VarInt.write(length, content.length);
        out.write(length.array(), 0, length.position());
        out.writeBytes(content);
    }

    private static byte[] slice(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static Place place(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        Place place = new Place(in.position(), in.position() + length);
        in.position(place.to);
        return place;
    }

    /** The narrowest kind that holds every value. */
    private static char width(int[] table) {
        int least = 0;
        int most = 0;
        for (int value : table) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        if (least >= Byte.MIN_VALUE && most <= Byte.MAX_VALUE) {
            return '1';
        }
        if (least >= Short.MIN_VALUE && most <= Short.MAX_VALUE) {
            return '2';
        }
        return least >= 0 && most <= 0xffff ? 'u' : '4';
    }

    private static byte[] pack(int[] table) {
        char kind = width(table);
        ByteBuffer out =
                ByteBuffer.allocate(table.length * bytes(kind)).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : table) {
            switch (kind) {
                case '1' -> out.put((byte) value);
                case '4' -> out.putInt(value);
                default -> out.putShort((short) value);
            }
        }
        return out.array();
    }

    private static int[] unpack(int at, char kind, byte[] file, Place place)
            throws CodecException.WrongModel {
        int bytes = bytes(kind);
        int length = place.to - place.from;
        if (length % bytes != 0) {
            throw wrong(at, "table of " + length + " bytes, " + bytes + " a number");
        }
        ByteBuffer in = ByteBuffer.wrap(file, place.from, length).order(ByteOrder.LITTLE_ENDIAN);
        int[] table = new int[length / bytes];
        for (int i = 0; i < table.length; i++) {
            table[i] =
                    switch (kind) {
                        case '1' -> in.get();
                        case '2' -> in.getShort();
                        case '4' -> in.getInt();
                        default -> in.getShort() & 0xffff;
                    };
        }
        return table;
    }

    private static int bytes(char kind) {
        return kind == 'u' ? 2 : kind - '0';
    }

    private static CodecException.WrongModel wrong(int offset, String reason) {
        return new CodecException.WrongModel("model file, offset " + offset + ": " + reason);
    }
}
