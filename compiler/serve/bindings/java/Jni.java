package PACKAGE;

import java.nio.ByteBuffer;

/** Calls by JNI. */
final class Jni extends Native {
    private static native long addressOf(ByteBuffer buffer);

    private static native long load0(long path, long model);

    private static native long unload0(long model);

    private static native long open0(long model, long session);

    private static native long close0(long session);

    private static native long rank0(long session, long request, long rows, long isLogits, long scores);

    private static native long topK0(
            long session, long request, long rows, long k, long label, long best, long found);

    private static native long text0(long session, long code, long text, long size);

    private static native long describe0(long model, long text, long size);

    @Override
    long address(ByteBuffer buffer) {
        return addressOf(buffer);
    }

    @Override
    int load(long path, long model) {
        return (int) load0(path, model);
    }

    @Override
    void unload(long model) {
        unload0(model);
    }

    @Override
    int open(long model, long session) {
        return (int) open0(model, session);
    }

    @Override
    void close(long session) {
        close0(session);
    }

    @Override
    int rank(long session, long request, long rows, boolean isLogits, long scores) {
        return (int) rank0(session, request, rows, isLogits ? 1 : 0, scores);
    }

    @Override
    int topK(long session, long request, long rows, long k, int label, long best, long found) {
        return (int) topK0(session, request, rows, k, label, best, found);
    }

    @Override
    void text(long session, int code, long text, long size) {
        text0(session, code, text, size);
    }

    @Override
    void describe(long model, long text, long size) {
        describe0(model, text, size);
    }
}
