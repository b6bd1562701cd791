package dev.vellum.training.script;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.model.ParameterLayout.Parameter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The script of an architecture, loaded into PyTorch through DJL. Results belong to the manager
 * that the caller names and live as long as it.
 */
public final class CodecModule implements AutoCloseable {

    private final PtSymbolBlock block;
    private final long[] boundaries;

    /** Loads the script of {@code architecture}; natively it belongs to {@code manager}. */
    public CodecModule(Architecture architecture, NDManager manager) {
        byte[] archive = CodecScript.archive(architecture);
        this.boundaries =
                new ParameterLayout(architecture)
                        .parameters().stream().skip(1).mapToLong(Parameter::offset).toArray();
        try {
            this.block =
                    JniUtils.loadModule(
                            (PtNDManager) manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Calls a method.
     *
     * @param manager owner of the results
     * @param method one of {@link CodecScript}'s
     * @param arguments in the method's order: arrays, lists of arrays, lists of numbers
     * @return the results in order, tuples and lists flattened
     */
    public NDList call(NDManager manager, String method, Argument... arguments) {
        IValue[] values = new IValue[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            values[i] = arguments[i].value();
        }
        try (IValue result = IValueUtils.runMethod(block, method, values)) {
            NDList list = new NDList();
            collect((PtNDManager) manager, result, list);
            list.attach(manager);
            return list;
        } finally {
            for (int i = 0; i < values.length; i++) {
                values[i].close();
                arguments[i].close();
            }
        }
    }

    /** All parameters, laid out in one array, as the argument that lists them. */
    public Argument parameters(NDArray flat) {
        return new Parts(flat.split(boundaries));
    }

    /**
     * Calls a method that computes gradients.
     *
     * @param manager owner of the results
     * @param method one of {@link CodecScript}'s that returns one array
     * @param arguments in the method's order
     */
    public NDArray train(NDManager manager, String method, NDArray... arguments) {
        NDList list = new NDList(arguments);
        try (NDArray name = manager.zeros(new Shape(1))) {
            name.setName("module_method:" + method);
            list.add(name);
            NDArray result = IValueUtils.forward(block, list, true).singletonOrThrow();
            result.attach(manager);
            return result;
        }
    }

    private static void collect(PtNDManager manager, IValue value, NDList list) {
        if (value.isTensor()) {
            list.add(value.toTensor(manager));
        } else if (value.isTensorList()) {
            list.addAll(value.toNDList(manager));
        } else {
            for (IValue element : value.isTuple() ? value.toIValueTuple() : value.toIValueArray()) {
                try (element) {
                    collect(manager, element, list);
                }
            }
        }
    }

    @Override
    public void close() {
        block.close();
    }

    /** One argument of a method. */
    public sealed interface Argument {

        /** The native value; the caller closes it. */
        IValue value();

        /** Frees what was made for the call alone. */
        default void close() {}

        /** An array. */
        static Argument of(NDArray array) {
            return new Array(array);
        }

        /** A list of arrays. */
        static Argument of(NDList arrays) {
            return new Arrays(List.copyOf(arrays));
        }

        /** A list of numbers. */
        static Argument of(double[] numbers) {
            return new Numbers(numbers);
        }

        /** A truth value. */
        static Argument of(boolean value) {
            return new Truth(value);
        }
    }

    private record Array(NDArray array) implements Argument {
        @Override
        public IValue value() {
            return IValue.from((PtNDArray) array);
        }
    }

    private record Arrays(List<NDArray> arrays) implements Argument {
        @Override
        public IValue value() {
            List<PtNDArray> list = new ArrayList<>();
            arrays.forEach(array -> list.add((PtNDArray) array));
            return IValue.listFrom(list.toArray(PtNDArray[]::new));
        }
    }

    private record Parts(NDList views) implements Argument {
        @Override
        public IValue value() {
            return new Arrays(views).value();
        }

        @Override
        public void close() {
            views.close();
        }
    }

    private record Truth(boolean truth) implements Argument {
        @Override
        public IValue value() {
            return IValue.from(truth);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // a carrier within one call
    private record Numbers(double[] numbers) implements Argument {
        @Override
        public IValue value() {
            return IValue.listFrom(numbers);
        }
    }
}
