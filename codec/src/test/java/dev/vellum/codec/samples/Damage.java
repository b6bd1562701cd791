package dev.vellum.codec.samples;

import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;

/** Ways to damage a stream. */
public final class Damage {

    private Damage() {}

    /** Changes, moves, drops or repeats some bytes; every other time the checksums are repaired. */
    public static byte[] mutate(byte[] stream, Random random) {
        byte[] mutated = stream.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && mutated.length > 1; i++) {
            int at =
                    random.nextInt(
                            random.nextInt(4) == 0 ? Math.min(30, mutated.length) : mutated.length);
            switch (random.nextInt(6)) {
                case 0 -> mutated = Arrays.copyOf(mutated, at);
                case 1 -> {
                    byte[] shorter = new byte[mutated.length - 1];
                    System.arraycopy(mutated, 0, shorter, 0, at);
                    System.arraycopy(mutated, at + 1, shorter, at, shorter.length - at);
                    mutated = shorter;
                }
                case 2 -> {
                    byte[] longer = Arrays.copyOf(mutated, mutated.length + 1);
                    System.arraycopy(mutated, at, longer, at + 1, mutated.length - at);
                    mutated = longer;
                }
                case 3 -> mutated[at] = (byte) random.nextInt();
                default -> mutated[at] ^= (byte) (1 << random.nextInt(8));
            }
        }
        return random.nextBoolean() ? mutated : repaired(mutated);
    }

    /** The same bytes with right checksums, as far as its segments can be made out. */
    public static byte[] repaired(byte[] stream) {
        byte[] fixed = stream.clone();
        int at = 13; // behind magic, version and model
        for (int i = 0; i < 2; i++) {
            while (at < fixed.length && fixed[at] < 0) {
                at++;
            }
            at++;
        }
        at++;
        while (at + 1 < fixed.length) {
            long length = 0;
            int next = at + 1;
            for (int shift = 0; next < fixed.length && shift < 35; shift += 7) {
                length |= (long) (fixed[next] & 0x7f) << shift;
                if (fixed[next++] >= 0) {
                    break;
                }
            }
            if (next + length + 4 > fixed.length) {
                break;
            }
            int end = (int) (next + length);
            CRC32C checksum = new CRC32C();
            checksum.update(fixed, 0, end);
            for (int i = 0; i < 4; i++) {
                fixed[end + i] = (byte) (checksum.getValue() >>> (8 * i));
            }
            at = end + 4;
        }
        return fixed;
    }
}
