package PACKAGE;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Ranks candidates. Threads may share one: each call takes a session from a pool, which grows to the number of
 * simultaneous calls.
 *
 * <p>Other weights while serving: load another ranker, replace the old one in an AtomicReference, and close the old one.
 * Calls in progress end with their own weights.
 */
public final class Ranker implements AutoCloseable {
    /** Texts of C. */
    private static final int TEXT_BYTES = 4096;

    private final ArrayDeque<Session> idle = new ArrayDeque<>();
    private long model;
    private int used;
    private boolean isClosed;

    private Ranker(long model) {
        this.model = model;
    }

    /**
     * Maps a weights file into memory and checks it. The file must not be written to while it is loaded: rename a new one
     * over it.
     *
     * @throws IOException if the file can't be used; the message says why
     */
    public static Ranker load(Path path) throws IOException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer memory = ByteBuffer.allocateDirect(16 + TEXT_BYTES + name.length + 1).order(java.nio.ByteOrder.nativeOrder());
        long address = Native.CALLS.address(memory);
        memory.put(16 + TEXT_BYTES, name);
        int code = Native.CALLS.load(address + 16 + TEXT_BYTES, address);
        if (code != 0) {
            Native.CALLS.text(0, code, address + 16, TEXT_BYTES);
            throw new IOException(path + ": " + texts(memory, 16, 1)[0]);
        }
        return new Ranker(memory.getLong(0));
    }

    /** Describes the weights. */
    public synchronized About about() {
        if (model == 0) throw closed();
        ByteBuffer memory = ByteBuffer.allocateDirect(TEXT_BYTES);
        Native.CALLS.describe(model, Native.CALLS.address(memory), TEXT_BYTES);
        String[] texts = texts(memory, 0, 4);
        return new About(texts[0], texts[1], texts[2], texts[3]);
    }

METHODS
    /** The k best candidates by a label, the best first; of equal ones the first. */
    public List<Top> topK(Request request, List<Candidate> candidates, int k, Label label) {
        int most = candidates == null ? 0 : Math.max(0, Math.min(k, candidates.size()));
        return with(session -> {
            Encoder encoder = session.encoder;
            Model.encode(encoder, request, candidates);
            int found = encoder.room(8);
            int best = encoder.room(16L * most);
            session.check(
                    Native.CALLS.topK(
                            session.address,
                            encoder.request(),
                            encoder.candidates(),
                            most,
                            label.ordinal(),
                            encoder.at(best),
                            encoder.at(found)));
            ByteBuffer memory = encoder.memory();
            Top[] top = new Top[(int) memory.getLong(found)];
            for (int i = 0; i < top.length; i++) {
                int at = best + 16 * i;
                top[i] = new Top((int) memory.getLong(at), memory.getFloat(at + 8), memory.getFloat(at + 12));
            }
            return List.of(top);
        });
    }

    /** The numbers of all candidates, label after label, and those of the outputs of the request. */
    private float[] scores(Request request, List<Candidate> candidates, boolean isLogits) {
        return with(session -> {
            Encoder encoder = session.encoder;
            Model.encode(encoder, request, candidates);
            int count = candidates == null ? 0 : candidates.size();
            float[] scores = new float[count * Model.NUMBERS_OF_CANDIDATE + Model.NUMBERS_OF_REQUEST];
            int at = encoder.room(4L * scores.length);
            session.check(
                    Native.CALLS.rank(
                            session.address, encoder.request(), encoder.candidates(), isLogits, encoder.at(at)));
            ByteBuffer memory = encoder.memory();
            for (int i = 0; i < scores.length; i++) scores[i] = memory.getFloat(at + 4 * i);
            return scores;
        });
    }

    /** Frees the memory of the ranker, when the last call in progress has ended. */
    @Override
    public synchronized void close() {
        isClosed = true;
        idle.forEach(Session::close);
        idle.clear();
        unloadIfUnused();
    }

    private void unloadIfUnused() {
        if (!isClosed || used > 0 || model == 0) return;
        Native.CALLS.unload(model);
        model = 0;
    }

    private interface Work<T> {
        T with(Session session);
    }

    private <T> T with(Work<T> work) {
        Session session = take();
        try {
            while (true) {
                try {
                    return work.with(session);
                } catch (BufferOverflowException e) {
                    session.encoder.grow();
                }
            }
        } finally {
            give(session);
            Reference.reachabilityFence(session);
        }
    }

    private synchronized Session take() {
        if (isClosed) throw closed();
        Session session = idle.isEmpty() ? new Session(model) : idle.pop();
        used++;
        return session;
    }

    private synchronized void give(Session session) {
        used--;
        if (isClosed) session.close();
        else idle.push(session);
        unloadIfUnused();
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the ranker is closed");
    }

    private static String[] texts(ByteBuffer memory, int from, int count) {
        String[] texts = new String[count];
        int at = from;
        for (int i = 0; i < count; i++) {
            int begin = at;
            while (memory.get(at) != 0) at++;
            byte[] bytes = new byte[at - begin];
            memory.get(begin, bytes);
            texts[i] = new String(bytes, StandardCharsets.UTF_8);
            at++;
        }
        return texts;
    }

    /** Values of one request, for one thread at a time. */
    private static final class Session {
        final Encoder encoder = new Encoder();
        final long address;

        Session(long model) {
            int at = encoder.room(8);
            int code = Native.CALLS.open(model, encoder.at(at));
            if (code != 0) throw new IllegalStateException(text(0, code));
            address = encoder.memory().getLong(at);
        }

        void check(int code) {
            if (code != 0) throw new RankerInputException(text(address, code));
        }

        private static String text(long session, int code) {
            ByteBuffer memory = ByteBuffer.allocateDirect(TEXT_BYTES);
            Native.CALLS.text(session, code, Native.CALLS.address(memory), TEXT_BYTES);
            return texts(memory, 0, 1)[0];
        }

        void close() {
            Native.CALLS.close(address);
        }
    }
}
