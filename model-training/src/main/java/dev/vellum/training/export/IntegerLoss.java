package dev.vellum.training.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.vellum.training.data.Raster;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;
import dev.vellum.training.script.CodecScript;
import java.nio.ByteBuffer;
import java.util.List;

/** The training's loss, rate and squared error, of what weights become in the exported integers. */
public final class IntegerLoss {

    private static final int SIDE = 256;
    private static final float[] QUALITIES = {10, 40, 70, 95};

    private final NDManager manager;
    private final CodecModule module;
    private final List<Raster> pictures;

    /** The loss on the middles of {@code pictures}. */
    public IntegerLoss(NDManager manager, CodecModule module, List<Raster> pictures) {
        this.manager = manager;
        this.module = module;
        this.pictures = List.copyOf(pictures);
    }

    /** The mean logarithm of the loss: every quality counts alike. */
    public double of(Weights weights) {
        double sum = 0;
        for (Raster picture : pictures) {
            for (float quality : QUALITIES) {
                sum += Math.log(loss(weights, picture.middle(64, SIDE), quality));
            }
        }
        return sum / pictures.size() / QUALITIES.length;
    }

    private float loss(Weights weights, Raster picture, float quality) {
        int parts = weights.architecture().groups().size() + Architecture.HYPER_GROUPS;
        Shape shape = new Shape(1, 3, picture.height(), picture.width());
        try (NDManager scope = manager.newSubManager()) {
            NDArray parameters = scope.create(weights.parameters());
            return module.call(
                            scope,
                            "objective_integer",
                            module.parameters(parameters),
                            Argument.of(weights.scales()),
                            Argument.of(
                                    scope.create(
                                            ByteBuffer.wrap(picture.planes()),
                                            shape,
                                            DataType.UINT8)),
                            Argument.of(scope.create(new float[] {quality})),
                            Argument.of(scope.zeros(new Shape(1), DataType.UINT8)),
                            Argument.of(scope.ones(new Shape(1, parts))),
                            // single precision, classes skipped, symbols rounded
                            Argument.of(CodecScript.promised()))
                    .getFirst()
                    .toFloatArray()[0];
        }
    }
}
