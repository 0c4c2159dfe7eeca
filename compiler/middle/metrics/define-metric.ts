// The definition of a metric: one object with its name, arguments, direction, computation, and the words
// beside its number. The checker, `dinc eval`, the report and early stopping read nothing else. To add one,
// write `NAME.metric.ts` and a line in `registry.ts`.

import type { Outcome } from "./outcome.ts";
import type { Estimator, Units } from "./resampling.ts";
import type { LabelledScores } from "./scored.ts";

/** An argument: how it is checked, and what stands for it where it is not given. Without `fallback` it must be given. */
export type MetricParameter =
  /** The user feature with ids whose values are the groups. */
  | { readonly kind: "group" }
  | { readonly kind: "choice"; readonly values: readonly string[]; readonly fallback: string }
  | {
      readonly kind: "number";
      readonly test: (value: number) => boolean;
      /** "a whole number of at least 1" */
      readonly expected: string;
      /** As one would write it. */
      readonly example: string;
      readonly fallback?: number;
    };

export type Parameters = Readonly<Record<string, MetricParameter>>;

/** The arguments of a metric, by name, those that were not given included. */
export type MetricSettings<P extends Parameters> = {
  readonly [Name in keyof P]: SettingOf<P[Name]>;
};

type SettingOf<P> = P extends { readonly kind: "choice"; readonly values: readonly (infer V)[] }
  ? V
  : P extends { readonly kind: "number" }
    ? number
    : string;

/** One line of a reliability table: rows whose predictions lie close together. */
export interface ReliabilityBin {
  /** What they count as: the sum of their weights. */
  readonly rows: number;
  /** The lowest and the highest predicted probability among them. */
  readonly lowest: number;
  readonly highest: number;
  /** Means over the rows: what was predicted, and how many were clicks. */
  readonly predicted: number;
  readonly observed: number;
}

/** What a metric says of the rows. */
export interface MetricValue {
  /** NaN where the rows do not define it. */
  readonly value: number;
  /** Of a metric by group: how many groups the rows have, and how many of them have no value of their own. */
  readonly groups: { readonly count: number; readonly skipped: number } | null;
  readonly table: readonly ReliabilityBin[] | null;
  /** The value when units are drawn several times or not at all; null where no interval is given. */
  readonly resampled: ((units: Units) => Estimator) | null;
}

export interface MetricDefinition<Name extends string = string, P extends Parameters = Parameters> {
  /** As the spec has it. */
  readonly name: Name;
  /** What it is, exactly, in a sentence or two for SPEC.md and the command line; ties and what is skipped included. */
  readonly doc: string;
  readonly better: "higher" | "lower";
  /** The labels that it measures predictions of. */
  readonly fits: readonly Outcome[];
  /** What it judges: the order that scores put rows in, or the probabilities or amounts that they are. */
  readonly judges: "order" | "probability" | "amount";
  /** In the order in which they may be given without their names. */
  readonly parameters: P;
  /** What stands after its name in tables: the `@10` of `ndcg@10`. */
  suffix(settings: MetricSettings<P>): string;
  measure(scored: LabelledScores, settings: MetricSettings<P>): MetricValue;
  /** How the number was made, for the sentence below a table; null where the name says it all. */
  note(settings: MetricSettings<P>, outcome: Outcome): string | null;
  /** Why a group has no value: "one class only". Of a metric that has no groups, null. */
  readonly skips: string | null;
}

export function defineMetric<const Name extends string, const P extends Parameters>(
  definition: MetricDefinition<Name, P>,
): MetricDefinition<Name, P> {
  return definition;
}

/** What a metric over all rows says that takes no arguments, and whose name says all. */
export const withoutArguments = {
  parameters: {},
  suffix: () => "",
  note: () => null,
  skips: null,
} as const;

/** A metric over all rows that has a value and nothing beside it. */
export function plain(value: number, resampled: MetricValue["resampled"] = null): MetricValue {
  return { value, groups: null, table: null, resampled };
}

/** How far down a ranking is looked. */
export const cutOff: MetricParameter & { readonly kind: "number" } = {
  kind: "number",
  test: (value) => Number.isInteger(value) && value >= 1 && value <= 1_000_000,
  expected: "a whole number from 1 to 1000000",
  example: "10",
};
