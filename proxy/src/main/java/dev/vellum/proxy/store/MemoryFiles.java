package dev.vellum.proxy.store;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Makes files that lie in memory, and belong to no file system (memfd_create(2), on Linux). */
@SuppressWarnings("restricted") // native code is what this is for
record MemoryFiles(MethodHandle create, MethodHandle close) {

    private static final int MFD_CLOEXEC = 1;

    /** Null where the system has none. */
    static @Nullable MemoryFiles ofThisSystem() {
        Linker linker = Linker.nativeLinker();
        var create = linker.defaultLookup().find("memfd_create");
        var close = linker.defaultLookup().find("close");
        if (create.isEmpty() || close.isEmpty()) {
            return null;
        }
        return new MemoryFiles(
                linker.downcallHandle(
                        create.get(), FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT)),
                linker.downcallHandle(close.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT)));
    }

    /**
     * A new, empty file, open to read and write.
     *
     * @throws IOException if the system has no more
     */
    FileChannel empty() throws IOException {
        int descriptor = create("vellum-body");
        if (descriptor < 0) {
            throw new IOException("memfd_create: " + descriptor + " (expected: a descriptor)");
        }
        try {
            return FileChannel.open(
                    Path.of("/proc/self/fd/" + descriptor),
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } finally {
            close(descriptor);
        }
    }

    private int create(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            return (int) create.invokeExact(text, MFD_CLOEXEC);
        } catch (Throwable impossible) {
            throw new IllegalStateException("memfd_create", impossible);
        }
    }

    private void close(int descriptor) {
        try {
            int ignored = (int) close.invokeExact(descriptor);
        } catch (Throwable impossible) {
            throw new IllegalStateException("close", impossible);
        }
    }
}
