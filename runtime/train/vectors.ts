// Reads files of pretrained vectors: each line is an id and its numbers. Rows of the table with a vector
// begin with it, and the others as `init` says.

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
import { linesOf } from "../files/read-text.ts";

/** The number of vectors that a table got from a file. */
export interface ReadVectors {
  readonly feature: string;
  /** The path in the spec. */
  readonly path: string;
  /** The size of the table's vocabulary, and the number of its values that have a vector in the file. */
  readonly known: number;
  readonly given: number;
  /** The number of lines for other values. */
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
  const lineOf = new Map<string, number>();
  const rows: number[] = [];
  const values: number[] = [];
  let [line, others] = [0, 0];
  try {
    for await (const text of linesOf(path)) {
      line += 1;
      if (text.trim() === "" || (line === 1 && spec.width !== 1 && /^\d+\s+\d+$/.test(text.trim()))) continue;
      const { id, numbers } = parsed(line === 1 ? text.replace(/^\uFEFF/, "") : text);
      const first = lineOf.get(id);
      const bad = numbers.find((number) => !Number.isFinite(Number(number)));
      if (first !== undefined) findings.add(vectorTwice, { id, first }, line - 1, null, details);
      else if (bad !== undefined) findings.add(vectorNotNumbers, { got: bad }, line - 1, null, details);
      else if (numbers.length !== spec.width)
        findings.add(
          vectorWidth,
          { feature: spec.feature, got: numbers.length, width: spec.width },
          line - 1,
          null,
          details,
        );
      lineOf.set(id, first ?? line);
      const row = space.idOf(id);
      if (row < FIRST_ID) others += 1;
      else if (first === undefined) {
        rows.push(row);
        for (const number of numbers) values.push(Number(number));
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const reason = fileProblem(error);
    throw new DiagnosticError([diagnose(fileUnreadable, { path, reason }, inText(span))]);
  }
  if (rows.length === 0)
    findings.add(vectorsOfOthers, { feature: spec.feature, lines: lineOf.size }, null, null, details);
  findings.throwIfAny();
  const known = spec.rows - FIRST_ID;
  onRead({ feature: spec.feature, path: written, known, given: rows.length, others });
  return { rows: Int32Array.from(rows), values: Float32Array.from(values) };
}

/** A tab must follow an id with blanks. */
function parsed(text: string): { readonly id: string; readonly numbers: readonly string[] } {
  const [, id, rest] = /^([^\t]*)\t(.*)$/s.exec(text) ?? /^\s*([^\s,]+)[\s,]?(.*)$/s.exec(text)!;
  return { id: id!, numbers: rest!.split(/[\s,]+/).filter((number) => number !== "") };
}
