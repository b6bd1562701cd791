package dev.vellum.training.export;

import ai.djl.ndarray.NDManager;
import dev.vellum.training.data.Raster;
import dev.vellum.training.export.DecoderWalk.Importance;
import dev.vellum.training.export.DecoderWalk.Value;
import dev.vellum.training.export.DecoderWalk.Visitor;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Output;
import dev.vellum.training.model.ParameterLayout.Parameter;
import dev.vellum.training.script.CodecModule;
import java.util.List;

/**
 * Fits the decoder's integers to its floating-point networks on training pictures, layer by layer:
 * at each layer the weights and biases that, from what the integers of the layers before make of
 * the pictures, come closest to what the layer gives in floating point.
 *
 * <p>What comes out are weights again, each a whole number of steps already, so that whatever
 * computes integers from weights finds these.
 */
public final class IntegerFit implements Visitor {

    /** Share of the inputs' mean moment that keeps weights where they were. */
    private static final double DAMPING = 0.01;

    /** Inputs of a layer up to which each output is fitted by itself. */
    private static final int FEW = 256;

    private final NDManager manager;
    private final Architecture architecture;
    private final ConvolutionSums sums;
    private final double[] scales;

    private IntegerFit(
            NDManager manager, Architecture architecture, ConvolutionSums sums, double[] scales) {
        this.manager = manager;
        this.architecture = architecture;
        this.sums = sums;
        this.scales = scales;
    }

    /**
     * The weights to export instead of {@code weights}.
     *
     * @param pictures to fit to; sides multiples of 64
     */
    public static Weights of(
            NDManager manager, CodecModule module, Weights weights, List<Raster> pictures) {
        Architecture architecture = weights.architecture();
        DecoderSamples samples = DecoderSamples.of(manager, module, weights, pictures);
        float[] parameters = weights.parameters().clone();
        ConvolutionSums sums =
                new ConvolutionSums(manager, architecture, parameters, samples.qualities());
        Equalisation.Survey survey = new Equalisation.Survey(sums);
        new DecoderWalk(architecture, survey).run(samples);
        Equalisation.apply(architecture, parameters, survey.steps());
        double[] scales = weights.scales().clone();
        new DecoderWalk(architecture, new IntegerFit(manager, architecture, sums, scales))
                .run(samples);
        return new Weights(architecture, parameters, scales, weights.steps(), weights.seconds());
    }

    @Override
    public Value convolution(Convolution convolution, Value x, Importance cells) {
        FeatureMaps real = sums.of(convolution, x.real());
        if (sums.perQuality(convolution)) {
            round(convolution, real, x, cells);
        } else {
            fit(convolution, real, x, cells);
        }
        return new Value(real, sums.of(convolution, x.whole()), 0);
    }

    @Override
    public Value activation(String name, Value sums, boolean signed, Importance cells) {
        int index = architecture.activations().indexOf(name);
        Layer last = architecture.synthesis().getLast(); // the format fixes its step
        if (!(last instanceof Convolution convolution && convolution.name().equals(name))) {
            scales[index] = ByteStep.shared(sums.real(), signed, cells);
        }
        return new Value(sums.real(), sums.whole().rounded(scales[index], signed), scales[index]);
    }

    /** The first layer reads whole numbers: only its own weights are to be rounded. */
    private void round(Convolution convolution, FeatureMaps wanted, Value x, Importance cells) {
        InputMoments moments = InputMoments.of(manager, convolution, x.whole(), wanted, cells);
        double[][] squares = moments.inputs();
        for (int i = 0; i < squares.length; i++) {
            for (int j = 0; j < squares.length; j++) {
                // its biases make up for a mean error only as far as qualities explain it
                squares[i][j] += moments.means()[i] * moments.means()[j];
            }
        }
        RowRounding rounding = new RowRounding(squares, DAMPING);
        double[][] rows = rows(convolution);
        float[] _ = put(convolution, rows, new RowRounding[] {rounding}, x.step());
        sums.moveFirstBias(convolution, wanted, sums.of(convolution, x.whole()));
    }

    private void fit(Convolution convolution, FeatureMaps wanted, Value x, Importance cells) {
        int outputs = convolution.outputs();
        boolean each =
                convolution.kernel() == 1
                        && convolution.inputs() <= FEW
                        && convolution.output() != Output.SIGNED;
        List<InputMoments> moments =
                each
                        ? InputMoments.each(
                                manager, convolution, x.whole(), wanted, cells.behind(convolution))
                        : List.of(InputMoments.of(manager, convolution, x.whole(), wanted, cells));
        RowRounding[] roundings = new RowRounding[moments.size()];
        for (int i = 0; i < roundings.length; i++) {
            roundings[i] = new RowRounding(moments.get(i).inputs(), DAMPING);
        }
        double[][] rows = rows(convolution);
        for (int o = 0; o < outputs; o++) {
            RowRounding rounding = roundings[each ? o : 0];
            double[] product = moments.get(each ? o : 0).cross()[each ? 0 : o];
            for (int i = 0; i < product.length; i++) {
                product[i] += rounding.damping() * rows[o][i];
            }
            rows[o] = rounding.solved(product);
        }
        float[] whole = put(convolution, rows, roundings, x.step());
        Parameter bias = sums.bias(convolution);
        for (int o = 0; o < outputs; o++) {
            InputMoments own = moments.get(each ? o : 0);
            double made = 0;
            for (int i = 0; i < own.means().length; i++) {
                made += whole[o * own.means().length + i] * own.means()[i];
            }
            sums.parameters()[bias.offset() + o] = (float) (own.wanted()[each ? 0 : o] - made);
        }
    }

    private double[][] rows(Convolution convolution) {
        Parameter weight = sums.weight(convolution);
        int outputs = convolution.outputs();
        double[][] rows = new double[outputs][weight.length() / outputs];
        for (int i = 0; i < weight.length(); i++) {
            rows[i / rows[0].length][i % rows[0].length] = sums.parameters()[weight.offset() + i];
        }
        return rows;
    }

    private float[] put(
            Convolution convolution, double[][] rows, RowRounding[] roundings, double step) {
        float[] whole = WeightSteps.of(architecture, convolution, step).round(rows, roundings);
        System.arraycopy(
                whole, 0, sums.parameters(), sums.weight(convolution).offset(), whole.length);
        return whole;
    }
}
