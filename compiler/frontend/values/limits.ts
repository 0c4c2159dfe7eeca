// Limits for the size of an unfolded spec, each with its reason. A short text can ask for more than any machine has: `fold`
// repeats, `join` doubles, `pairs` squares, and a block is copied wherever it is used. Code that unfolds anything asks here
// first, so that every text ends with a model or a diagnostic, within seconds and a few hundred megabytes.

/**
 * The margins are to what such models are known to need: 500 columns with all their pairs, a thousand layers, lists of
 * thousands. Where a limit is met nothing of that kind is meant.
 */
export const limits = {
  /** Expressions walked, in blocks once for each use. A model of 500 columns and 300 layers walks about 10,000. */
  expressions: 500_000,
  /**
   * Ops of the network, before equal ones are joined. The same model has about 5,000; the gradient has three times as
   * many, and every pass keeps a few hundred bytes for each.
   */
  nodes: 100_000,
  /** How deep calls stand in calls. A stack of 984 kB, as Node starts with, holds about twice that. */
  depth: 1_000,
  /** What a call of a block or of a function written in place takes of `depth`, beside its expressions. */
  depthOfCall: 3,
  /** Blocks within blocks: the deepest of the zoo is 4 deep. */
  blocks: 100,
  /** Values of one list that is written out or unrolled, with those of lists in it. A layer or more for each. */
  elements: 10_000,
  /** Vectors of a list that is one value. */
  vectors: 1_000_000,
  /**
   * Of `pairs` and `product`: all pairs of 500 columns are 124,750. Each row of a batch has them all, 16 wide
   * a batch of 256 rows has 2 GB of those.
   */
  pairs: 125_000,
  /** Steps that each step may face: 512 are 262,144 pairs in each row. */
  faced: 512,
  /** Of all lists that are made on the way, half a kilobyte each. A list of 1,000 that grows one by one makes 500,000. */
  allElements: 1_000_000,
  /** Of all lists that are one value, some bytes each. */
  allVectors: 8_000_000,
  /** Of a vector. Beyond this a width is a slip, and its layers would not fit any memory. */
  width: 1_000_000,
  /** Numbers of one value in one row. The pairs of 500 columns of width 32 are 4 million. */
  numbers: 20_000_000,
  /** Weights outside of tables. 500 columns of width 64 before a layer of 1,024 have 33 million. */
  weights: 500_000_000,
  /** Terms of a symbolic width, `2*d + 1` has two; and the factors of a term. Those of the library have three. */
  terms: 256,
  degree: 64,
  /**
   * What reuse copies: the features, statements and settings of a model once for each variant, the elements
   * of a param's list wherever it is read. 50 variants of 500 columns are 25,000.
   */
  parts: 250_000,
  /** Files that import files. */
  imports: 200,
} as const;
