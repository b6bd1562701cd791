package dev.vellum.training.script;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * TorchScript archives: a zip of stored entries with the source of one class and its (empty) state
 * as a pickle. PyTorch loads them from Java, C++ and Python alike.
 */
public final class ScriptArchive {

    /** Name of the class in the archive; its source must start with it. */
    public static final String HEADER =
            """
            class Codec(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
            """;

    /** Type of {@code self} in the class's methods. */
    public static final String SELF = "self: __torch__.Codec";

    private ScriptArchive() {}

    /** The archive of a class whose methods are {@code methods}, each indented by two spaces. */
    public static byte[] of(String methods) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            entry(zip, "codec/data.pkl", state());
            entry(
                    zip,
                    "codec/code/__torch__.py",
                    (HEADER + methods).getBytes(StandardCharsets.UTF_8));
            // protocol 2, an empty tuple, end: no constants
            entry(zip, "codec/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            entry(zip, "codec/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Pickle of an object of the class with {@code training = True}: protocol 2, GLOBAL, empty
     * tuple, NEWOBJ, a dictionary of one item, BUILD, STOP.
     */
    private static byte[] state() {
        String pickle = "\u0080\u0002c__torch__\nCodec\n)\u0081}X\u0008\0\0\0training\u0088sb.";
        return pickle.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void entry(ZipOutputStream zip, String name, byte[] data) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(data.length);
        entry.setTime(0);
        CRC32 crc = new CRC32();
        crc.update(data);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(data);
        zip.closeEntry();
    }
}
