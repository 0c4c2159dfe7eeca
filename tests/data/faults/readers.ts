// What reads data for each command, in one process: the rows that it gets, by their numbers.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unreadableRow } from "../../../compiler/diagnostics/catalog/bad-rows.ts";
import { DiagnosticError, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import type { BadRowPolicy } from "../../../compiler/frontend/config/choices.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import { memoryRowsOf, type RowSource } from "../../../runtime/data/batches/row-source.ts";
import { readRows, readSplit, readTraining } from "../../../runtime/data/read-data.ts";
import { rowPieces } from "../../../runtime/data/row-pieces.ts";
import { BadRowReport } from "../../../runtime/data/tables/bad-rows.ts";
import type { TrainingData } from "../../../runtime/data/training-data.ts";
import { sampleTable } from "../../../runtime/driver/sample-table.ts";
import { eventsOf, rowsOf, type TestFolder } from "../files.ts";
import { modelOf } from "../models.ts";

const NET = `net { predict click = concat(item_id, n, sum(clicks)) |> dense(1) |> sigmoid }
train { loss binary_cross_entropy  optimizer sgd(learning_rate: 0.1)  batch 4  epochs 1  metrics auc }
`;

export const model: Model = modelOf(`model rows
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2   n : number }
history clicks(max: 3) { item_id <-> hist }
label click : binary
${NET.replace("concat(", "concat(user_id, ")}`);

const eventModel: Model = modelOf(`model events
features item { item_id : id  embed 2 }
features context { n : number }
history clicks(max: 3) { item_id <-> hist }
label happened : binary
${NET.replace("predict click", "predict happened")}`);

const itemModel: Model = modelOf(`model items
features item { t : id  embed 2   n : number }
history clicks(max: 3) { t <-> hist }
label click : binary
${NET.replace("item_id", "t")}`);

const CLEAN = ["user_id,item_id,t,n,hist,click", "u,i0,1,1,i1,1", "u,i1,2,2,i1,0", "u,i2,3,3,i1,1"];

export interface Reader {
  /** Whether it can leave rows out. */
  readonly skips: boolean;
  /** Whether it reads values, and not just what there is. */
  readonly judges: boolean;
  /** A column that it does not read, in which bytes may be anything. */
  readonly ignores?: string;
  /** It tells the rows that do not parse, without a column, and goes by the others. */
  readonly tells?: true;
  read(folder: TestFolder, path: string, policy: BadRowPolicy): Promise<unknown>;
}

const numbers = (rows: RowSource): number[] => [...memoryRowsOf(rows).numbers.get("n")!];

/** What was learned from rows where they are not kept as they are. */
const summary = (rows: RowSource, vocabularies: unknown): unknown => [rows.rows, vocabularies];

/** What a run of `model` knows. */
const learned = modelLearned();

function modelLearned(): Promise<TrainingData> {
  const path = join(mkdtempSync(join(tmpdir(), "dinc-learned-")), "rows.csv");
  writeFileSync(path, `${CLEAN.join("\n")}\n`);
  return readTraining(model, rowsOf(path)).finally(() => rmSync(dirname(path), { recursive: true }));
}

export const READERS: Readonly<Record<string, Reader>> = {
  "train, training rows": {
    skips: true,
    judges: true,
    read: async (_, path, policy) =>
      numbers((await readTraining(model, rowsOf(path), { badRows: new BadRowReport(policy) })).train),
  },
  "train, test rows": {
    skips: true,
    judges: true,
    read: async (folder, path, policy) => {
      const train = folder.csv("clean.csv", ...CLEAN);
      const { test } = await readTraining(model, rowsOf(train, { test: path }), {
        badRows: new BadRowReport(policy),
      });
      return numbers(test!);
    },
  },
  "eval, a split": {
    skips: true,
    judges: true,
    read: async (_, path, policy) =>
      numbers(
        (await readSplit(model, (await learned).fitted, rowsOf(path), "train", {
          badRows: new BadRowReport(policy),
        }))!,
      ),
  },
  "eval --data": {
    skips: true,
    judges: true,
    read: async (_, path, policy) =>
      numbers(
        await readRows(model, (await learned).fitted, path, {
          labels: "required",
          badRows: new BadRowReport(policy),
        }),
      ),
  },
  predict: {
    skips: false,
    judges: true,
    read: async (_, path) => {
      const format = { separator: "|", innerSeparator: ",", latestFirst: false };
      const all: number[] = [];
      for await (const piece of rowPieces(model, (await learned).fitted, path, format, 1000).pieces)
        all.push(...numbers(piece));
      return all;
    },
  },
  init: {
    skips: false,
    judges: false,
    tells: true,
    read: async (_, path) => {
      const table = await sampleTable(path, () => {}, 10_000_000);
      const mistakes = (table.unreadable ?? []).map(({ place, reason }) =>
        diagnose(unreadableRow, { reason }, inData({ path: place.path, row: place.row + 1 })),
      );
      if (mistakes.length > 0) throw new DiagnosticError(mistakes);
      return table.columns.find(({ header }) => header === "n")!.cells.map(Number);
    },
  },
  "an event log": {
    skips: true,
    judges: true,
    read: async (_, path, policy) => {
      const read = await readTraining(eventModel, eventsOf(path), { badRows: new BadRowReport(policy) });
      return summary(read.train, [read.test!.rows, read.fitted.vocabularies]);
    },
  },
  "an items table": {
    skips: true,
    judges: true,
    ignores: "item_id",
    read: async (folder, path, policy) => {
      const log = folder.csv("log.csv", "user_id,t,at", "u,0,1", "u,1,2", "u,2,3", "v,1,1", "v,2,2", "v,0,3");
      const config = eventsOf(log);
      const events = { path: log, user: "user_id", item: "t", order: "at", timeZone: null };
      const items = { path, key: "t" };
      const read = await readTraining(
        itemModel,
        { ...config, events, items },
        { badRows: new BadRowReport(policy) },
      );
      return summary(read.train, read.fitted.vocabularies);
    },
  },
};
