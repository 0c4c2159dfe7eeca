// A word of the field that dinc does not have, and what to write instead.

/** Where a word was read; what one may write instead depends on it. */
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
  /** How it is spelt, in dinc's style; case and underscores do not count, except where a spelling has capitals. */
  readonly names: readonly string[];
  /** What it is, for `dinc explain`: "an activation". */
  readonly what: string;
  /** What dinc calls the same thing. */
  readonly is?: string;
  /** A block that is it, to be declared. */
  readonly block?: string;
  /** What to write in its place: an expression over `x`, `y` and `fields`, a kind, a value of a setting. */
  readonly write?: string;
  /** A sentence about it, beside what to write or where there is nothing to write. */
  readonly note?: string;
}

/** One row: its spellings, set apart by spaces, and what to do. */
export type WordRow = readonly [names: string, advice: Omit<FieldWord, "names" | "what">];

export function words(what: string, rows: readonly WordRow[]): readonly FieldWord[] {
  return rows.map(([names, advice]) => ({ names: names.split(" "), what, ...advice }));
}
