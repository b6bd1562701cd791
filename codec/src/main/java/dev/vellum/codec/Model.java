package dev.vellum.codec;

import dev.vellum.codec.encode.Analysis;
import dev.vellum.codec.encode.LatentSearch;
import dev.vellum.codec.encode.PredictionGradient;
import dev.vellum.codec.encode.SynthesisGradient;
import dev.vellum.codec.latent.EntropyNetwork;
import dev.vellum.codec.latent.HyperLatents;
import dev.vellum.codec.latent.LatentTables;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.net.Execution;
import dev.vellum.codec.pixels.Synthesis;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A trained model, loaded and ready. Any number of threads may use it at once; they share its
 * networks. Whoever loads a model closes it.
 */
public final class Model implements AutoCloseable {

    private final DecoderFile decoderFile;
    private final EntropyNetwork entropyNetwork;
    private final Synthesis synthesis;
    private final HyperLatents hyperLatents;
    private final LatentTables latentTables;
    private final Execution execution;
    private final @Nullable Analysis analysis;
    private final @Nullable EncoderFile encoderFile;

    /** Loaded by the first that asks: most callers never search. */
    private @Nullable SynthesisGradient gradient;

    private @Nullable PredictionGradient predictions;

    /** Held for reading by every call in progress, for writing by the one that closes. */
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

    private boolean closed;

    private Model(
            DecoderFile decoderFile,
            EntropyNetwork entropyNetwork,
            Synthesis synthesis,
            @Nullable Analysis analysis,
            @Nullable EncoderFile encoderFile,
            Execution execution) {
        this.decoderFile = decoderFile;
        this.entropyNetwork = entropyNetwork;
        this.synthesis = synthesis;
        this.analysis = analysis;
        this.encoderFile = encoderFile;
        this.execution = execution;
        this.hyperLatents = new HyperLatents(decoderFile);
        this.latentTables = new LatentTables(decoderFile);
    }

    /**
     * How a model's networks are run; no choice changes a decoded pixel.
     *
     * @param threads that work on one network at a time, the caller's included, 1 to 256
     * @param optimised whether ONNX Runtime may rearrange the networks
     * @param stripCells about how many blocks of 16 x 16 pixels are computed at a time, 1 to
     *     1048576; more need more memory, fewer repeat more work at the seams
     */
    public record Tuning(int threads, boolean optimised, int stripCells) {

        /** One thread, optimised, strips of about eight megapixels. */
        public static final Tuning DEFAULT =
                new Tuning(
                        Execution.DEFAULT.threads(),
                        Execution.DEFAULT.optimised(),
                        Execution.DEFAULT.stripCells());

        /**
         * Checks the ranges.
         *
         * @param threads 1 to 256
         * @param optimised whether ONNX Runtime may rearrange the networks
         * @param stripCells 1 to 1048576
         */
        public Tuning {
            var _ = new Execution(threads, optimised, stripCells);
        }

        private Execution execution() {
            return new Execution(threads, optimised, stripCells);
        }
    }

    /**
     * Loads a model that decodes.
     *
     * @param decoder the bytes of a decoder file
     * @param tuning how to run it
     * @return the model
     * @throws CodecException if the file is not a complete decoder file
     */
    public static Model load(byte[] decoder, Tuning tuning) throws CodecException {
        return load(DecoderFile.read(decoder), null, tuning.execution());
    }

    /**
     * Loads a model that decodes and encodes.
     *
     * @param decoder the bytes of a decoder file
     * @param encoder the bytes of an encoder file that belongs to it
     * @param tuning how to run it
     * @return the model
     * @throws CodecException if a file is not complete, or they do not belong together
     */
    public static Model load(byte[] decoder, byte[] encoder, Tuning tuning) throws CodecException {
        DecoderFile file = DecoderFile.read(decoder);
        return load(file, EncoderFile.read(encoder, file), tuning.execution());
    }

    @SuppressWarnings("resource") // what is opened here is closed by the model, or on failure
    private static Model load(
            DecoderFile decoder, @Nullable EncoderFile encoder, Execution execution)
            throws CodecException {
        EntropyNetwork entropyNetwork = new EntropyNetwork(decoder, execution);
        Synthesis synthesis = null;
        try {
            synthesis = new Synthesis(decoder, execution);
            Analysis analysis = encoder == null ? null : new Analysis(decoder, encoder, execution);
            return new Model(decoder, entropyNetwork, synthesis, analysis, encoder, execution);
        } catch (CodecException e) {
            entropyNetwork.close();
            if (synthesis != null) {
                synthesis.close();
            }
            throw e;
        }
    }

    /**
     * Name of the model, for people.
     *
     * @return letters, digits, dots, dashes
     */
    public String name() {
        return decoderFile.manifest().name();
    }

    /**
     * SHA-256 of the decoder file: the model's identity.
     *
     * @return 64 lower-case hexadecimal digits
     */
    public String hash() {
        return decoderFile.hash().hex();
    }

    /**
     * Whether the model has an encoder.
     *
     * @return false if it only decodes
     */
    public boolean encodes() {
        return analysis != null;
    }

    /**
     * The decoder file, for whoever is to decode what this model codes.
     *
     * @return a copy of the file that was loaded, at most 4 MiB
     */
    public byte[] decoder() {
        return decoderFile.bytes();
    }

    long id() {
        return decoderFile.hash().id();
    }

    DecoderFile decoderFile() {
        return decoderFile;
    }

    EntropyNetwork entropyNetwork() {
        return entropyNetwork;
    }

    Synthesis synthesis() {
        return synthesis;
    }

    HyperLatents hyperLatents() {
        return hyperLatents;
    }

    LatentTables latentTables() {
        return latentTables;
    }

    Execution execution() {
        return execution;
    }

    Analysis analysis() {
        if (analysis == null) {
            throw new IllegalArgumentException(
                    "model: " + hash() + " (expected: one with an encoder file)");
        }
        return analysis;
    }

    /** Whether the model can search for latents. */
    boolean searches() {
        return encoderFile != null && encoderFile.hasSynthesisGradient();
    }

    /** The search of a model that can. */
    LatentSearch search() throws CodecException {
        EncoderFile file = Objects.requireNonNull(encoderFile);
        return new LatentSearch(analysis(), gradient(file), predictions(file), file);
    }

    private synchronized SynthesisGradient gradient(EncoderFile file) throws CodecException {
        if (gradient == null) {
            gradient = new SynthesisGradient(decoderFile, file, execution);
        }
        return gradient;
    }

    private synchronized PredictionGradient predictions(EncoderFile file) throws CodecException {
        if (predictions == null) {
            predictions = new PredictionGradient(decoderFile, file, execution);
        }
        return predictions;
    }

    private synchronized void closeGradients() {
        if (gradient != null) {
            gradient.close();
        }
        if (predictions != null) {
            predictions.close();
        }
    }

    /** Work that needs the model to stay open. */
    interface Use<T> {
        T run() throws CodecException;
    }

    /** Does {@code work}, during which nobody closes the model. */
    <T> T use(Use<T> work) throws CodecException {
        use.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("model " + hash() + " is closed");
            }
            return work.run();
        } finally {
            use.readLock().unlock();
        }
    }

    /** Gives the networks' memory back, after the calls in progress. */
    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                entropyNetwork.close();
                synthesis.close();
                if (analysis != null) {
                    analysis.close();
                }
                closeGradients();
            }
        } finally {
            use.writeLock().unlock();
        }
    }
}
