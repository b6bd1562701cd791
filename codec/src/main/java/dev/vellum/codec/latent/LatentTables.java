package dev.vellum.codec.latent;

import dev.vellum.codec.entropy.EntropyTable;
import dev.vellum.codec.model.DecoderFile;
import java.util.List;

/** The distributions of latent symbols: one for each scale class from 1 on. */
public final class LatentTables {

    private final List<EntropyTable> tables;

    /** Takes the tables of a model. */
    public LatentTables(DecoderFile file) {
        tables =
                EntropyTable.of(
                        file.table(DecoderFile.LATENT_RANGE),
                        file.table(DecoderFile.LATENT_FREQUENCY));
    }

    /** The table of a class as it stands in {@link PassRow#classes}, any but the skip class. */
    public EntropyTable table(byte scaleClass) {
        return tables.get((scaleClass & 0xff) - 1);
    }
}
