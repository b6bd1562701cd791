package dev.vellum.codec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.codec.CodecException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelFilesTest {

    @Test
    void aDecoderFileComesBackAsItWasWritten() throws CodecException {
        DecoderFile written = DecoderFile.of(Parts.manifest(), Parts.graphs(), Parts.tables());

        DecoderFile read = DecoderFile.read(written.bytes());

        assertThat(read.manifest()).isEqualTo(Parts.manifest());
        assertThat(read.hash()).isEqualTo(written.hash()).isEqualTo(ModelHash.of(read.bytes()));
        Parts.graphs().forEach((name, graph) -> assertThat(read.graph(name)).isEqualTo(graph));
        Parts.tables().forEach((name, table) -> assertThat(read.table(name)).isEqualTo(table));
    }

    @Test
    void anEncoderFileBelongsToOneDecoder() throws CodecException {
        DecoderFile decoder = DecoderFile.of(Parts.manifest(), Parts.graphs(), Parts.tables());
        Map<String, int[]> other = Parts.tables();
        other.put(DecoderFile.STEP, Parts.filled(600, 5000));
        DecoderFile stranger = DecoderFile.of(Parts.manifest(), Parts.graphs(), other);

        EncoderFile written = encoder(decoder);
        EncoderFile read = EncoderFile.read(written.bytes(), decoder);

        assertThat(read.settings()).isEqualTo(written.settings());
        assertThat(read.table(EncoderFile.GAIN)).hasSize(600).containsOnly(1 << 16);
        assertThat(read.graph(EncoderFile.ANALYSIS)).isEqualTo(new byte[] {1, 2});
        assertThatThrownBy(() -> EncoderFile.read(written.bytes(), stranger))
                .isInstanceOf(CodecException.WrongModel.class)
                .hasMessageContaining(decoder.hash().hex())
                .hasMessageContaining(stranger.hash().hex());
    }

    static List<String> parts() {
        return Parts.names();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void aMissingPartIsNamed(String name) {
        Map<String, byte[]> graphs = Parts.graphs();
        Map<String, int[]> tables = Parts.tables();
        graphs.remove(name);
        tables.remove(name);

        assertThatThrownBy(() -> DecoderFile.of(Parts.manifest(), graphs, tables))
                .isInstanceOf(CodecException.WrongModel.class)
                .hasMessageContaining(name);
    }

    @Test
    void frequenciesThatDoNotSumUpAreRefused() {
        Map<String, int[]> tables = Parts.tables();
        tables.put(DecoderFile.HYPER_FREQUENCY, new int[] {1, 65535, 2, 65534, 3, 65533, 4, 65531});

        assertThatThrownBy(() -> DecoderFile.of(Parts.manifest(), Parts.graphs(), tables))
                .hasMessage("hyper-frequency: sum 65535 of table 3 (expected: 65536)");
    }

    @Test
    void everyTruncationAndManyMutationsAreRefusedOrGiveAWholeModel() throws CodecException {
        byte[] file = DecoderFile.of(Parts.manifest(), Parts.graphs(), Parts.tables()).bytes();
        for (int length = 0; length < file.length; length++) {
            refusedOrWhole(Arrays.copyOf(file, length));
        }
        long seed = 20;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = file.clone();
            mutated[random.nextInt(i % 2 == 0 ? 900 : file.length)] = (byte) random.nextInt();
            refusedOrWhole(mutated);
        }
    }

    private static void refusedOrWhole(byte[] file) {
        try {
            DecoderFile model = DecoderFile.read(file);
            assertThat(model.table(DecoderFile.STEP)).hasSize(600);
        } catch (CodecException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "latent-channels 6, latent-channels 7, a sum of 7",
        "latent-channels 6, latent-channels 06, 1 to 1024",
        "latent-channels 6, latent-channels six, a whole number",
        "hyper-group 1, hyper-group 2, a sum of 2",
        "group 4, group 0, 1 to 1024",
        "group 2, group 2 2, 2 words",
        "name parts, name parts|name other, 2 lines",
        "name parts, nom parts, without 'name'",
        "name parts, name parts|colour red, [colour]",
        "pass pass2 0 odd, pass pass2 0 even, expected: [0 EVEN",
        "pass pass2 0 odd, pass pass2 0 some, 'some'",
        "pass hyper, pass pass2, graph hyper",
        "vellum-decoder 1, vellum-decoder 2, 1 to 1",
    })
    void aManifestIsStrict(String from, String to, String message) {
        String text = new String(Parts.manifest().text(), StandardCharsets.US_ASCII);
        assertThat(text).contains(from);
        byte[] changed =
                text.replace(from, to.replace('|', '\n')).getBytes(StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> Manifest.parse(changed))
                .isInstanceOf(CodecException.WrongModel.class)
                .hasMessageContaining(message);
    }

    @Test
    void aPassSeesWhatIsDecodedBeforeIt() {
        assertThat(List.of(0, 1, 2).stream().map(Parts.manifest()::contextChannels))
                .containsExactly(0, 2, 2);
        assertThat(Parts.manifest().firstChannel(1)).isEqualTo(2);
    }

    @Test
    void aCheckerboardCoversEachCellOnce() {
        for (int row = 0; row < 3; row++) {
            for (int width = 1; width < 6; width++) {
                assertThat(Cells.EVEN.count(row, width) + Cells.ODD.count(row, width))
                        .isEqualTo(Cells.ALL.count(row, width));
            }
        }
        assertThat(Cells.EVEN.firstColumn(0)).isZero();
        assertThat(Cells.EVEN.firstColumn(1)).isOne();
        assertThat(Cells.ODD.firstColumn(0)).isOne();
    }

    private static EncoderFile encoder(DecoderFile decoder) throws CodecException {
        return EncoderFile.of(
                new EncoderFile.Settings(decoder.hash(), 5, 3, 866),
                Map.of("analysis", new byte[] {1, 2}, "hyper-analysis", new byte[] {3}),
                Map.of("gain", Parts.filled(600, 1 << 16)),
                decoder);
    }
}
