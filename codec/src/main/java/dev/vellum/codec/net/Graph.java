package dev.vellum.codec.net;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.vellum.codec.CodecException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A network. Any number of threads may run it at once, each with tensors of its own. ONNX Runtime
 * takes it up at the first run: a program that never runs it pays neither the time nor the memory.
 */
public final class Graph implements AutoCloseable {

    private final String name;
    private final Set<String> inputs;
    private final Set<String> outputs;
    private final Execution execution;

    /** Where the ONNX model is, until it is taken up; guarded by this. */
    private @Nullable Supplier<byte[]> onnx;

    private volatile @Nullable OrtSession session;

    private Graph(
            String name,
            Supplier<byte[]> onnx,
            Set<String> inputs,
            Set<String> outputs,
            Execution execution) {
        this.name = name;
        this.onnx = onnx;
        this.inputs = inputs;
        this.outputs = outputs;
        this.execution = execution;
    }

    /**
     * Takes a network.
     *
     * @param purpose what it may hold
     * @param name for messages
     * @param onnx gives the bytes of the ONNX model, now and at the first run
     * @param inputs names that it must want, and no others
     * @param outputs names that it must give
     * @throws CodecException.WrongModel if it holds what its purpose does not need
     */
    public static Graph load(
            GraphPurpose purpose,
            String name,
            Supplier<byte[]> onnx,
            Set<String> inputs,
            Set<String> outputs,
            Execution execution)
            throws CodecException.WrongModel {
        purpose.check(name, onnx.get());
        return new Graph(name, onnx, inputs, outputs, execution);
    }

    private OrtSession session() throws CodecException.WrongModel {
        OrtSession ready = session;
        return ready == null ? open() : ready;
    }

    private synchronized OrtSession open() throws CodecException.WrongModel {
        OrtSession ready = session;
        if (ready != null) {
            return ready;
        }
        if (onnx == null) {
            throw new IllegalStateException("graph " + name + " is closed");
        }
        OrtSession opened;
        try (SessionOptions options = options(execution)) {
            opened = OrtEnvironment.getEnvironment().createSession(onnx.get(), options);
        } catch (OrtException e) {
            throw new CodecException.WrongModel("graph " + name + ": " + e.getMessage());
        }
        String given = opened.getInputNames() + " to " + opened.getOutputNames();
        if (!opened.getInputNames().equals(inputs)
                || !opened.getOutputNames().containsAll(outputs)) {
            close(opened);
            throw new CodecException.WrongModel(
                    "graph %s: %s (expected: %s to %s)".formatted(name, given, inputs, outputs));
        }
        session = opened;
        onnx = null;
        return opened;
    }

    private static SessionOptions options(Execution execution) throws OrtException {
        SessionOptions options = new SessionOptions();
        options.setIntraOpNumThreads(execution.threads());
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(
                execution.optimised()
                        ? SessionOptions.OptLevel.ALL_OPT
                        : SessionOptions.OptLevel.NO_OPT);
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        // shapes differ from strip to strip; remembered patterns would only grow
        options.setMemoryPatternOptimization(false);
        // idle threads must not take a core from the requests around them
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    /** What becomes of the memory in which intermediate results lay. */
    public enum Scratch {
        /** It waits for the next run. */
        KEPT,

        /** It goes back to the system: where one picture needed much, the next may not. */
        RELEASED;

        /** What a graph does with it behind a strip that ends at row {@code to}. */
        public static Scratch after(int from, int to, int rows) {
            return from > 0 && to == rows ? RELEASED : KEPT;
        }
    }

    /**
     * Computes {@code outputs} from {@code inputs}; every tensor goes by its own name.
     *
     * @throws CodecException.WrongModel if ONNX Runtime refuses the network, or it has other
     *     inputs, outputs or shapes
     */
    public void run(List<Tensor> inputs, List<Tensor> outputs, Scratch scratch)
            throws CodecException.WrongModel {
        OrtSession ready = session();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> in = new HashMap<>();
        Map<String, OnnxTensor> out = new HashMap<>();
        try (OrtSession.RunOptions options = new OrtSession.RunOptions()) {
            if (scratch == Scratch.RELEASED) {
                options.addRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
            }
            for (Tensor tensor : inputs) {
                in.put(tensor.name(), tensor.view(environment));
            }
            for (Tensor tensor : outputs) {
                out.put(tensor.name(), tensor.view(environment));
            }
            ready.run(in, Set.of(), out, options).close();
        } catch (OrtException e) {
            throw new CodecException.WrongModel("graph " + name + ": " + e.getMessage());
        } finally {
            in.values().forEach(OnnxTensor::close);
            out.values().forEach(OnnxTensor::close);
        }
    }

    /** Gives the network's memory back; nobody may be running it. */
    @Override
    public synchronized void close() {
        onnx = null;
        OrtSession ready = session;
        if (ready != null) {
            session = null;
            close(ready);
        }
    }

    private void close(OrtSession opened) {
        try {
            opened.close();
        } catch (OrtException e) {
            throw new IllegalStateException("graph " + name, e);
        }
    }
}
