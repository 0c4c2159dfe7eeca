// Computes the content of a report beyond the training's own record: it examines the trained model on
// held-out rows, and returns plain data. Sampling limits the time and memory for data of any size.

import type { ParameterValues, TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { formatCount } from "../../compiler/common/format-count.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import type { CountedIds } from "../../compiler/data/occurrences.ts";
import { scopesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import { knownValues, learnedOf } from "../../compiler/frontend/kinds/registry.ts";
import { measuredBy } from "../../compiler/frontend/labels/registry.ts";
import {
  type Feature,
  FIRST_ID,
  type Fitted,
  type Model,
  UNKNOWN_ID,
} from "../../compiler/frontend/model/model.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { tableUses } from "../../compiler/middle/programs/table-uses.ts";
import type { HostTable } from "../../compiler/train/tables.ts";
import { occurrencesIn, type RowSource } from "../data/batches.ts";
import type { Titles } from "../data/tables.ts";
import type { ReportData } from "../data/training-data.ts";
import { scoreRun } from "../run/score-run.ts";
import { type AttentionFigures, attendedOf } from "./attended.ts";
import type { RowNumbers } from "./breakdown.ts";
import { type HeldOut, heldOutRows } from "./held-out.ts";
import { type LabelFindings, labelFindings, usersOf } from "./label-findings.ts";
import { normsOf, type TableNorms } from "./norms.ts";

export interface ReportFindings {
  /** Null if no rows were held out, or if they have no labels. */
  readonly heldOut:
    | ({
        readonly split: HeldOut["split"];
        /** The number of examined rows, and of all rows. */
        readonly rows: number;
        readonly of: number;
      } & LabelFindings)
    | null;
  readonly tables: readonly TableNorms[];
  /** The number of tables that are not among `tables`. */
  readonly otherTables: number;
  readonly attention: AttentionFigures | null;
}

export interface FoundIn {
  readonly model: Model;
  readonly program: TrainingProgram;
  readonly data: ReportData;
  readonly tables: ReadonlyMap<string, HostTable>;
  readonly parameters: ParameterValues;
  readonly backend: TrainingBackend;
  /** The titles of items; null if only their ids are known. */
  readonly titles: Titles | null;
  /** Receives a line of progress now and then. */
  readonly onProgress: (line: string) => void;
}

const MOST_TABLES = 6;
/** The number of histories with a breakdown by length; the first ones count. */
const MOST_HISTORIES = 2;

export async function findingsOf(found: FoundIn): Promise<ReportFindings> {
  const { model, data, tables, onProgress } = found;
  const rows = heldOutRows(data, model, model.train.seed);
  const heldOut = rows === null ? null : await heldOutFindings(found, rows);
  onProgress("report: measuring embeddings");
  const norms = data.train === null ? [] : normsIn(data.train, found);
  onProgress("report: looking at attention");
  const attended = { ...found, fitted: data.fitted, users: usersOf(model) };
  return {
    heldOut,
    tables: norms,
    otherTables: tables.size - norms.length,
    attention: rows === null ? null : attendedOf(attended, rows.sample),
  };
}

function normsIn(train: RowSource, { model, program, tables }: FoundIn): TableNorms[] {
  const uses = tableUses(program.step);
  const shown = [...tables.values()].slice(0, MOST_TABLES);
  const counted = shown.map(({ spec: { name, rows: ids } }) => ({
    ids,
    uses: uses.filter(({ table }) => table === name),
  }));
  const counts = occurrencesIn(counted, train);
  return shown.map((table, i) => normsOf(table, counts[i]!, model.train.seed));
}

async function heldOutFindings(
  found: FoundIn,
  { split, of, sample }: HeldOut,
): Promise<ReportFindings["heldOut"]> {
  const { model, data, backend, onProgress } = found;
  const labels = model.predictions.map(({ label }) => label).filter((label) => sample.labels.has(label));
  if (labels.length === 0) return null;
  const scores = await scoreRun({ ...found, predict: found.program.predict }, sample, backend, (rows) =>
    onProgress(`report: scored ${formatCount(rows)} of ${formatCount(sample.rows)} rows`),
  );
  const numbers = labels.some((label) => measuredBy(model, label).outcome === "binary")
    ? [...historyLengths(model, sample), ...popularity(model, data, sample)]
    : [];
  const measured = await labelFindings(model, sample, scores, numbers, (label) =>
    onProgress(`report: measuring ${label}`),
  );
  return { split, rows: sample.rows, of, ...measured };
}

function historyLengths({ histories }: Model, data: MemoryRows): RowNumbers[] {
  return [...histories.values()].slice(0, MOST_HISTORIES).flatMap(({ name, max }) => {
    const columns = data.histories.get(name);
    if (columns === undefined) return [];
    const { start, end } = columns;
    return [
      {
        title: `length of ${name}`,
        doc: `length: steps of ${name} that a row has, at most ${max}`,
        numbers: Int32Array.from({ length: data.rows }, (_, row) => end[row]! - start[row]!),
        apart: "",
        zero: "none",
      },
    ];
  });
}

/**
 * The number of training rows with the candidate's id, for the item feature with the most distinct values.
 */
function popularity({ features }: Model, { train, fitted }: ReportData, data: MemoryRows): RowNumbers[] {
  if (train === null) return [];
  const items = [...features.values()].filter(
    (feature) =>
      feature.set === null &&
      [...scopesOf(feature, features)].every((scope) => scope === "item") &&
      data.ids.has(feature.name),
  );
  const counts = occurrencesIn(
    items.map((feature) => ownIds(feature, fitted)),
    train,
  );
  const counted = items.map(({ name }, i) => ({
    ...{ name, counts: counts[i]! },
    distinct: counts[i]!.reduce((sum, count) => sum + Number(count > 0), 0),
  }));
  const [most] = counted.sort((a, b) => b.distinct - a.distinct);
  if (most === undefined) return [];
  const { name } = most;
  return [
    {
      title: `popularity of ${name}`,
      doc: `popularity: training rows whose candidate has the same ${name}`,
      numbers: Int32Array.from(data.ids.get(name)!, (id) => (id <= UNKNOWN_ID ? -1 : most.counts[id]!)),
      apart: "unknown id",
      zero: "none",
    },
  ];
}

/** The feature's own column, without steps that are bound to it. */
function ownIds(feature: Feature, fitted: Fitted): CountedIds {
  const { name } = feature;
  return {
    ids: FIRST_ID + (knownValues(feature, learnedOf(feature, fitted)) ?? 0),
    uses: [{ input: name, table: name, feature: name, history: null, set: false }],
  };
}
