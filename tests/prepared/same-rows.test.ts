// Prepared rows give what the raw data give, bit by bit: ids, numbers and batches in the order of each epoch,
// whatever kinds of columns there are, however they are stored, and whatever memory there is to read them.

import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../compiler/backends/contract/batch.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import type { RandomStreams } from "../../compiler/data/noise.ts";
import { afterSteps, type BatchSizes, type RowOrder } from "../../compiler/data/row-order.ts";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { DataConfig } from "../../compiler/frontend/config/config.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { tableUses } from "../../compiler/middle/programs/table-uses.ts";
import { countsInBatch } from "../../runtime/data/batches/batch-counts.ts";
import { occurrencesIn, type RowSource } from "../../runtime/data/batches/row-source.ts";
import { SourceBatches } from "../../runtime/data/batches/source-batches.ts";
import { readTraining } from "../../runtime/data/read-data.ts";
import type { TrainingData } from "../../runtime/data/training-data.ts";
import { preparedSplits, type StoredOrder } from "../../runtime/prepared/prepared-folder.ts";
import { PreparedFolder } from "../../runtime/prepared/read-description.ts";
import { readPrepared, readPreparedSplit } from "../../runtime/prepared/read-prepared.ts";
import { claimPrepared, writePrepared } from "../../runtime/prepared/write-prepared.ts";
import { rowsOf, TestFolder } from "../data/files.ts";
import * as ofEvents from "../data/rich-events.ts";
import * as ofRows from "../data/rich-rows.ts";
import { runs } from "../support/how-often.ts";

interface Stored {
  readonly order: StoredOrder;
  readonly shards: number;
}

const [NOTHING, SOME, PLENTY] = [0, 1000, 1e9];
const stored: fc.Arbitrary<Stored> = fc.record({
  order: fc.constantFrom("shuffled", "trained"),
  shards: fc.integer({ min: 1, max: 4 }),
});
const memory = fc.constantFrom(NOTHING, SOME, PLENTY);

async function write(
  out: string,
  model: Model,
  source: DataConfig,
  data: TrainingData,
  asked: Stored,
): Promise<void> {
  const release = await claimPrepared(out, true);
  const tables = tablesOf(model, data.fitted);
  const contents = {
    model,
    source,
    data,
    tables,
    counted: new Map(),
    truth: null,
    titles: null,
    baseline: async () => null,
  };
  await writePrepared(out, { ...contents, ...asked, compiler: "test", onProgress: () => {} });
  release();
}

/** Every batch of some rows, its arrays as they are; of training steps with those of its groups. */
function batchesOf(
  model: Model,
  data: TrainingData,
  rows: RowSource,
  order: RowOrder,
  sizes: BatchSizes = 5,
  streams: RandomStreams | null = null,
): Batch[] {
  const { step } = trainingProgram(lower(model), model);
  const batches = new SourceBatches(planBatches(step, tablesOf(model, data.fitted)));
  return [...batches.batches(rows, order, sizes, streams)];
}

/** The batches of an epoch, of about five rows. */
function epochOf(model: Model, data: TrainingData, epoch: number): Batch[] {
  const { orders, train } = data;
  const { order, sizes } = afterSteps(orders.ofEpoch(train.rows, 7, epoch, 5), 0, 5);
  expect(typeof sizes).toBe(model.batchBy === null ? "number" : "object");
  return batchesOf(model, data, train, order, sizes, { seed: 7, step: 1 });
}

const inOrder = ({ rows }: RowSource) => Int32Array.from({ length: rows }, (_, i) => i);

async function compare(model: Model, source: DataConfig, asked: Stored, memory: number): Promise<void> {
  const folder = new TestFolder();
  const out = join(folder.path, "rows");
  const raw = await readTraining(model, { ...source, memory: PLENTY });
  await write(out, model, source, raw, asked);
  const opened = await PreparedFolder.open(out);
  const prepared = await readPrepared(opened, model, { data: source, location: noLocation }, { memory });

  expect(prepared.fitted).toEqual(raw.fitted);
  // As JSON, where nothing is the same as what is not there.
  expect(prepared.fingerprint).toEqual(JSON.parse(JSON.stringify(raw.fingerprint)));
  if (memory === NOTHING) expect(prepared.train.kind).toBe("columns");
  for (const epoch of [1, 2]) expect(epochOf(model, prepared, epoch)).toEqual(epochOf(model, raw, epoch));
  for (const split of preparedSplits) {
    const [expected, found] = [raw[split], await readPreparedSplit(opened, model, split, { memory })];
    expect(found === null).toBe(expected === null);
    if (expected === null || found === null) continue;
    expect(batchesOf(model, raw, found, inOrder(found))).toEqual(
      batchesOf(model, raw, expected, inOrder(expected)),
    );
    if (split === "train") continue;
    expect(found.labels).toEqual(expected.labels);
    expect(found.groups).toEqual(expected.groups);
    expect([prepared[split]!.labels, prepared[split]!.groups]).toEqual([expected.labels, expected.groups]);
  }
  const { step } = trainingProgram(lower(model), model);
  const plan = planBatches(step, tablesOf(model, raw.fitted));
  const [expected, found] = [raw, prepared].map((data) => countsInBatch(data, plan, 7));
  const rows = step.nodes
    .map(({ type }) => type.rows)
    .filter(({ kind }) => kind === "steps" || kind === "table");
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.map(found!)).toEqual(rows.map(expected!));
  const counted = tablesOf(model, raw.fitted).map(({ name, rows: ids }) => ({
    ids,
    uses: tableUses(step).filter(({ table }) => table === name),
  }));
  expect(occurrencesIn(counted, prepared.train)).toEqual(occurrencesIn(counted, raw.train));
}

describe("prepared rows", () => {
  it("are the example rows of files, of every kind", async () => {
    const folder = new TestFolder();
    const rows = fc.array(ofRows.row, { minLength: 12, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        rows,
        fc.boolean(),
        stored,
        memory,
        async (some, others, validates, ...asked) => {
          const linesOf = (all: readonly ofRows.Row[]) =>
            [...all, ...ofRows.WHOLE].map(ofRows.line).reverse().join("\n");
          const train = folder.write("train.jsonl", linesOf(some));
          const test = folder.write("test.jsonl", linesOf(others));
          const validate = validates ? { share: 0.4, seed: 8, by: "user_id", location: noLocation } : null;
          await compare(ofRows.model, rowsOf(train, { test, validate }), ...asked);
        },
      ),
      { numRuns: runs(3), endOnFailure: true },
    );
  });

  it("are those that an event log makes, of every kind", async () => {
    const folder = new TestFolder();
    await fc.assert(
      fc.asyncProperty(ofEvents.events, stored, memory, async (log, ...asked) => {
        const source = { ...ofEvents.configOf(folder, log), memory: PLENTY };
        await compare(ofEvents.model, source, ...asked);
      }),
      { numRuns: runs(3), endOnFailure: true },
    );
  });
});
