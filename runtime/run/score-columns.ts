// The score columns in a table of predictions: the logit and the probability for a binary label, the number
// for a numeric label, for classes the probability of each and the most likely one, and the numbers of outputs.

import { classesOf, probabilitiesOf } from "../../compiler/frontend/labels/predicted-values.ts";
import type { Label } from "../../compiler/frontend/model/model.ts";
import type { NamedOutput } from "../../compiler/middle/training/channels.ts";
import type { Logits } from "./scorer.ts";

/** The parts of a label that determine its scores. */
type Scored = Pick<Label, "name" | "type">;

interface ScoreColumn {
  readonly name: string;
  readonly type: "float" | "text" | "list<float>";
}

/** The values of a column in consecutive rows; a vector is a list of numbers. */
export type ScoreValues = Float32Array | Float64Array | readonly string[] | readonly Float32Array[];

type NamedWidth = Pick<NamedOutput, "name" | "width">;

export class ScoreColumns {
  private readonly labels: readonly Scored[];
  private readonly outputs: readonly NamedWidth[];
  readonly columns: readonly ScoreColumn[];

  constructor({
    labels,
    predictions,
    outputs,
  }: {
    readonly labels: ReadonlyMap<string, Scored>;
    readonly predictions: readonly { readonly label: string }[];
    readonly outputs: readonly NamedWidth[];
  }) {
    this.labels = predictions.map(({ label }) => labels.get(label)!);
    this.outputs = outputs;
    this.columns = [
      ...this.labels.flatMap(columnsOf),
      ...outputs.map(({ name, width }) => ({ name, type: width === 1 ? "float" : "list<float>" }) as const),
    ];
  }

  get names(): readonly string[] {
    return this.columns.map(({ name }) => name);
  }

  /** By column, its values in all rows of `logits`. */
  values(logits: Logits): readonly ScoreValues[] {
    return [
      ...this.labels.flatMap((label) => valuesOf(label, logits.get(label.name)!)),
      ...this.outputs.map(({ name, width }) => listsOf(logits.get(name)!, width)),
    ];
  }
}

function columnsOf(label: Scored): readonly ScoreColumn[] {
  const { name, type } = label;
  const number = (suffix: string): ScoreColumn => ({ name: `${name}_${suffix}`, type: "float" });
  if (type.kind === "number") return [number("prediction")];
  const classes = classesOf(label);
  if (classes.length === 0) return [number("logit"), number("probability")];
  return [
    { name: `${name}_prediction`, type: "text" },
    ...classes.map((each) => number(`probability_${each}`)),
    ...(type.kind === "int" ? [number("expected")] : []),
  ];
}

function listsOf(values: Float32Array, width: number): ScoreValues {
  if (width === 1) return values;
  return Array.from({ length: values.length / width }, (_, row) =>
    values.subarray(row * width, (row + 1) * width),
  );
}

function valuesOf(label: Scored, logits: Float32Array): readonly ScoreValues[] {
  const { type } = label;
  if (type.kind === "number") return [logits];
  const shares = probabilitiesOf(label, logits);
  const classes = classesOf(label);
  if (classes.length === 0) return [logits, shares];
  const rows = logits.length / classes.length;
  const of = classes.map(() => new Float32Array(rows));
  const best = Array.from({ length: rows }, () => classes[0]!);
  const expected = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const own = shares.subarray(row * classes.length, (row + 1) * classes.length);
    for (const [i, share] of own.entries()) of[i]![row] = share;
    best[row] = classes[own.indexOf(own.reduce((most, each) => Math.max(most, each)))]!;
    expected[row] = own.reduce((sum, share, i) => sum + share * Number(classes[i]), 0);
  }
  return [best, ...of, ...(type.kind === "int" ? [expected] : [])];
}
