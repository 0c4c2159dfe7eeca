// Writes prepared rows as a folder, which trainings on this machine and others can read.

import { UsageError } from "../../compiler/common/usage-error.ts";
import { onlyFirstEpoch } from "../../compiler/diagnostics/catalog/prepared.ts";
import { diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import type { Model, TableSpec } from "../../compiler/frontend/model/model.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { type TableUse, tableUses } from "../../compiler/middle/programs/table-uses.ts";
import type { Split } from "../../compiler/train/score.ts";
import { version } from "../files/version.ts";
import type { PreparedDescription, StoredOrder } from "../prepared/prepared-folder.ts";
import { claimPrepared, writePrepared } from "../prepared/write-prepared.ts";
import { peakMemory } from "../run/environment.ts";
import { tellDiagnostics, throwIfStopped, type Watch } from "./events.ts";
import { type Prepared, prepareRequest } from "./prepare.ts";
import type { ModelSource } from "./read-spec.ts";
import { type PrepareOptions, requestTraining, type TrainingRequest } from "./training-request.ts";

/** How prepared rows are stored. */
export interface PrepareToOptions extends Omit<PrepareOptions, "rows"> {
  /** Replaces an existing folder of prepared rows. */
  readonly force?: boolean;
  /** The number of Parquet files per split; 8 by default, and fewer for a split with fewer rows. */
  readonly shards?: number;
  /**
   * The order of stored training rows: `shuffled`, the default, or `trained`, the order of a training's first
   * epoch.
   */
  readonly order?: StoredOrder;
}

export interface PreparedRows {
  /** The folder, which `prepare` and others take as `rows`. */
  readonly folder: string;
  /** By split: rows, files, and their bytes. */
  readonly splits: readonly {
    readonly split: Split;
    readonly rows: number;
    readonly shards: number;
    readonly bytes: number;
  }[];
  /** The seconds of this call. */
  readonly seconds: number;
  /** The peak memory of the process, in bytes. */
  readonly peakMemory: number;
}

/**
 * Reads like `prepare`, and writes encoded rows, vocabularies and fitted transforms to the folder `out`. The
 * folder is complete or absent in all cases. Throws DiagnosticError for mistakes in the spec, settings, data
 * or the folder.
 */
export async function prepareTo(
  model: ModelSource | null,
  out: string,
  options: PrepareToOptions = {},
): Promise<PreparedRows> {
  const started = performance.now();
  const { shards = DEFAULT_SHARDS, order = "shuffled", force = false } = options;
  const request = await requestTraining(model, { ...options, testFirst: false });
  const { batch, epochs } = request.model.train;
  if (order === "trained" && shards > batch)
    throw new UsageError(
      `${shards} shards: in the order of training, a batch of ${batch} rows has at most so many parts`,
    );
  if (order === "trained" && epochs > 1)
    tellDiagnostics([diagnose(onlyFirstEpoch, { epochs }, noLocation)], options);
  const release = await claimPrepared(out, force);
  try {
    const prepared = await prepareRequest(request, options);
    try {
      const description = await writeRows(prepared, request, out, { shards, order, ...options });
      return {
        folder: out,
        splits: splitsOf(description),
        seconds: (performance.now() - started) / 1000,
        peakMemory: peakMemory(),
      };
    } finally {
      prepared.close();
    }
  } finally {
    release();
  }
}

export const DEFAULT_SHARDS = 8;

/** The inputs with the ids of each table whose ids are counted. */
export function countedUses(
  model: Model,
  tables: readonly TableSpec[],
): ReadonlyMap<string, readonly TableUse[]> {
  const counted = tables.filter(
    ({ options }) => model.train.miniBatchAware !== null || options.init.kind === "frequency",
  );
  if (counted.length === 0) return new Map();
  const uses = tableUses(trainingProgram(lower(model), model).step);
  return new Map(
    counted.flatMap(({ name }) => {
      const own = uses.filter(({ table }) => table === name);
      return own.length === 0 ? [] : [[name, own] as const];
    }),
  );
}

async function writeRows(
  { model, data, truth, titles, baseline }: Prepared,
  request: TrainingRequest,
  out: string,
  { shards, order, ...watch }: Watch & { readonly shards: number; readonly order: StoredOrder },
): Promise<PreparedDescription> {
  const tables = tablesOf(model, data.fitted);
  return writePrepared(out, {
    ...{ model, source: request.source!.data, data, tables, truth, titles: await titles(), baseline },
    counted: new Map(
      [...countedUses(model, tables)].map(([name, uses]) => {
        return [name, { ids: tables.find((table) => table.name === name)!.rows, uses }];
      }),
    ),
    ...{ compiler: version(), order, shards },
    onProgress: (split, rows, of) => {
      throwIfStopped(watch);
      watch.onEvent?.({ kind: "rows-written", path: out, split, rows, of });
    },
  });
}

export function splitsOf({ splits }: PreparedDescription): PreparedRows["splits"] {
  return (["train", "valid", "test"] as const).flatMap((split) => {
    const described = splits[split];
    if (described === undefined) return [];
    const { rows, shards } = described;
    return [{ split, rows, shards: shards.length, bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0) }];
  });
}
