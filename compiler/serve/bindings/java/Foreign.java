package PACKAGE;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Calls by java.lang.foreign. The handles are found by reflection, so that Java 17 compiles this file too; calls
 * themselves are direct.
 */
final class Foreign extends Native {
    private static final MethodHandle LOAD = handle("load", 2);
    private static final MethodHandle UNLOAD = handle("unload", 1);
    private static final MethodHandle OPEN = handle("open", 2);
    private static final MethodHandle CLOSE = handle("close", 1);
    private static final MethodHandle RANK = handle("rank", 5);
    private static final MethodHandle TOP_K = handle("top_k", 7);
    private static final MethodHandle TEXT = handle("text", 4);
    private static final MethodHandle DESCRIBE = handle("describe", 3);

    /** A function of this library, which takes longs and gives one. */
    private static MethodHandle handle(String name, int parameters) {
        try {
            Class<?> layout = type("MemoryLayout");
            Object number = type("ValueLayout").getField("JAVA_LONG").get(null);
            Object numbers = Array.newInstance(layout, parameters);
            for (int i = 0; i < parameters; i++) Array.set(numbers, i, number);
            Class<?> function = type("FunctionDescriptor");
            Object descriptor =
                    function.getMethod("of", layout, layout.arrayType()).invoke(null, number, numbers);
            Object lookup = type("SymbolLookup").getMethod("loaderLookup").invoke(null);
            Object symbol =
                    type("SymbolLookup").getMethod("find", String.class).invoke(lookup, "NAME_java_" + name);
            Class<?> linker = type("Linker");
            Class<?> options = type("Linker$Option").arrayType();
            return (MethodHandle)
                    linker.getMethod("downcallHandle", type("MemorySegment"), function, options)
                            .invoke(
                                    linker.getMethod("nativeLinker").invoke(null),
                                    ((Optional<?>) symbol).orElseThrow(),
                                    descriptor,
                                    Array.newInstance(options.componentType(), 0));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("java.lang.foreign needs Java 22 or newer", e);
        }
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName("java.lang.foreign." + name);
    }

    @Override
    long address(ByteBuffer buffer) {
        try {
            Class<?> segment = type("MemorySegment");
            Object own = segment.getMethod("ofBuffer", java.nio.Buffer.class).invoke(null, buffer);
            return (long) segment.getMethod("address").invoke(own);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("java.lang.foreign needs Java 22 or newer", e);
        }
    }

    @Override
    int load(long path, long model) {
        try {
            return (int) (long) LOAD.invokeExact(path, model);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    @Override
    void unload(long model) {
        try {
            long ignored = (long) UNLOAD.invokeExact(model);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    @Override
    int open(long model, long session) {
        try {
            return (int) (long) OPEN.invokeExact(model, session);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    @Override
    void close(long session) {
        try {
            long ignored = (long) CLOSE.invokeExact(session);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    @Override
    int rank(long session, long request, long rows, boolean isLogits, long scores) {
        try {
            return (int) (long) RANK.invokeExact(session, request, rows, isLogits ? 1L : 0L, scores);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    @Override
    int topK(long session, long request, long rows, long k, int label, long best, long found) {
        try {
            return (int) (long) TOP_K.invokeExact(session, request, rows, k, (long) label, best, found);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    @Override
    void text(long session, int code, long text, long size) {
        try {
            long ignored = (long) TEXT.invokeExact(session, (long) code, text, size);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    @Override
    void describe(long model, long text, long size) {
        try {
            long ignored = (long) DESCRIBE.invokeExact(model, text, size);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    private static AssertionError impossible(Throwable e) {
        return new AssertionError("C throws nothing", e);
    }
}
