package PACKAGE;

/** A text or a whole number: 17 and "17" are the same id. An id that training did not know counts as unknown. */
public final class Id {
    final byte[] text;
    final long integer;

    private Id(byte[] text, long integer) {
        this.text = text;
        this.integer = integer;
    }

    /** Keep it, if the same id is ranked often: its text is encoded here. */
    public static Id of(String text) {
        return text == null ? null : new Id(Encoder.utf8(text), 0);
    }

    public static Id of(long id) {
        return new Id(null, id);
    }
}
