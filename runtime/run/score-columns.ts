// The score columns in a table of predictions: the logit and the probability for a binary label, the number
// for a numeric label, and for classes the probability of each and the most likely one.

import { classesOf, probabilitiesOf } from "../../compiler/frontend/labels/predicted-values.ts";
import type { Label } from "../../compiler/frontend/model/model.ts";
import type { Logits } from "./score-run.ts";

/** The parts of a label that determine its scores. */
type Scored = Pick<Label, "name" | "type">;

/** A column: its name, and its cells for some rows. */
interface ScoreColumn {
  readonly name: string;
  readonly isText: boolean;
}

export type ScoreCell = number | string;

export class ScoreColumns {
  private readonly labels: readonly Scored[];
  readonly columns: readonly ScoreColumn[];

  constructor({
    labels,
    predictions,
  }: {
    readonly labels: ReadonlyMap<string, Scored>;
    readonly predictions: readonly { readonly label: string }[];
  }) {
    this.labels = predictions.map(({ label }) => labels.get(label)!);
    this.columns = this.labels.flatMap(columnsOf);
  }

  get names(): readonly string[] {
    return this.columns.map(({ name }) => name);
  }

  /** The cells of rows, by column. */
  cells(logits: Logits): (row: number) => readonly ScoreCell[] {
    const of = this.labels.map((label) => cellsOf(label, logits.get(label.name)!));
    return (row) => of.flatMap((each) => each(row));
  }
}

function columnsOf(label: Scored): readonly ScoreColumn[] {
  const { name, type } = label;
  const number = (suffix: string): ScoreColumn => ({ name: `${name}_${suffix}`, isText: false });
  if (type.kind === "number") return [number("prediction")];
  const classes = classesOf(label);
  if (classes.length === 0) return [number("logit"), number("probability")];
  return [
    { name: `${name}_prediction`, isText: true },
    ...classes.map((each) => number(`probability_${each}`)),
    ...(type.kind === "int" ? [number("expected")] : []),
  ];
}

function cellsOf(label: Scored, logits: Float32Array): (row: number) => readonly ScoreCell[] {
  const { type } = label;
  if (type.kind === "number") return (row) => [logits[row]!];
  const shares = probabilitiesOf(label, logits);
  const classes = classesOf(label);
  if (classes.length === 0) return (row) => [logits[row]!, shares[row]!];
  return (row) => {
    const own = shares.subarray(row * classes.length, (row + 1) * classes.length);
    const best = own.indexOf(own.reduce((most, each) => Math.max(most, each)));
    const expected = own.reduce((sum, share, i) => sum + share * Number(classes[i]), 0);
    return [classes[best]!, ...own, ...(type.kind === "int" ? [expected] : [])];
  };
}
