package dev.vellum.proxy.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;

/**
 * Damages files as fuzzers do: bits, bytes and numbers that mean much to parsers, pieces taken out,
 * doubled, moved and cut off. Half of the damaged PNG files have their checksums put right, or
 * nothing behind them would ever be read. The same seed gives the same damage.
 */
final class Mutations {

    private static final int[] NUMBERS = {
        0,
        1,
        2,
        0x7f,
        0x80,
        0xff,
        0x100,
        0x7fff,
        0x8000,
        0xffff,
        0x10000,
        0x7fffffff,
        0x80000000,
        -1
    };

    /** Signature of PNG. */
    private static final int PNG_HEADER = 8;

    private final Random random;

    Mutations(long seed) {
        this.random = new Random(seed);
    }

    /** A damaged copy. */
    byte[] next(byte[] whole) {
        byte[] file = whole.clone();
        int steps = 1 + random.nextInt(4);
        for (int i = 0; i < steps && file.length > 16; i++) {
            file = step(file);
        }
        if (Sniffer.format(file) == Format.PNG && random.nextBoolean()) {
            putChecksumsRight(file);
        }
        return file;
    }

    private byte[] step(byte[] file) {
        int at = random.nextInt(file.length - 8);
        int length = 1 + random.nextInt(Math.min(64, file.length - at - 1));
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                for (int i = random.nextInt(8); i >= 0; i--) {
                    file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
                }
                return file;
            }
            case 2 -> file[at] = (byte) number();
            case 3 -> numbers(file).putShort(at, (short) number());
            case 4 -> numbers(file).putInt(at, number());
            case 5 -> {
                return joined(file, at, at + length); // taken out
            }
            case 6 -> {
                return joined(file, at + length, at); // doubled
            }
            default -> {
                if (random.nextInt(4) == 0) {
                    return Arrays.copyOf(file, at + 1);
                }
                int to = random.nextInt(file.length - length);
                System.arraycopy(file, at, file, to, length);
            }
        }
        return file;
    }

    private int number() {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private ByteBuffer numbers(byte[] file) {
        return ByteBuffer.wrap(file)
                .order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    /** The file up to {@code end}, then the file from {@code from} on. */
    private static byte[] joined(byte[] file, int end, int from) {
        byte[] out = Arrays.copyOf(file, end + file.length - from);
        System.arraycopy(file, from, out, end, file.length - from);
        return out;
    }

    private static void putChecksumsRight(byte[] png) {
        ByteBuffer in = ByteBuffer.wrap(png);
        for (int at = PNG_HEADER; at + 12 <= png.length; ) {
            int length = in.getInt(at);
            if (length < 0 || length > png.length - at - 12) {
                return;
            }
            CRC32 crc = new CRC32();
            crc.update(png, at + 4, length + 4);
            in.putInt(at + 8 + length, (int) crc.getValue());
            at += length + 12;
        }
    }
}
