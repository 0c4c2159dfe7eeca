// The vectors of items by a run with two towers, for a vector index: one for each row of a table of items,
// beside the columns that name it.

import { itemModel } from "../../compiler/backends/two-tower/items.ts";
import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import type { Raw } from "../../compiler/data/raw-values.ts";
import { outputIsInput } from "../../compiler/diagnostics/catalog/scores.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { hasRawValue, tellsGroups } from "../../compiler/frontend/kinds/registry.ts";
import { tablesIn } from "../../compiler/middle/programs/step.ts";
import { CHUNK_ROWS } from "../duckdb/streamed.ts";
import { inputsAt } from "../files/data-paths.ts";
import { inputAt } from "../files/same-file.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";
import { predict } from "./predict.ts";
import { toWrittenCell } from "./prediction-parquet.ts";
import type { RowsOptions } from "./rows.ts";
import { asNumpy, asParquet } from "./vector-files.ts";

export interface ExportItemsOptions
  extends Omit<RowsOptions, "config" | "rows" | "split" | "set" | "steps" | "data"> {
  /** The table of items, with a column for each feature that the item tower reads. */
  readonly data: string;
  /** Columns to copy beside the vectors; by default that of the first item feature with ids. */
  readonly keep?: readonly string[];
}

export interface ExportedItems {
  readonly vectors: number;
  readonly width: number;
  readonly keep: readonly string[];
  /** The written files: the vectors, and with NumPy a file with the first column of `keep`. */
  readonly files: readonly string[];
}

/**
 * Writes the vectors of items to `out`, in the order of the rows. A `.parquet` file has the columns of `keep`
 * and `vector`; a `.npy` file has a matrix of 32-bit floats, and `NAME.ids.json` beside it the first of these
 * columns. Each file is complete or absent. The inner product with the vector that the module of `--target
 * two-tower` gives for a user is the logit. Throws DiagnosticError for mistakes in the run, the rows or the
 * path, and if the model does not have two towers; UsageError if names of columns collide.
 */
export async function exportItems(
  run: OpenRun | string,
  out: string,
  options: ExportItemsOptions,
): Promise<ExportedItems> {
  const format = /\.(parquet|npy)$/i.exec(out)?.[1]?.toLowerCase();
  if (format === undefined) throw new UsageError(`vectors are written as .parquet or .npy, not as ${out}`);
  const opened = await openedRun(run, options);
  const calibration = opened.uncalibrated === null ? null : opened.run.calibration;
  const { model, predict: graph, width } = itemModel(opened.model, opened.predict, calibration);
  const keep = keptBy(opened, options.keep ?? []);
  const read = new Set(tablesIn(graph));
  const items: OpenRun = {
    ...opened,
    model,
    predict: graph,
    tables: new Map([...opened.tables].filter(([name]) => read.has(name))),
    parameters: new Map([...opened.parameters].filter(([name]) => graph.parameters.has(name))),
  };
  const input = await inputAt(out, inputsAt(options.data));
  if (input !== null) throw new DiagnosticError([diagnose(outputIsInput, { path: out, input }, noLocation)]);
  const pieces: Float32Array[] = [];
  const kept: Raw[][] = keep.map(() => []);
  for await (const { rows, logits, unscored, kept: cells } of predict(items, { ...options, keep })) {
    const columns = [...logits.values()];
    const vectors = new Float32Array((rows - unscored.size) * width);
    let at = 0;
    for (let row = 0; row < rows; row++) {
      if (unscored.has(row)) continue;
      for (const column of columns) vectors[at++] = column[row]!;
      for (const [i, own] of cells.entries()) kept[i]!.push(own[row]!);
    }
    pieces.push(vectors);
  }
  const count = kept[0]!.length;
  const all = new Float32Array(count * width);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  const result = { vectors: count, width, keep };
  if (format === "npy") return { ...result, files: await asNumpy(out, all, width, kept[0]!) };
  const types = kept.map(typeOf);
  const columns = [
    ...keep.map((name, i) => ({ name, type: types[i]! })),
    { name: "vector", type: "list<float>" } as const,
  ];
  await asParquet(out, columns, chunks(kept, types, all, width));
  return { ...result, files: [out] };
}

/** Throws UsageError if names of columns collide. */
function keptBy({ model }: OpenRun, asked: readonly string[]): readonly string[] {
  const named = [...model.features.values()].find(
    (each) => each.scope === "item" && hasRawValue(each) && tellsGroups(each),
  );
  const keep = asked.length > 0 || named === undefined ? asked : [named.name];
  if (keep.length === 0)
    throw new UsageError(
      wording`items have no feature with ids: name the column that identifies them with ${option("keep")}`,
    );
  for (const [i, name] of keep.entries())
    if (name === "vector" || keep.indexOf(name) < i)
      throw new UsageError(
        wording`${option("keep", name)}: the table of vectors has a column of that name already`,
      );
  return keep;
}

/** The type that holds all cells of a column. */
function typeOf(cells: readonly Raw[]): "int64" | "double" | "text" {
  const some = cells.filter((cell) => cell !== null);
  const isWhole = (cell: Raw) =>
    Number.isSafeInteger(cell) || (typeof cell === "bigint" && BigInt.asIntN(64, cell) === cell);
  if (some.every(isWhole)) return "int64";
  return some.every((cell) => typeof cell === "number") ? "double" : "text";
}

function* chunks(
  kept: readonly (readonly Raw[])[],
  types: readonly ReturnType<typeof typeOf>[],
  vectors: Float32Array,
  width: number,
) {
  const rows = kept[0]!.length;
  for (let first = 0; first < rows; first += CHUNK_ROWS) {
    const to = Math.min(first + CHUNK_ROWS, rows);
    yield [
      ...kept.map((cells, i) => cells.slice(first, to).map((cell) => toWrittenCell(cell, types[i]!))),
      Array.from({ length: to - first }, (_, i) => [
        ...vectors.subarray((first + i) * width, (first + i + 1) * width),
      ]),
    ];
  }
}
