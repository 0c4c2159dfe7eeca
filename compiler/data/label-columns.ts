// The columns that belong to a label: its values (0 if a row lacks it), and the weight of each row. They are
// among the labels of rows, under names that no label has.

import { badRowWeight, noCountedRows } from "../diagnostics/catalog/row-weights.ts";
import { DiagnosticError, diagnose, inText } from "../diagnostics/diagnostic.ts";
import type { Label, Model } from "../frontend/model/model.ts";
import type { InputRole } from "../middle/graph/attributes.ts";
import { inputNames } from "../middle/programs/program.ts";
import { type Column, type ColumnMemory, float32s, PIECE } from "./columns.ts";
import type { FittedRows } from "./row-stages.ts";

export type RoleOfLabel = Extract<InputRole, { readonly kind: "label" | "present" | "weight" }>;

export function isOfLabel(role: InputRole): role is RoleOfLabel {
  return role.kind === "label" || role.kind === "present" || role.kind === "weight";
}

export function columnOfLabel({ kind, of }: RoleOfLabel): string {
  return kind === "label" ? of : inputNames[kind](of);
}

/** The labels of a model, with all of their columns. */
export function labelColumns({ labels }: Pick<Model, "labels">): readonly RoleOfLabel[] {
  return [...labels.values()].flatMap(({ name: of, mayBeMissing, weight }): RoleOfLabel[] => [
    { kind: "label", of },
    ...(mayBeMissing ? [{ kind: "present", of } as const] : []),
    ...(weight === null ? [] : [{ kind: "weight", of } as const]),
  ]);
}

/** The columns that a table has for some labels: values, and whether a row has one. */
export function readColumns(labels: readonly Label[]): readonly RoleOfLabel[] {
  return labelColumns({ labels: new Map(labels.map((label) => [label.name, label])) }).filter(
    ({ kind }) => kind !== "weight",
  );
}

/** The features with row weights. */
export function weighingFeatures({
  labels,
  features,
}: Pick<Model, "labels" | "features">): ReadonlySet<string> {
  const weights = [...labels.values()].flatMap(({ weight }) => (weight === null ? [] : [weight.name]));
  return new Set(weights.filter((name) => features.has(name)));
}

/** The weight of each row for a label; null if each counts once. */
export function weightsIn<T>(labels: ReadonlyMap<string, T>, label: string): T | null {
  return labels.get(inputNames.weight(label)) ?? labels.get(inputNames.present(label)) ?? null;
}

/**
 * The labels of rows with their row weights, which come from a number of the row, or another label. A row
 * that lacks one of them has weight 0.
 */
export function withWeights(
  model: Model,
  { rows, labels, numbers }: Pick<FittedRows, "rows" | "labels" | "numbers">,
  { reader, store }: ColumnMemory,
): ReadonlyMap<string, Column<Float32Array>> {
  const all = new Map(labels);
  for (const label of model.labels.values()) {
    const { name, weight } = label;
    if (weight === null || !labels.has(name)) continue;
    const factors = [
      labels.get(weight.name) ?? numbers.get(weight.name)!,
      ...[name, weight.name].flatMap((of) => labels.get(inputNames.present(of)) ?? []),
    ];
    const writer = store.column(float32s, rows);
    for (let from = 0; from < rows; from += PIECE) {
      const count = Math.min(PIECE, rows - from);
      const read = factors.map((column) => reader.read(column, from, new Float32Array(count)));
      for (let i = 0; i < count; i++)
        writer.push(
          checkedWeight(
            label,
            read.reduce((product, values) => product * values[i]!, 1),
          ),
        );
    }
    all.set(inputNames.weight(name), writer.finish());
  }
  return all;
}

/** Checks that the weight of a row for `label` is at least 0. */
export function checkedWeight({ name, weight }: Label, value: number): number {
  if (value >= 0) return value;
  const parameters = { label: name, weight: weight!.name, value: String(value) };
  throw new DiagnosticError([diagnose(badRowWeight, parameters, inText(weight!.span))]);
}

/**
 * Throws DiagnosticError if all training rows have weight 0 for a label; `weights` returns the weights of all
 * rows by column.
 */
export function requireCountedRows(
  { labels }: Pick<Model, "labels">,
  rows: number,
  weights: (column: string) => Iterable<Float32Array>,
): void {
  const problems = [...labels.values()].flatMap(({ name, weight, mayBeMissing, span }) => {
    if (weight === null && !mayBeMissing) return [];
    const column = weight === null ? inputNames.present(name) : inputNames.weight(name);
    for (const values of weights(column)) if (values.some((value) => value > 0)) return [];
    const parameters = { label: name, rows, isMissing: weight === null };
    return [diagnose(noCountedRows, parameters, inText(span))];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
}
