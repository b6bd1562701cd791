package dev.vellum.training.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
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

/**
 * What the networks compute of one picture, symbols rounded and the lowest class skipped.
 *
 * @param rows of the tables at its quality, see {@code rows} of the script
 * @param values bits, picture, penalty, hyper-latents, three a pass, latents
 */
record CodecTrace(NDList rows, NDList values) {

    /**
     * Runs the networks.
     *
     * @param scope owner of the results
     * @param method {@code codec_float} or {@code codec_integer}
     * @param picture sides multiples of 64
     */
    static CodecTrace of(
            NDManager scope,
            CodecModule module,
            Weights weights,
            String method,
            Raster picture,
            float quality) {
        NDArray parameters = scope.create(weights.parameters());
        NDList rows =
                module.call(
                        scope,
                        "rows",
                        module.parameters(parameters),
                        Argument.of(scope.create(new float[] {quality})));
        Shape shape = new Shape(1, 3, picture.height(), picture.width());
        int parts = weights.architecture().groups().size() + Architecture.HYPER_GROUPS;
        NDList values =
                module.call(
                        scope,
                        method,
                        module.parameters(parameters),
                        Argument.of(weights.scales()),
                        Argument.of(
                                scope.create(
                                        ByteBuffer.wrap(picture.planes()), shape, DataType.UINT8)),
                        Argument.of(rows),
                        Argument.of(scope.zeros(new Shape(1), DataType.UINT8)),
                        Argument.of(scope.ones(new Shape(1, parts))),
                        Argument.of(CodecScript.promised()));
        return new CodecTrace(rows, values);
    }
}
