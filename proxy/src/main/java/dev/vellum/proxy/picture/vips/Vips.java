package dev.vellum.proxy.picture.vips;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;

/**
 * libvips, loaded and made safe for files of strangers: only the loaders for JPEG, PNG, WebP, GIF
 * and AVIF, one thread for each operation, no cache of operations, no temporary files, no warnings
 * on the console. Thread-safe. The library stays loaded as long as the process lives, because its
 * threads and types do.
 */
@SuppressWarnings("restricted") // native code is what this is for
public final class Vips {

    private static final List<String> LOADERS =
            List.of(
                    "VipsForeignLoadJpeg",
                    "VipsForeignLoadPng",
                    "VipsForeignLoadWebp",
                    "VipsForeignLoadNsgif",
                    "VipsForeignLoadHeif");

    private final VipsFunctions functions;

    private Vips(VipsFunctions functions) {
        this.functions = functions;
    }

    /**
     * Loads the shared library.
     *
     * @throws VipsException if the library does not start
     * @throws IllegalArgumentException if there is no such library
     */
    public static Vips load(Path library) throws VipsException {
        // libvips reads its environment only while it starts
        setEnvironment("VIPS_WARNING", "1"); // set means: print no warnings
        setEnvironment("VIPS_DISC_THRESHOLD", "64g"); // never spill decoded pictures to /tmp
        SymbolLookup symbols = SymbolLookup.libraryLookup(library.toAbsolutePath(), Arena.global());
        Vips vips = new Vips(new VipsFunctions(symbols));
        vips.start();
        return vips;
    }

    private void start() throws VipsException {
        try (Arena arena = Arena.ofConfined()) {
            if (functions.init.toInt(arena.allocateFrom("vellum")) != 0) {
                throw failure("init");
            }
            functions.concurrency.run(1);
            functions.cacheMax.run(0);
            functions.blockUntrusted.run(1);
            functions.blockOperation.run(arena.allocateFrom("VipsForeignLoad"), 1);
            for (String loader : LOADERS) {
                functions.blockOperation.run(arena.allocateFrom(loader), 0);
            }
        }
    }

    private static void setEnvironment(String name, String value) {
        Linker linker = Linker.nativeLinker();
        NativeFunction setenv =
                new NativeFunction(
                        "setenv",
                        linker.downcallHandle(
                                linker.defaultLookup().find("setenv").orElseThrow(),
                                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT)));
        try (Arena arena = Arena.ofConfined()) {
            setenv.run(arena.allocateFrom(name), arena.allocateFrom(value), 1);
        }
    }

    /** Version as {@code 8.18.7}. */
    public String version() {
        return functions.version.toInt(0)
                + "."
                + functions.version.toInt(1)
                + "."
                + functions.version.toInt(2);
    }

    /** Bytes of pixels that libvips holds now, in all threads. */
    public long trackedBytes() {
        return functions.trackedBytes.toLong();
    }

    /** Begins work on one picture. The caller's thread alone uses and closes the session. */
    public VipsSession session() {
        return new VipsSession(this);
    }

    /** Frees what libvips keeps for the current thread. A thread calls it before it ends. */
    public void leaveThread() {
        functions.threadShutdown.run();
    }

    VipsFunctions functions() {
        return functions;
    }

    /** What libvips says went wrong last. */
    VipsException failure(String operation) {
        MemorySegment copy = functions.errorBuffer.toAddress();
        try {
            return new VipsException(
                    operation, copy.reinterpret(Long.MAX_VALUE).getString(0).strip());
        } finally {
            functions.free.run(copy);
            functions.errorClear.run();
        }
    }
}
