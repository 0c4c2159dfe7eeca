// The runs that `--each` left in a folder: the rows of a log that they were trained on, and whether they
// belong to the command that continues them.

import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Period } from "../../compiler/common/calendar.ts";
import { instantText } from "../../compiler/common/epoch-units.ts";
import { brokenChain, periodOfOther } from "../../compiler/diagnostics/catalog/from.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { DataConfig } from "../../compiler/frontend/config/config.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import { howRead } from "../data/data-fingerprint.ts";
import type { RowDigest } from "../data/read-data.ts";
import { isOfSystem } from "../files/file-problem.ts";
import { digest } from "../files/fingerprint.ts";
import { flat } from "../run/compare-runs.ts";
import { readManifest } from "../run/read-run.ts";
import { type ChainLink, type Manifest, type PeriodRecord, runFiles } from "../run/run-folder.ts";
import { isRun } from "../run/write-run.ts";
import type { TrainOptions } from "./train-run.ts";

/** A run of the folder. */
export interface PeriodRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly period: PeriodRecord;
  /** In seconds since 1970. */
  readonly since: number;
  readonly until: number;
}

/** A window whose rows are trained on, or which had none to train on. */
export interface TrainedWindow {
  readonly name: string;
  readonly since: number;
  readonly until: number;
  /** The rows of the log when it was trained. */
  readonly log: RowDigest;
  /** Its training; null if it had no rows to train on. */
  readonly link: Pick<ChainLink, "trainRows" | "before"> | null;
}

/** The runs of the folder `out`, earliest first; none if there is no such folder. */
export async function periodRuns(out: string): Promise<readonly PeriodRun[]> {
  const entries = await readdir(out, { withFileTypes: true }).catch((error: unknown): Dirent[] => {
    if (isOfSystem(error)) return [];
    throw error;
  });
  const found: PeriodRun[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const folder = join(out, name);
    if (!(await isRun(folder))) continue;
    const manifest = await readManifest(folder);
    const { period, data } = manifest;
    // A partial run that a kill left has another name.
    if (period?.name !== name) continue;
    found.push({ folder, manifest, period, ...boundsOf(data.window!) });
  }
  return found.sort((a, b) => a.until - b.until);
}

/**
 * The windows that the last of some runs and its predecessors were trained on, earliest first, including runs
 * that the folder no longer has. Throws DiagnosticError if a run of the folder is not one of these.
 */
export function trainedWindows(runs: readonly PeriodRun[]): readonly TrainedWindow[] {
  const last = runs.at(-1);
  if (last === undefined) return [];
  const { manifest, period, folder } = last;
  const before = period.before === 0 ? [] : (manifest.from?.chain.slice(-period.before) ?? []);
  const weights = new Set([...before.map((link) => link.weights), weightsOf(manifest)]);
  for (const run of runs) {
    if (weights.has(weightsOf(run.manifest))) continue;
    const parameters = { path: run.folder, last: folder, since: instantText(run.until) };
    throw new DiagnosticError([diagnose(brokenChain, parameters, noLocation)]);
  }
  const own = {
    window: manifest.data.window!,
    period,
    trainRows: manifest.data.trainRows,
    ...(manifest.from === undefined ? {} : { before: manifest.from.before }),
  };
  return [...before, own].flatMap((link): TrainedWindow[] => {
    if (link.window === undefined || link.period === undefined) return [];
    const { name, log, passed = [] } = link.period;
    return [
      ...passed.map((each) => ({ ...each, ...boundsOf(each), link: null })),
      { name, ...boundsOf(link.window), log, link },
    ];
  });
}

function boundsOf({ since, until }: { readonly since: string | null; readonly until: string | null }) {
  return { since: Date.parse(since!) / 1000, until: Date.parse(until!) / 1000 };
}

function weightsOf({ files }: Manifest): string {
  return files[runFiles.weights]!.hash;
}

/** The parts of a command that each of its trainings depends on. */
export interface PeriodRequest {
  readonly model: Model;
  readonly data: DataConfig;
  readonly each: Period;
  readonly timeZone: string | null;
  readonly asked: PeriodRecord["asked"];
}

/** Throws DiagnosticError if one of the runs belongs to another command. */
export function requireSameCommand(runs: readonly PeriodRun[], now: PeriodRequest): void {
  const last = runs.at(-1);
  for (const { folder: path, manifest } of runs) {
    const differences = differencesOf(factsOf(manifest), factsNow(now));
    if (differences.length === 0) continue;
    const { folder: from, until } = last!;
    const parameters = { path, differences, from, since: instantText(until) };
    throw new DiagnosticError([diagnose(periodOfOther, parameters, noLocation)]);
  }
}

type Facts = ReadonlyMap<string, string>;

function factsOf({ files, settings, data, period }: Manifest): Facts {
  const { each, timeZone, asked } = period!;
  const spec = files[runFiles.spec]!.hash;
  return factsFrom({ spec, each, timeZone, asked, settings, data, time: data.window!.time });
}

function factsNow({ model, data, each, timeZone, asked }: PeriodRequest): Facts {
  const spec = digest(Buffer.from(specText(model)));
  const read = howRead(model, data, null);
  return factsFrom({
    ...{ spec, each, timeZone, asked, settings: model.train, data: read, time: data.window!.time! },
  });
}

function factsFrom({
  data,
  settings,
  asked,
  timeZone,
  time,
  spec,
  each,
}: Pick<PeriodRecord, "each" | "timeZone" | "asked"> & {
  readonly spec: string;
  readonly settings: Manifest["settings"];
  readonly data: ReturnType<typeof howRead>;
  readonly time: string;
}): Facts {
  const { validate, holdOut, events, lists, csv, label, impressions } = data;
  const { orderedBy: _, ...made } = events ?? {};
  const listed = (values: readonly string[] | null) => values?.join(", ") ?? null;
  const rule = label && {
    ...{ name: label.name, from: label.from },
    ...{ positive: listed(label.positive), negative: listed(label.negative) },
  };
  const read = { validate, holdOut, events: made, lists, csv, label: rule, impressions };
  return new Map([
    ...flat({ spec, "--each": each }),
    ...flat({ time, timeZone, ...read }, "data."),
    ...flat(settings, "train."),
    ...flat(asked),
  ]);
}

function differencesOf(there: Facts, here: Facts) {
  return [...new Set([...there.keys(), ...here.keys()])]
    .filter((what) => there.get(what) !== here.get(what))
    .map((what) => ({ what, there: there.get(what) ?? null, here: here.get(what) ?? null }));
}

/** The options of each training that are not settings, by name. */
export function optionsOfEach(options: Omit<TrainOptions, "out">): PeriodRecord["asked"] {
  const { limit, newIds, freshOptimizer, refit, evict } = options;
  const said = {
    limit,
    "new-ids": newIds === "init" ? undefined : newIds,
    "fresh-optimizer": freshOptimizer,
    refit,
    "evict-unseen": evict?.unseenDays,
    "evict-below": evict?.below,
  };
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, value]) =>
      value === undefined || value === false ? [] : [[`--${name}`, String(value)]],
    ),
  );
}
