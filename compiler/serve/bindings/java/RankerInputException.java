package PACKAGE;

/**
 * A value of a request can't be scored. The message names it in the words of {@code dinc predict}: "candidates[3].price
 * must be finite, not Infinity".
 */
public final class RankerInputException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    RankerInputException(String message) {
        super(message);
    }
}
