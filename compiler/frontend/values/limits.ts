// Limits for the size of an unfolded spec, each with its reason. A short text can demand more than any
// machine has: `fold` repeats, `join` doubles, `pairs` squares, and a block is copied wherever it is used.
// Code that unfolds anything asks here first, so that every text ends with a model or a diagnostic, within
// seconds and a few hundred megabytes.

/**
 * Models are known to need 500 columns with all their pairs, a thousand layers, lists of thousands; the
 * limits leave a margin. A spec beyond them is a mistake.
 */
export const limits = {
  /** Expressions walked, in blocks once for each use. A model of 500 columns and 300 layers walks about 10,000. */
  expressions: 500_000,
  /**
   * Ops of the network, before equal ones are joined. The same model has about 5,000; the gradient has three times as
   * many, and every pass keeps a few hundred bytes for each.
   */
  nodes: 100_000,
  /** The nesting depth of calls. A stack of 984 kB, Node's default, can hold about twice this depth. */
  depth: 1_000,
  /** The share of `depth` that a call of a block or lambda takes, in addition to its expressions. */
  depthOfCall: 3,
  /** Blocks within blocks: the deepest of the zoo is 4 deep. */
  blocks: 100,
  /**
   * Values of one list that is written out or unrolled, including nested lists. Each may have a layer or
   * more.
   */
  elements: 10_000,
  /** Vectors of a list that is one value. */
  vectors: 1_000_000,
  /**
   * Elements of `pairs` and `product`: all pairs of 500 columns are 124,750. Each row of a batch has them
   * all: with width 16 and 256 rows, they take 2 GB.
   */
  pairs: 125_000,
  /** Steps that each step may face: 2,048 are 4 million pairs in each row, none of which is kept. */
  faced: 2048,
  /** The same where pairs are kept: 512 are 262,144 pairs in each row, with several numbers each. */
  keptPairs: 512,
  /** Candidates of a request that sees all of them: each meets each. */
  candidates: 1000,
  /** Ids that a step draws: each row of a batch has a product with each. */
  drawn: 16_384,
  /** All lists made on the way, half a kilobyte each. A list of 1,000 that grows one by one makes 500,000. */
  allElements: 1_000_000,
  /** Elements of all lists that form one value, some bytes each. */
  allVectors: 8_000_000,
  /** The width of a vector. A larger one is a typo, and its layers would not fit in memory. */
  width: 1_000_000,
  /** Numbers of one value in one row. The pairs of 500 columns of width 32 are 4 million. */
  numbers: 20_000_000,
  /** Weights outside of tables. 500 columns of width 64 before a layer of 1,024 have 33 million. */
  weights: 500_000_000,
  /**
   * Terms of a symbolic width, such as the two of `2*d + 1`; and the factors of a term. Those of the library
   * have three.
   */
  terms: 256,
  degree: 64,
  /**
   * The copies made by reuse: the features, statements and settings of a model once for each variant, and the
   * elements of a param's list wherever it is read. 50 variants of 500 columns are 25,000.
   */
  parts: 250_000,
  /** Files that import files. */
  imports: 200,
} as const;
