package dev.vellum.training.script;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.ThreadFactory;

/** Starts PyTorch so that training is repeatable and shares the machine. */
public final class Engine {

    private Engine() {}

    /**
     * Starts the engine of this process, or joins the one that runs.
     *
     * @param threads for each operation; counts only for the first start
     * @return a manager that the caller closes
     */
    public static NDManager start(int threads) {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
        // idle threads of the native pool must not spin: spinning pools starve each other
        environment("OMP_WAIT_POLICY", "passive");
        NDManager manager = NDManager.newBaseManager();
        leaveMethodsAlone();
        return manager;
    }

    /** Makes threads that compute as the one that started the engine does. */
    public static ThreadFactory threads() {
        ThreadFactory plain = Thread.ofPlatform().daemon().name("part-", 0).factory();
        return work ->
                plain.newThread(() -> {
                    leaveMethodsAlone();
                    work.run();
                });
    }

    /**
     * Of this thread. The optimiser rewrites a method after its first calls, so that a resumed
     * process would compute its first steps with other roundings than one that was not interrupted.
     */
    private static void leaveMethodsAlone() {
        JniUtils.setGraphExecutorOptimize(false);
    }

    /** Sets a variable for native code unless it is set; the JVM's own copy stays as it was. */
    @SuppressWarnings("restricted") // the launcher enables native access
    private static void environment(String name, String value) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle setenv =
                    linker.downcallHandle(
                            linker.defaultLookup().find("setenv").orElseThrow(),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_INT));
            int _ =
                    (int)
                            setenv.invokeExact(
                                    arena.allocateFrom(name), arena.allocateFrom(value), 0);
        } catch (Throwable e) {
            throw new IllegalStateException("setenv " + name, e);
        }
    }
}
