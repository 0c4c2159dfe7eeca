// A term of the field that dinc does not have, and its replacement.

/** The position of a word, on which its replacement depends. */
export type WordContext =
  | "function"
  | "kind"
  | "transform"
  | "label kind"
  | "type"
  | "loss"
  | "optimizer"
  | "schedule"
  | "metric"
  | "regularizer"
  | "setting"
  | "option";

export interface FieldWord {
  /**
   * Its spellings in dinc's style. Case and underscores do not matter, except in a spelling with capitals.
   */
  readonly names: readonly string[];
  /** Its description for `dinc explain`: "an activation". */
  readonly what: string;
  /** The name of the same thing in dinc. */
  readonly is?: string;
  /** A block to declare that does the same. */
  readonly block?: string;
  /** Its replacement: an expression over `x`, `y` and `fields`, a kind, a value of a setting. */
  readonly write?: string;
  /** A sentence about it, in addition to a replacement or instead of one. */
  readonly note?: string;
}

/** One row: its spellings, separated by spaces, and the advice. */
export type WordRow = readonly [names: string, advice: Omit<FieldWord, "names" | "what">];

export function words(what: string, rows: readonly WordRow[]): readonly FieldWord[] {
  return rows.map(([names, advice]) => ({ names: names.split(" "), what, ...advice }));
}
