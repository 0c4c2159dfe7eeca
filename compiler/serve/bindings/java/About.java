package PACKAGE;

/**
 * The weights of a ranker.
 *
 * @param program the fingerprint of the compiled program
 * @param version the version of dinc
 * @param run the run of the weights; empty without one
 * @param machine the vectors that this processor has
 */
public record About(String program, String version, String run, String machine) {}
