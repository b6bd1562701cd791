package dev.vellum.training.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.vellum.training.data.BatchSource;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.PrincipalComponents;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;

/** Finds the principal components of crops that training does not draw. */
final class Components {

    /** Cells of 768 samples to look at. */
    private static final int CELLS = 1 << 16;

    private Components() {}

    static PrincipalComponents of(CodecModule module, NDManager manager, BatchSource source) {
        try (NDManager scope = manager.newSubManager()) {
            int size = Architecture.LINEAR_CHANNELS;
            float[] sum = new float[size * size];
            int seen = 0;
            for (int i = 1; seen < CELLS; i++) {
                try (NDManager inner = scope.newSubManager()) {
                    Feed feed = Feed.of(inner, source.batch(-i));
                    float[] moments =
                            module.call(inner, "moments", Argument.of(feed.pixels()))
                                    .singletonOrThrow()
                                    .toFloatArray();
                    for (int j = 0; j < sum.length; j++) {
                        sum[j] += moments[j];
                    }
                    long pixels = feed.pixels().size() / 3;
                    seen += (int) (pixels / Architecture.CELL / Architecture.CELL);
                    for (int j = 0; seen >= CELLS && j < sum.length; j++) {
                        sum[j] /= i;
                    }
                }
            }
            NDArray moments = scope.create(sum).reshape(size, size);
            NDList result = module.call(scope, "components", Argument.of(moments));
            return new PrincipalComponents(
                    result.get(0).toFloatArray(), result.get(1).toFloatArray());
        }
    }
}
