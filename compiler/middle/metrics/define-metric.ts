// The definition of a metric: one object with its name, arguments, direction, computation, and the texts
// printed with its value. The checker, `dinc eval`, the report and early stopping read nothing else. To add
// one, write `NAME.metric.ts` and a line in `registry.ts`.

import type { Outcome } from "./outcome.ts";
import type { Estimator, Units } from "./resampling.ts";
import type { LabelledScores } from "./scored.ts";

/** An argument: its check, and its default. An argument without `fallback` is required. */
export type MetricParameter =
  /** A user feature with ids; its values are the groups. */
  | { readonly kind: "group" }
  | { readonly kind: "choice"; readonly values: readonly string[]; readonly fallback: string }
  | {
      readonly kind: "number";
      readonly test: (value: number) => boolean;
      /** Completes a message, such as "a whole number of at least 1". */
      readonly expected: string;
      /** An example value, as written in a spec. */
      readonly example: string;
      readonly fallback?: number;
    };

export type Parameters = Readonly<Record<string, MetricParameter>>;

/** All arguments of a metric by name, defaults included. */
export type MetricSettings<P extends Parameters> = {
  readonly [Name in keyof P]: SettingOf<P[Name]>;
};

type SettingOf<P> = P extends { readonly kind: "choice"; readonly values: readonly (infer V)[] }
  ? V
  : P extends { readonly kind: "number" }
    ? number
    : string;

/** One line of a reliability table: rows with similar predictions. */
export interface ReliabilityBin {
  /** The sum of their weights. */
  readonly rows: number;
  /** The lowest and the highest of their predicted probabilities. */
  readonly lowest: number;
  readonly highest: number;
  /** Means over the rows: of the predictions, and of the labels. */
  readonly predicted: number;
  readonly observed: number;
}

/** The value of a metric on some rows. */
export interface MetricValue {
  /** NaN if the rows do not define it. */
  readonly value: number;
  /** For a metric by group: the number of groups, and the number of those without a value. Otherwise null. */
  readonly groups: { readonly count: number; readonly skipped: number } | null;
  readonly table: readonly ReliabilityBin[] | null;
  /** The value of the best prediction that is the same for all rows; absent where the metric has none. */
  readonly constant?: number;
  /**
   * Estimates the value when units are drawn several times or not at all; null if the metric has no
   * confidence interval.
   */
  readonly resampled: ((units: Units) => Estimator) | null;
}

export interface MetricDefinition<Name extends string = string, P extends Parameters = Parameters> {
  /** The name in a spec. */
  readonly name: Name;
  /**
   * An exact definition in one or two sentences, for SPEC.md and the command line. It covers ties and skipped
   * groups.
   */
  readonly doc: string;
  readonly better: "higher" | "lower";
  /** The kinds of labels whose predictions it measures. */
  readonly fits: readonly Outcome[];
  /** Whether it depends on the order of the scores, or on their values as probabilities or amounts. */
  readonly judges: "order" | "probability" | "amount";
  /** In the order of arguments without names. */
  readonly parameters: P;
  /** The suffix of the name in tables: the `@10` of `ndcg@10`. */
  suffix(settings: MetricSettings<P>): string;
  measure(scored: LabelledScores, settings: MetricSettings<P>): MetricValue;
  /** Explains the number in the sentence below a table; null if the name suffices. */
  note(settings: MetricSettings<P>, outcome: Outcome): string | null;
  /** Why a group has no value, such as "one class only"; null for a metric without groups. */
  readonly skips: string | null;
}

export function defineMetric<const Name extends string, const P extends Parameters>(
  definition: MetricDefinition<Name, P>,
): MetricDefinition<Name, P> {
  return definition;
}

/** The fields of a metric over all rows that has no arguments and needs no explanation. */
export const withoutArguments = {
  parameters: {},
  suffix: () => "",
  note: () => null,
  skips: null,
} as const;

/** The value of a metric over all rows that has nothing but a value. */
export function plain(value: number, resampled: MetricValue["resampled"] = null): MetricValue {
  return { value, groups: null, table: null, resampled };
}

/** The number of top ranks that are considered. */
export const cutOff: MetricParameter & { readonly kind: "number" } = {
  kind: "number",
  test: (value) => Number.isInteger(value) && value >= 1 && value <= 1_000_000,
  expected: "a whole number from 1 to 1000000",
  example: "10",
};
