// Describes the options of optimizers, schedules and losses: `adam(learning_rate: 1e-3)`. The checker passes
// them the values of the spec and reports those that do not fit.

import type { Monitor } from "../metrics/monitor.ts";
import type { EveryRow } from "./settings.ts";

export interface NumberConstraint {
  readonly test: (value: number) => boolean;
  /** Completes a message: "must be a number greater than 0". */
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

export const someEpochs: NumberConstraint = {
  test: (value) => Number.isInteger(value) && value >= 1,
  text: "a whole number of epochs, at least 1",
};

/**
 * Reads the options between the parentheses. `read` reports mistakes itself; its result does not matter then.
 */
export interface OptionReader {
  number(option: string, range: NumberConstraint, fallback: number): number;
  /** Null if the option is absent. */
  optional(option: string, range: NumberConstraint): number | null;
  /** An absent option is reported, with `example` as help. */
  required(option: string, range: NumberConstraint, example: string): number;
  /** `nesterov: true` */
  flag(option: string): boolean;
  /** `rows: all`; `fallback` is one of `words`. */
  word<W extends string>(option: string, words: readonly W[], fallback: W): W;
  /** The options `metric` and `label`. */
  monitor(): Monitor;
}

/** A choice of a setting with its options; `S` is the result. */
export interface Optioned<S> {
  /** Markdown: its effect, formula and source. */
  readonly doc: string;
  /** In the order of options without names. */
  readonly options: readonly string[];
  /** Reads each of `options` once. */
  readonly read: (given: OptionReader) => S;
}

/** The option for the rows of tables that a step changes. */
export const ROWS = "rows";

export function everyRow(given: OptionReader): EveryRow {
  return given.word(ROWS, ["batch", "all"], "batch") === "all" ? { rows: "all" } : {};
}
