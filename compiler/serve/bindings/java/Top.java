package PACKAGE;

/**
 * One of the best candidates.
 *
 * @param index among the candidates
 * @param score its probability, or number
 * @param order the number by which candidates are ordered
 */
public record Top(int index, float score, float order) {}
