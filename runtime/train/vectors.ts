// Reads files of pretrained vectors. Rows of the table with a vector begin with it, and the others as `init` says.

import { dirname, resolve } from "node:path";
import { Findings } from "../../compiler/data/findings.ts";
import { fileUnreadable } from "../../compiler/diagnostics/catalog/run.ts";
import {
  vectorNotNumbers,
  vectorsOfOthers,
  vectorTwice,
  vectorWidth,
} from "../../compiler/diagnostics/catalog/vectors.ts";
import { type Details, DiagnosticError, diagnose, inText } from "../../compiler/diagnostics/diagnostic.ts";
import { spaceOf } from "../../compiler/frontend/kinds/encoders.ts";
import {
  FIRST_ID,
  type FileReference,
  type Fitted,
  featureNamed,
  type Model,
  type TableSpec,
} from "../../compiler/frontend/model/model.ts";
import type { InitialVectors } from "../../compiler/train/tables.ts";
import { fileProblem } from "../files/file-problem.ts";
import { eachVector, isOfLines } from "./vectors-in.ts";

/** The number of vectors that a table got from a file. */
export interface ReadVectors {
  readonly feature: string;
  /** The path in the spec. */
  readonly path: string;
  /** The size of the table's vocabulary, and the number of its values that have a vector in the file. */
  readonly known: number;
  readonly given: number;
  /** The number of vectors for other values. */
  readonly others: number;
}

/** By table: its initial vectors. `onRead` receives a summary of each file. */
export async function readVectors(
  model: Model,
  fitted: Fitted,
  tables: readonly TableSpec[],
  onRead: (read: ReadVectors) => void,
): Promise<Map<string, InitialVectors>> {
  const given = new Map<string, InitialVectors>();
  for (const spec of tables) {
    const { vectors } = spec.options;
    if (vectors !== null) given.set(spec.name, await readFile(model, fitted, spec, vectors, onRead));
  }
  return given;
}

async function readFile(
  model: Model,
  fitted: Fitted,
  spec: TableSpec,
  { path: written, span }: FileReference,
  onRead: (read: ReadVectors) => void,
): Promise<InitialVectors> {
  const path = resolve(dirname(model.file.path), written);
  const findings = new Findings(path);
  const details: Details = { related: [{ location: inText(span), label: "named here" }] };
  const space = spaceOf(featureNamed(model, spec.feature), fitted);
  const placeOf = new Map<string, number>();
  const rows: number[] = [];
  const values: number[] = [];
  let others = 0;
  const unit = isOfLines(path) ? "line" : "row";
  const { feature, width } = spec;
  try {
    await eachVector({ path, span, feature, width }, ({ place, id, numbers }) => {
      const first = placeOf.get(id);
      const bad = numbers.find((number) => number === null || !Number.isFinite(Number(number)));
      if (first !== undefined)
        findings.add(vectorTwice, { id, first: first + 1, unit }, place, null, details);
      else if (bad !== undefined) findings.add(vectorNotNumbers, { got: String(bad) }, place, null, details);
      else if (numbers.length !== width)
        findings.add(vectorWidth, { feature, got: numbers.length, width }, place, null, details);
      placeOf.set(id, first ?? place);
      const row = space.idOf(id);
      if (row < FIRST_ID) others += 1;
      else if (first === undefined) {
        rows.push(row);
        for (const number of numbers) values.push(Number(number));
      }
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const reason = fileProblem(error);
    throw new DiagnosticError([diagnose(fileUnreadable, { path, reason }, inText(span))]);
  }
  if (rows.length === 0) findings.add(vectorsOfOthers, { feature, lines: placeOf.size }, null, null, details);
  findings.throwIfAny();
  const known = spec.rows - FIRST_ID;
  onRead({ feature, path: written, known, given: rows.length, others });
  return { rows: Int32Array.from(rows), values: Float32Array.from(values) };
}
