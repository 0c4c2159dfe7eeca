package PACKAGE;

import java.time.Instant;

/** An instant. */
public final class Time {
    final byte[] text;
    final double number;

    private Time(byte[] text, double number) {
        this.text = text;
        this.number = number;
    }

    /** To the millisecond. */
    public static Time of(Instant instant) {
        return instant == null ? null : new Time(null, instant.toEpochMilli());
    }

    /** Since 1970, in seconds, milliseconds, microseconds or nanoseconds: years from 1990 to 2099 are told apart. */
    public static Time of(double number) {
        return new Time(null, number);
    }

    /** ISO 8601, as training's rows have it. Without an offset it is a time of the feature's own zone. */
    public static Time of(String text) {
        return text == null ? null : new Time(Encoder.utf8(text), 0);
    }
}
