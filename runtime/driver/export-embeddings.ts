// The vectors of a run's table with the values that they belong to, for a vector index: Parquet, or NumPy
// with the values in a file beside it. Padding and the unknown row are left out.

import { UsageError } from "../../compiler/common/usage-error.ts";
import { noSuchTable, rowsWithoutIds } from "../../compiler/diagnostics/catalog/exports.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { kindOf, learnedOf } from "../../compiler/frontend/kinds/registry.ts";
import { FIRST_ID, type Fitted, featureNamed, type Model } from "../../compiler/frontend/model/model.ts";
import type { HostTable } from "../../compiler/train/tables.ts";
import { CHUNK_ROWS } from "../duckdb/streamed.ts";
import { type OpenRun, openRun } from "../run/open-run.ts";
import { asNumpy, asParquet } from "./vector-files.ts";

export interface ExportEmbeddingsOptions {
  /** The table, by the name of its feature; by default the run's only one. */
  readonly table?: string;
  /** Divides each vector by its length, so that an index by inner product finds cosines. */
  readonly normalize?: boolean;
}

export interface ExportedEmbeddings {
  readonly table: string;
  readonly vectors: number;
  readonly width: number;
  /** The written files: the vectors, and with NumPy a file with the values. */
  readonly files: readonly string[];
}

/**
 * Writes the vectors of a run's table to `out`. A `.parquet` file has two columns, one named as the feature
 * with the value as a text, and `vector`. A `.npy` file has a matrix of 32-bit floats, and `NAME.ids.json`
 * beside it the values of its rows. Each file is complete or absent. Throws DiagnosticError for mistakes in
 * the run, the table or the path.
 */
export async function exportEmbeddings(
  run: OpenRun | string,
  out: string,
  options: ExportEmbeddingsOptions = {},
): Promise<ExportedEmbeddings> {
  const format = /\.(parquet|npy)$/i.exec(out)?.[1]?.toLowerCase();
  if (format === undefined) throw new UsageError(`embeddings are written as .parquet or .npy, not as ${out}`);
  const { model, tables, run: read } = typeof run === "string" ? await openRun(run) : run;
  const { spec, values } = chosen(model, tables, options.table ?? null);
  const ids = valuesOf(model, read.fitted, spec);
  const own = values.slice(FIRST_ID * spec.width);
  const vectors = options.normalize === true ? normalized(own, spec.width) : own;
  const written = { table: spec.name, vectors: ids.length, width: spec.width };
  if (format === "parquet") {
    await vectorsAsParquet(out, spec.feature, ids, vectors, spec.width);
    return { ...written, files: [out] };
  }
  return { ...written, files: await asNumpy(out, vectors, spec.width, ids) };
}

function chosen(model: Model, tables: OpenRun["tables"], table: string | null): HostTable {
  const names = [...tables.keys()].filter((name) => hasIds(model, tables.get(name)!));
  const only = names.length === 1 ? names[0]! : null;
  const found = tables.get(table ?? only ?? "");
  if (found === undefined)
    throw new DiagnosticError([diagnose(noSuchTable, { table, tables: names }, noLocation)]);
  if (!hasIds(model, found))
    throw new DiagnosticError([
      diagnose(rowsWithoutIds, { table: found.spec.name, tables: names }, noLocation),
    ]);
  return found;
}

/** Tells whether each row belongs to one value. */
function hasIds(model: Model, { spec }: HostTable): boolean {
  const definition = kindOf(featureNamed(model, spec.feature).kind);
  return definition.gives === "ids" && definition.takes === "ids" && !definition.manyToOne;
}

/** The values of rows, as texts, from the first known id on. */
function valuesOf(model: Model, fitted: Fitted, { feature: name, rows }: HostTable["spec"]): string[] {
  const feature = featureNamed(model, name);
  const definition = kindOf(feature.kind);
  if (definition.gives !== "ids") return [];
  const learned = learnedOf(feature, fitted);
  return Array.from({ length: rows - FIRST_ID }, (_, index) =>
    String(definition.valueAt(feature.kind, learned, index, 0, () => FIRST_ID + index)),
  );
}

/** A vector of zeros stays zero. */
function normalized(values: Float32Array, width: number): Float32Array {
  for (let start = 0; start < values.length; start += width) {
    const vector = values.subarray(start, start + width);
    const length = Math.hypot(...vector);
    if (length > 0) for (let i = 0; i < width; i++) vector[i]! /= length;
  }
  return values;
}

async function vectorsAsParquet(
  out: string,
  name: string,
  ids: readonly string[],
  vectors: Float32Array,
  width: number,
): Promise<void> {
  // For a feature that is also called `vector`: DuckDB needs distinct names for columns.
  const column = name === "vector" ? "id" : name;
  const columns = [
    { name: column, type: "text" },
    { name: "vector", type: "list<float>" },
  ] as const;
  function* chunks() {
    for (let first = 0; first < ids.length; first += CHUNK_ROWS) {
      const some = ids.slice(first, first + CHUNK_ROWS);
      const rows = some.map((_, i) => [...vectors.subarray((first + i) * width, (first + i + 1) * width)]);
      yield [some, rows];
    }
  }
  await asParquet(out, columns, chunks());
}
