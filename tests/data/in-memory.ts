// Data read as a whole into memory, for tests that look at the rows.

import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import type { RawCell } from "../../compiler/data/raw-values.ts";
import type { DataConfig } from "../../compiler/frontend/config/config.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { memoryRowsOf } from "../../runtime/data/batches/row-source.ts";
import * as reading from "../../runtime/data/read-data.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import type { ReadOptions, ReadRowsOptions, TrainingData } from "../../runtime/data/training-data.ts";

/** Without `orders`, of which two are never equal. */
export async function readTraining(
  model: Model,
  data: DataConfig,
  options?: ReadOptions,
): Promise<Omit<TrainingData<MemoryRows>, "orders">> {
  const { train, valid, test, orders: _, ...rest } = await reading.readTraining(model, data, options);
  const whole = (rows: typeof valid) => (rows === null ? null : memoryRowsOf(rows));
  return { ...rest, train: memoryRowsOf(train), valid: whole(valid), test: whole(test) };
}

export async function readSplit(
  model: Model,
  fitted: Fitted,
  data: DataConfig,
  split: reading.SplitName,
): Promise<MemoryRows | null> {
  const rows = await reading.readSplit(model, fitted, data, split);
  return rows === null ? null : memoryRowsOf(rows);
}

export async function readRows(
  model: Model,
  fitted: Fitted,
  path: string,
  options: ReadRowsOptions,
): Promise<MemoryRows> {
  return memoryRowsOf(await reading.readRows(model, fitted, path, options));
}

/** By row: the steps of a history as a page shows them. */
export async function shownSteps(
  model: Model,
  fitted: Fitted,
  data: DataConfig,
  history: string,
): Promise<Readonly<Record<string, RawCell>>[][]> {
  if (data.kind !== "rows") throw new Error("a log of events");
  const asked = { path: data.train!, limit: 1e6, inputs: null, badRows: new BadRowReport() };
  const { steps } = await reading.readShownImpressions(model, fitted, data, asked);
  const fields = [...steps.get(history)!];
  const [, first] = fields[0]!;
  return first.map((own, row) =>
    own.map((_, i) => Object.fromEntries(fields.map(([field, cells]) => [field, cells[row]![i]!]))),
  );
}
