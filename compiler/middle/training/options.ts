// Describes the options of optimizers, schedules and losses: `adam(learning_rate: 1e-3)`. The checker passes
// them the written values and reports those that do not fit.

export interface Range {
  readonly test: (value: number) => boolean;
  /** As a message has it: "must be a number greater than 0". */
  readonly text: string;
}

export const positive: Range = { test: (value) => value > 0, text: "a number greater than 0" };
export const notNegative: Range = { test: (value) => value >= 0, text: "a number of at least 0" };
export const decay: Range = {
  test: (value) => value >= 0 && value < 1,
  text: "a number from 0 up to, but not, 1",
};
export const share: Range = { test: (value) => value >= 0 && value <= 1, text: "a number from 0 to 1" };
export const inside: Range = { test: (value) => value > 0 && value < 1, text: "a number between 0 and 1" };
export const steps: Range = {
  test: (value) => Number.isInteger(value) && value >= 0,
  text: "a whole number of steps, at least 0",
};
export const someSteps: Range = {
  test: (value) => Number.isInteger(value) && value >= 1,
  text: "a whole number of steps, at least 1",
};

/** What is written between the parentheses. What is wrong has been reported when `read` returns; any value will do then. */
export interface Given {
  number(option: string, range: Range, fallback: number): number;
  /** Null where it is not written. */
  optional(option: string, range: Range): number | null;
  /** Reported where it is not written, with `example` as help. */
  required(option: string, range: Range, example: string): number;
  /** `nesterov: true` */
  flag(option: string): boolean;
}

/** A choice of a setting with its options; `S` is what becomes of them. */
export interface Optioned<S> {
  /** Markdown: what it does, the formula and where it comes from. */
  readonly doc: string;
  /** In the order in which they may be given without names. */
  readonly options: readonly string[];
  /** Asks for each of `options` once. */
  readonly read: (given: Given) => S;
}
