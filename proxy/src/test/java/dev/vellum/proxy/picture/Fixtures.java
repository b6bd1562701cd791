package dev.vellum.proxy.picture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The pictures checked in, each of the {@link Scene}. {@code FixtureGenerator} made them. */
final class Fixtures {

    private Fixtures() {}

    static byte[] read(String name) {
        try (InputStream in = Fixtures.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("name: " + name + " (expected: a fixture)");
            }
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** The JPEG file with a segment put behind SOI. */
    static byte[] withSegment(byte[] jpeg, int marker, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        out.writeBytes(
                ByteBuffer.allocate(4)
                        .put((byte) 0xff)
                        .put((byte) marker)
                        .putShort((short) (content.length + 2))
                        .array());
        out.writeBytes(content);
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }

    /** EXIF data with an orientation and a copyright (EXIF 2.32, section 4.6). */
    static byte[] exif(int orientation, String copyright) {
        byte[] text = (copyright + '\0').getBytes(StandardCharsets.UTF_8);
        int entries = 2;
        int textAt = 8 + 2 + 12 * entries + 4;
        ByteBuffer out = ByteBuffer.allocate(6 + textAt + text.length);
        out.put("Exif\0\0MM\0*".getBytes(StandardCharsets.ISO_8859_1)).putInt(8);
        out.putShort((short) entries);
        out.putShort((short) 0x0112).putShort((short) 3).putInt(1);
        out.putShort((short) orientation).putShort((short) 0);
        out.putShort((short) 0x8298).putShort((short) 2).putInt(text.length).putInt(textAt);
        out.putInt(0).put(text);
        return out.array();
    }

    /**
     * An ICC profile (ICC.1:2010, version 2) of a display with the primaries given as XYZ columns
     * (D50) and a gamma.
     */
    static byte[] profile(double[][] columns, double gamma) {
        String[] tags = {"desc", "cprt", "wtpt", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"};
        byte[][] values = new byte[tags.length][];
        values[0] = description();
        values[1] = text("text", "none");
        values[2] = xyz(0.9642, 1, 0.8249);
        for (int i = 0; i < 3; i++) {
            values[3 + i] = xyz(columns[i][0], columns[i][1], columns[i][2]);
            values[6 + i] = curve(gamma);
        }
        int size = 128 + 4 + 12 * tags.length;
        for (byte[] value : values) {
            size += value.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.putInt(size).putInt(0).putInt(0x02100000).put(ascii("mntrRGB XYZ "));
        out.position(36).put(ascii("acsp"));
        out.position(68).put(xyz(0.9642, 1, 0.8249), 8, 12);
        out.position(128).putInt(tags.length);
        int at = 132 + 12 * tags.length;
        for (int i = 0; i < tags.length; i++) {
            out.put(ascii(tags[i])).putInt(at).putInt(values[i].length);
            at += values[i].length;
        }
        for (byte[] value : values) {
            out.put(value);
        }
        return out.array();
    }

    private static byte[] description() {
        byte[] name = ascii("test\0");
        ByteBuffer out = ByteBuffer.allocate(12 + name.length + 79 + 2);
        out.put(ascii("desc")).putInt(0).putInt(name.length).put(name);
        return Arrays.copyOf(out.array(), (out.capacity() + 3) / 4 * 4);
    }

    private static byte[] text(String type, String text) {
        byte[] content = ascii(text + '\0');
        byte[] out = Arrays.copyOf(ascii(type), (8 + content.length + 3) / 4 * 4);
        System.arraycopy(content, 0, out, 8, content.length);
        return out;
    }

    private static byte[] xyz(double x, double y, double z) {
        return ByteBuffer.allocate(20)
                .put(ascii("XYZ "))
                .putInt(0)
                .putInt((int) Math.round(x * 65536))
                .putInt((int) Math.round(y * 65536))
                .putInt((int) Math.round(z * 65536))
                .array();
    }

    private static byte[] curve(double gamma) {
        return ByteBuffer.allocate(16)
                .put(ascii("curv"))
                .putInt(0)
                .putInt(1)
                .putShort((short) Math.round(gamma * 256))
                .array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
