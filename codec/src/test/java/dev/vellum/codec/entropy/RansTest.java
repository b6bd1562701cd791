package dev.vellum.codec.entropy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.codec.CodecException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RansTest {

    private final List<EntropyTable> tables = Tables.growing(40);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 8})
    void symbolsComeBackInOrder(int lanes) throws CodecException {
        for (int n : new int[] {0, 1, 2, 7, 1000, 30_000}) {
            long seed = 31L * n + lanes;
            int[] kinds = new Random(seed).ints(n, 0, tables.size()).toArray();
            int[] symbols = drawn(kinds, seed + 1);

            byte[] bytes = encode(kinds, symbols, lanes);

            assertThat(decode(bytes, kinds, lanes)).as("n=%d, seed %d", n, seed).isEqualTo(symbols);
        }
    }

    @Test
    void theyTakeNoMoreThanATenthOfAPercentOverTheirEntropy() {
        int n = 400_000;
        for (int kind : new int[] {0, 3, 12, 25, 39}) {
            int[] kinds = new int[n];
            Arrays.fill(kinds, kind);
            int[] symbols = drawn(kinds, 5 + kind);
            double ideal = 0;
            for (int symbol : symbols) {
                ideal += tables.get(kind).bits(symbol) / 8;
            }

            int bytes = encode(kinds, symbols, 1).length;

            assertThat((double) bytes).as("table %d", kind).isBetween(ideal, ideal * 1.001 + 4);
        }
    }

    @Test
    void symbolsFarOutsideOfTheTableEscape() throws CodecException {
        int[] symbols = {0, 1, -1, 2, -2, 100, -100, 32_000, -32_000};
        int[] kinds = new int[symbols.length];

        byte[] bytes = encode(kinds, symbols, 1);

        assertThat(decode(bytes, kinds, 1)).isEqualTo(symbols);
        EntropyTable table = tables.getFirst();
        assertThat(table.bits(32_000)).isGreaterThan(table.bits(100)).isLessThan(40);
        assertThatThrownBy(() -> new RansEncoder(1).put(table, 40_000))
                .hasMessageContaining("symbol: 40000");
    }

    @Test
    void whateverIsMissingOrTooMuchIsNoticed() throws CodecException {
        int[] kinds = new Random(3).ints(500, 0, tables.size()).toArray();
        int[] symbols = drawn(kinds, 4);
        byte[] bytes = encode(kinds, symbols, 2);

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> decode(cut, kinds, 2))
                    .isInstanceOf(CodecException.Malformed.class);
        }
        assertThatThrownBy(() -> decode(Arrays.copyOf(bytes, bytes.length + 1), kinds, 2))
                .hasMessageContaining("1 bytes after the last symbol");
        int[] fewer = Arrays.copyOf(kinds, 499);
        assertThatThrownBy(() -> decode(bytes, fewer, 2))
                .isInstanceOf(CodecException.Malformed.class);
    }

    @Test
    void changedBytesGiveOtherSymbolsOrAnErrorButNeverMore() throws CodecException {
        int[] kinds = new Random(8).ints(200, 0, tables.size()).toArray();
        byte[] bytes = encode(kinds, drawn(kinds, 9), 4);
        Random random = new Random(10);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = bytes.clone();
            mutated[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(decode(mutated, kinds, 4)).hasSize(200);
            } catch (CodecException.Malformed e) {
                refused++;
            }
        }
        assertThat(refused)
                .as("the last states give almost every change away")
                .isGreaterThan(19_900);
    }

    private int[] drawn(int[] kinds, long seed) {
        Random random = new Random(seed);
        int[] symbols = new int[kinds.length];
        for (int i = 0; i < symbols.length; i++) {
            EntropyTable table = tables.get(kinds[i]);
            int slot = table.find(random.nextInt(1 << 16));
            symbols[i] =
                    slot == table.escape()
                            ? (random.nextBoolean()
                                    ? table.most() + 1 + random.nextInt(50)
                                    : table.least() - 1 - random.nextInt(50))
                            : table.least() + slot;
        }
        return symbols;
    }

    private byte[] encode(int[] kinds, int[] symbols, int lanes) {
        RansEncoder encoder = new RansEncoder(lanes);
        for (int i = 0; i < kinds.length; i++) {
            encoder.put(tables.get(kinds[i]), symbols[i]);
        }
        return encoder.finish();
    }

    private int[] decode(byte[] bytes, int[] kinds, int lanes) throws CodecException {
        RansDecoder decoder = new RansDecoder(bytes, 0, bytes.length, lanes);
        int[] symbols = new int[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            symbols[i] = decoder.get(tables.get(kinds[i]));
        }
        decoder.finish();
        return symbols;
    }
}
