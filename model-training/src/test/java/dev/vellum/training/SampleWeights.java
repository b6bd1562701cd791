package dev.vellum.training;

import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Initialiser;
import dev.vellum.training.model.PrincipalComponents;
import java.util.Random;

/** First values of parameters for tests, without pictures to fit them to. */
public final class SampleWeights {

    private SampleWeights() {}

    /** Orthonormal directions drawn from the seed instead of principal components. */
    public static float[] of(Architecture architecture, long seed) {
        Random random = new Random(seed);
        int size = Architecture.LINEAR_CHANNELS;
        float[] variances = new float[size];
        float[] vectors = new float[size * size];
        for (int row = 0; row < architecture.latents(); row++) {
            variances[row] = 8f / (1 + row);
            for (int i = 0; i < size; i++) {
                vectors[row * size + i] = (float) random.nextGaussian();
            }
            for (int before = 0; before < row; before++) {
                float along = product(vectors, row, before);
                for (int i = 0; i < size; i++) {
                    vectors[row * size + i] -= along * vectors[before * size + i];
                }
            }
            float norm = (float) Math.sqrt(product(vectors, row, row));
            for (int i = 0; i < size; i++) {
                vectors[row * size + i] /= norm;
            }
        }
        return new Initialiser(architecture, new PrincipalComponents(variances, vectors))
                .parameters(seed);
    }

    private static float product(float[] vectors, int a, int b) {
        int size = Architecture.LINEAR_CHANNELS;
        float sum = 0;
        for (int i = 0; i < size; i++) {
            sum += vectors[a * size + i] * vectors[b * size + i];
        }
        return sum;
    }
}
