package PACKAGE;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Calls of the library in C: by the foreign functions of Java 22 and newer, by JNI before. Addresses are numbers. */
abstract class Native {
    static final Native CALLS = choose();

    /** The address of a direct buffer. */
    abstract long address(ByteBuffer buffer);

    abstract int load(long path, long model);

    abstract void unload(long model);

    abstract int open(long model, long session);

    abstract void close(long session);

    abstract int rank(long session, long request, long rows, boolean isLogits, long scores);

    abstract int topK(long session, long request, long rows, long k, int label, long best, long found);

    /** Writes the error of a session, or the text of a code, and a zero. */
    abstract void text(long session, int code, long text, long size);

    /** Writes the texts of {@link About}, each with a zero. */
    abstract void describe(long model, long text, long size);

    /** The system property {@code dinc.NAME.library} names the library's file; else it is in java.library.path. */
    private static Native choose() {
        String file = System.getProperty("dinc.NAME.library");
        if (file == null) System.loadLibrary("NAME_java");
        else System.load(Path.of(file).toAbsolutePath().toString());
        String way = System.getProperty("dinc.native", Runtime.version().feature() >= 22 ? "ffm" : "jni");
        return way.equals("jni") ? new Jni() : new Foreign();
    }
}
