// What a process that trains is given by a test, as a file: a program, with what it begins with, and batches for it.

import { writeFileSync } from "node:fs";
import { serialize } from "node:v8";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import { scalarsAt } from "../../../compiler/middle/training/schedules.ts";
import { initialParameters } from "../../../compiler/train/initial.ts";
import { initialTable } from "../../../compiler/train/tables.ts";
import { randomRows } from "../../support/random-rows.ts";
import { batchesOf, madeOf } from "../../support/random-training.ts";

/** Values of each vocabulary that only data could tell. */
const KNOWN = 60;

export async function writeGiven(
  path: string,
  model: Model,
  { batches, size }: { readonly batches: number; readonly size: number },
): Promise<void> {
  const made = madeOf(model, KNOWN);
  const { program, tables } = made;
  const { settings, step } = program;
  const rows = randomRows(program, tables, { rows: batches * size });
  const feeds = (await batchesOf(rows, size, made)).map((batch, i) => ({
    ...{ batch, rows: {} },
    scalars: scalarsAt(settings, i + 1, batches),
  }));
  const decay = (count: number) => Float32Array.from({ length: count }, (_, row) => 0.1 / (1 + row));
  const held = tables.map(
    (spec) => [spec.name, initialTable(spec, { ...settings, seed: 1 }, decay(spec.rows))] as const,
  );
  const initial = initialParameters(step, settings.seed);
  writeFileSync(path, serialize({ program, initial, tables: new Map(held), feeds }));
}
