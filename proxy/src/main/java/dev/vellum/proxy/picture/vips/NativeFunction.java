package dev.vellum.proxy.picture.vips;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * One C function. Pictures take milliseconds, so the cost of a call (about 1 us) does not count.
 */
@SuppressWarnings("restricted") // native code is what this is for
record NativeFunction(String name, MethodHandle handle) {

    /** The function {@code name}, which returns {@code result}. */
    static NativeFunction of(
            SymbolLookup symbols, String name, MemoryLayout result, MemoryLayout... parameters) {
        return link(symbols, name, FunctionDescriptor.of(result, parameters));
    }

    /** The function {@code name}, which returns nothing. */
    static NativeFunction ofVoid(SymbolLookup symbols, String name, MemoryLayout... parameters) {
        return link(symbols, name, FunctionDescriptor.ofVoid(parameters));
    }

    /** The function {@code name}, whose parameters from number {@code fixed} on are variadic. */
    static NativeFunction variadic(
            SymbolLookup symbols,
            int fixed,
            String name,
            MemoryLayout result,
            MemoryLayout... parameters) {
        return link(
                symbols,
                name,
                FunctionDescriptor.of(result, parameters),
                Linker.Option.firstVariadicArg(fixed));
    }

    private static NativeFunction link(
            SymbolLookup symbols,
            String name,
            FunctionDescriptor descriptor,
            Linker.Option... options) {
        MemorySegment address =
                symbols.find(name)
                        .orElseThrow(() -> new UnsatisfiedLinkError(name + " is not in libvips"));
        return new NativeFunction(
                name, Linker.nativeLinker().downcallHandle(address, descriptor, options));
    }

    int toInt(Object... arguments) {
        return (int) call(arguments);
    }

    long toLong(Object... arguments) {
        return (long) call(arguments);
    }

    MemorySegment toAddress(Object... arguments) {
        return (MemorySegment) call(arguments);
    }

    @SuppressWarnings("NullAway") // void functions give null, and only run() makes them
    private Object call(Object... arguments) {
        try {
            return handle.invokeWithArguments(arguments);
        } catch (RuntimeException | Error ours) {
            throw ours;
        } catch (Throwable impossible) {
            throw new AssertionError(name + " cannot throw", impossible);
        }
    }

    void run(Object... arguments) {
        call(arguments);
    }
}
