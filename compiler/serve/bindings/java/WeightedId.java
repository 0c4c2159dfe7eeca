package PACKAGE;

/** An id and its weight, in a set. */
public record WeightedId(Id id, double weight) {}
