// Trains day by day, or hour by hour: each time on the rows of one of these, from the run of the one before.
// So every day's rows are a test first, and then training rows.

import { join } from "node:path";
import { shownInstant } from "../../compiler/common/epoch-units.ts";
import { eachWithoutWindow, windowEmpty } from "../../compiler/diagnostics/catalog/from.ts";
import { DiagnosticError, diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Config } from "../../compiler/frontend/config/config.ts";
import { RowWindow } from "../data/row-window.ts";
import type { OpenRun } from "../run/open-run.ts";
import { readRun } from "../run/read-run.ts";
import type { ChainLink } from "../run/run-folder.ts";
import { isRun } from "../run/write-run.ts";
import { modelAsked } from "./model-asked.ts";
import type { ModelSource } from "./read-spec.ts";
import { type TrainOptions, train } from "./train.ts";

/** How long the rows of one training are, in seconds. */
export const periods = { hour: 3600, day: 86_400, week: 604_800 } as const;
export type Period = keyof typeof periods;

export interface TrainEachOptions extends TrainOptions {
  readonly each: Period;
}

/** One of the trainings. */
export interface TrainedPeriod {
  /** When it begins: `2026-11-26`, with the hour where it is one. */
  readonly name: string;
  readonly folder: string;
  /** Null where there were no rows: nothing was trained then. */
  readonly rows: number | null;
  /** By split, what the weights before it gave; `train` is on its own rows. Absent in a first training. */
  readonly before?: ChainLink["before"];
  /** Of the call; 0 where the run was there already. */
  readonly seconds: number;
}

/**
 * Trains on the rows from `data.since` to `data.until` of the settings, a period at a time, and writes a run
 * for each into the folder `out`. Runs that are there are gone on from, unless `force` is said. Throws as
 * `train` does; what is complete then stays.
 */
export async function trainEach(
  source: ModelSource | null,
  { each, out, from, ...options }: TrainEachOptions,
): Promise<readonly TrainedPeriod[]> {
  const { config } = await modelAsked(source, { ...options, from: true }, true);
  const trained: TrainedPeriod[] = [];
  let last: OpenRun | string | undefined = from;
  for (const [since, until] of windowsOf(config, periods[each])) {
    const name = nameOf(since, each);
    const folder = join(out, name);
    const started = performance.now();
    if (options.force !== true && (await isRun(folder))) last = folder;
    else {
      const set = [...(options.set ?? []), `data.since=${since}`, `data.until=${until}`];
      const asked = { ...options, set, out: folder, ...(last === undefined ? {} : { from: last }) };
      const run = await train(source, asked).catch((error: unknown) => {
        if (isEmpty(error)) return null;
        throw error;
      });
      if (run === null) {
        trained.push({ name, folder, rows: null, seconds: 0 });
        continue;
      }
      last = folder;
    }
    const { manifest } = await readRun(folder);
    trained.push({
      ...{ name, folder, rows: manifest.data.trainRows },
      ...(manifest.from === undefined ? {} : { before: manifest.from.before }),
      seconds: (performance.now() - started) / 1000,
    });
  }
  return trained;
}

/** The bounds of each period, as settings take them. */
function* windowsOf({ data, locations }: Config, length: number): Generator<readonly [string, string]> {
  const facts = data == null || data.window === null ? null : new RowWindow(data.window, Date.now()).facts;
  const [first, end] = [facts?.since, facts?.until].map((bound) => Date.parse(bound ?? "") / 1000);
  if (!(first! < end!)) throw new DiagnosticError([diagnose(eachWithoutWindow, {}, locations.data)]);
  for (let since = first!; since < end!; since += length)
    yield [shownInstant(since), shownInstant(Math.min(since + length, end!))];
}

/** `2026-11-26`, or with the hour `2026-11-26T06`. */
function nameOf(since: string, each: Period): string {
  return since.slice(0, each === "hour" || !since.includes("T00:00:00") ? 13 : 10);
}

/** Whether there are no rows in a period. */
function isEmpty(error: unknown): boolean {
  return error instanceof DiagnosticError && error.diagnostics.every(({ code }) => code === windowEmpty.code);
}
