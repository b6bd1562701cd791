package dev.vellum.proxy.picture.vips;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/** How willingly a thread lets others go first. The JVM does not tell Linux of its priorities. */
@SuppressWarnings("restricted") // native code is what this is for
public final class Niceness {

    /** setpriority(2): of one process, which on Linux means of one thread. */
    private static final int PRIO_PROCESS = 0;

    private static final int CALLER = 0;

    /** A tenth of what a request's thread gets; at 19 encoders starved beside any other work. */
    private static final int NICE = 10;

    private Niceness() {}

    /** Lets all other threads go before the calling one, where the system can do that. */
    public static void yieldToOthers() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return; // elsewhere it would be the whole process
        }
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup()
                .find("setpriority")
                .ifPresent(address ->
                        new NativeFunction(
                                        "setpriority",
                                        linker.downcallHandle(
                                                address,
                                                FunctionDescriptor.of(
                                                        JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT)))
                                .run(PRIO_PROCESS, CALLER, NICE));
    }
}
