// Describes the options of optimizers, schedules and losses: `adam(learning_rate: 1e-3)`. The checker passes
// them the written values and reports those that do not fit.

export interface NumberConstraint {
  readonly test: (value: number) => boolean;
  /** As a message has it: "must be a number greater than 0". */
  readonly text: string;
}

export const positive: NumberConstraint = { test: (value) => value > 0, text: "a number greater than 0" };
export const notNegative: NumberConstraint = { test: (value) => value >= 0, text: "a number of at least 0" };
export const decay: NumberConstraint = {
  test: (value) => value >= 0 && value < 1,
  text: "a number from 0 up to, but not, 1",
};
export const share: NumberConstraint = {
  test: (value) => value >= 0 && value <= 1,
  text: "a number from 0 to 1",
};
export const inside: NumberConstraint = {
  test: (value) => value > 0 && value < 1,
  text: "a number between 0 and 1",
};
export const steps: NumberConstraint = {
  test: (value) => Number.isInteger(value) && value >= 0,
  text: "a whole number of steps, at least 0",
};
export const someSteps: NumberConstraint = {
  test: (value) => Number.isInteger(value) && value >= 1,
  text: "a whole number of steps, at least 1",
};

/** What is written between the parentheses. What is wrong has been reported when `read` returns; any value will do then. */
export interface OptionReader {
  number(option: string, range: NumberConstraint, fallback: number): number;
  /** Null where it is not written. */
  optional(option: string, range: NumberConstraint): number | null;
  /** Reported where it is not written, with `example` as help. */
  required(option: string, range: NumberConstraint, example: string): number;
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
  readonly read: (given: OptionReader) => S;
}
