package PACKAGE;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The values of one request in memory of C, as dinc_inputs.h lays them out. If there is too little, writing throws
 * BufferOverflowException, and {@link #grow} makes room for another attempt.
 */
final class Encoder {
    private static final int MISSING = 0, NO_RECORD = 2, NUMBER = 3, INTEGER = 4, TEXT = 5, LIST = 7, FLOATS = 8;
    private static final int OBJECT = 10;
    /** The bytes of a dinc_value and of a dinc_rows. */
    private static final int VALUE = 24, ROWS = 24;

    private ByteBuffer memory;
    private long address;
    private int end;
    /** The part that is written, and its next value. */
    private int part;
    private int value;

    Encoder() {
        allocate(1 << 16);
    }

    private void allocate(int bytes) {
        memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        address = Native.CALLS.address(memory);
    }

    void grow() {
        if (memory.capacity() > 1 << 29) throw new IllegalArgumentException("a request of more than a gigabyte");
        allocate(2 * memory.capacity());
    }

    /** Begins a request with so many parts, and candidates after them. */
    void begin(int parts, boolean hasHistory) {
        end = 0;
        int request = take(16);
        part = take((parts + 1) * ROWS);
        memory.putInt(request, hasHistory ? OBJECT : MISSING).putLong(request + 8, address + part);
        part -= ROWS;
    }

    /** The address of the request. */
    long request() {
        return address;
    }

    /** The address of the candidates. */
    long candidates() {
        return address + part;
    }

    private int take(int bytes) {
        int from = (end + 7) & -8;
        if (bytes > memory.capacity() - from) throw new BufferOverflowException();
        end = from + bytes;
        return from;
    }

    /** Room for what C writes, which begins with zeros. */
    int room(long bytes) {
        if (bytes > Integer.MAX_VALUE) throw new BufferOverflowException();
        int from = take((int) bytes);
        for (int at = from; at < end; at++) memory.put(at, (byte) 0);
        return from;
    }

    long at(int offset) {
        return address + offset;
    }

    ByteBuffer memory() {
        return memory;
    }

    /** Begins a part of one row; returns whether there is one. */
    boolean record(Object record, int fields) {
        part(record == null ? MISSING : OBJECT, 1, fields);
        return record != null;
    }

    /** Begins a part of several rows. */
    void rows(List<?> rows, int fields) {
        part(rows == null ? MISSING : LIST, rows == null ? 0 : rows.size(), fields);
    }

    private void part(int type, int count, int fields) {
        part += ROWS;
        value = take(Math.multiplyExact(Math.multiplyExact(count, fields), VALUE));
        memory.putInt(part, type).putLong(part + 8, count).putLong(part + 16, address + value);
    }

    /** A row that is null. */
    void noRow(int fields) {
        for (int i = 0; i < fields; i++) next(NO_RECORD, 0, 0);
    }

    void put(Id id) {
        if (id == null) next(MISSING, 0, 0);
        else if (id.text == null) next(INTEGER, 0, id.integer);
        else put(id.text);
    }

    void put(Double number) {
        if (number == null) next(MISSING, 0, 0);
        else next(NUMBER, 0, Double.doubleToRawLongBits(number));
    }

    void put(Time time) {
        if (time == null) next(MISSING, 0, 0);
        else if (time.text == null) next(NUMBER, 0, Double.doubleToRawLongBits(time.number));
        else put(time.text);
    }

    void put(String text) {
        if (text == null) next(MISSING, 0, 0);
        else put(utf8(text));
    }

    void put(float[] vector) {
        if (vector == null) {
            next(MISSING, 0, 0);
            return;
        }
        int at = take(Math.multiplyExact(vector.length, 4));
        for (int i = 0; i < vector.length; i++) memory.putFloat(at + 4 * i, vector[i]);
        next(FLOATS, vector.length, address + at);
    }

    /** Ids, or ids with weights. */
    void put(List<?> ids) {
        if (ids == null) {
            next(MISSING, 0, 0);
            return;
        }
        int after = list(ids.size());
        for (Object each : ids)
            if (each instanceof WeightedId pair) put(pair);
            else put((Id) each);
        value = after;
    }

    private void put(WeightedId pair) {
        int after = list(2);
        put(pair.id());
        put((Double) pair.weight());
        value = after;
    }

    /** Writes a list, whose values come next; returns where its own next value goes. */
    private int list(int count) {
        int from = take(Math.multiplyExact(count, VALUE));
        next(LIST, count, address + from);
        int after = value;
        value = from;
        return after;
    }

    private void put(byte[] text) {
        int at = take(text.length);
        memory.put(at, text);
        next(TEXT, text.length, address + at);
    }

    private void next(int type, long length, long of) {
        memory.putInt(value, type).putLong(value + 8, length).putLong(value + 16, of);
        value += VALUE;
    }

    /** A half of a surrogate pair is U+FFFD, as in training. */
    static byte[] utf8(String text) {
        String whole = text;
        if (text.chars().anyMatch(each -> Character.isSurrogate((char) each))) {
            int[] codes = text.codePoints().map(each -> each >> 11 == 0x1b ? 0xfffd : each).toArray();
            whole = new String(codes, 0, codes.length);
        }
        return whole.getBytes(StandardCharsets.UTF_8);
    }
}
