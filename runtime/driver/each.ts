// Trains day by day, or hour by hour: each training uses the rows of one period and continues from the run of
// the period before. So every period's rows are first a test and then training rows. A period is trained
// once, when it is over.

import { join } from "node:path";
import type { Period } from "../../compiler/common/calendar.ts";
import { instantText } from "../../compiler/common/epoch-units.ts";
import { invariant } from "../../compiler/common/internal-error.ts";
import {
  eachWithoutWindow,
  eventsNeverTrained,
  periodBegunAnew,
  windowEmpty,
} from "../../compiler/diagnostics/catalog/from.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { Config, DataConfig } from "../../compiler/frontend/config/config.ts";
import { logState, RowWindow, SharedLogs } from "../data/read-data.ts";
import { CheckpointMismatch } from "../run/checkpoint.ts";
import { readManifest } from "../run/read-run.ts";
import type { PassedPeriod, PeriodRecord } from "../run/run-folder.ts";
import { readConfiguredModel } from "./configured-model.ts";
import { tellDiagnostics } from "./events.ts";
import { type PeriodSpan, type PlannedPeriod, planPeriods } from "./period-plan.ts";
import {
  optionsOfEach,
  type PeriodRequest,
  periodRuns,
  requireSameCommand,
  type TrainedWindow,
} from "./period-runs.ts";
import type { ModelSource } from "./read-spec.ts";
import { type PartOfMany, type TrainOptions, trainRun } from "./train-run.ts";
import type { TrainedPeriod } from "./trained-period.ts";
import { requestTraining, type TrainingRequest } from "./training-request.ts";

export interface TrainEachOptions extends Omit<TrainOptions, "rows" | "linear"> {
  /** A period of the calendar in the log's time zone. */
  readonly each: Period;
  /**
   * True if the log already has all rows before `data.until`. Otherwise a period is over when the log has a
   * later row.
   */
  readonly complete?: boolean;
}

export interface TrainedPeriods {
  /** The periods with rows, earliest first. */
  readonly periods: readonly TrainedPeriod[];
  /** The number of rows before `data.since`, and from `data.until` on, that no run has. */
  readonly outside: { readonly before: number; readonly after: number };
}

/**
 * Trains on the rows from `data.since` to `data.until` of the settings, one period at a time, and writes a
 * run for each into the folder `out`. It continues after the existing runs, and from a checkpoint if it was
 * cut off; with `force`, all periods are trained again. Throws as `train` does, and DiagnosticError if the
 * runs belong to another command or another log; complete runs then stay.
 */
export async function trainEach(
  source: ModelSource | null,
  options: TrainEachOptions,
): Promise<TrainedPeriods> {
  const logs = new SharedLogs();
  try {
    return await trainedPeriods(source, options, logs);
  } finally {
    logs.close();
  }
}

async function trainedPeriods(
  source: ModelSource | null,
  { each, out, from, complete = false, ...options }: TrainEachOptions,
  logs: SharedLogs,
): Promise<TrainedPeriods> {
  const { config, model } = await readConfiguredModel(source, { ...options, from: true }, true);
  const { data, span } = spanOf(config, complete);
  const { timeZone } = data.window!;
  const now: PeriodRequest = { model, data, each, timeZone, asked: optionsOfEach(options) };
  const force = options.force === true;
  // Periods that are trained again do not continue from their old runs.
  let begin = (await periodRuns(out)).filter(({ until }) => !force || until <= span.since);
  requireSameCommand(begin, now);
  const plan = () => planPeriods(now, span, begin, options, logs.knownFiles);
  let planned = await plan();
  if (planned.due.length > 0 && data.kind === "events" && data.examples.split === "leave_last_out")
    tellDiagnostics([diagnose(eventsNeverTrained, {}, noLocation)], options);
  const kept = planned.trained.filter(({ since }) => since >= span.since);
  const trained: TrainedPeriod[] = [];
  let passed: PassedPeriod[] = [];
  for (;;) {
    // If the log has grown, the rows of the period must be determined again before they are trained on.
    if ((await logState(data)) !== planned.state) planned = await plan();
    const done = passed.at(-1)?.name ?? begin.at(-1)?.period.name;
    const place = planned.due.findIndex(({ name }) => name === done) + 1;
    const next = planned.due[place];
    if (next === undefined) break;
    logs.planned = planned;
    options.onEvent?.({ kind: "period", name: next.name, number: place + 1, of: planned.due.length });
    const started = performance.now();
    const before = begin.at(-1);
    const period: PeriodRecord = {
      ...{ each, name: next.name, timeZone, log: next.log, asked: now.asked },
      before: before === undefined ? 0 : before.period.before + 1,
      ...(passed.length === 0 ? {} : { passed }),
    };
    const folder = join(out, next.name);
    const isTrained = await trainPeriod(source, next, {
      ...{ ...options, out: folder, period, goesOn: true, logs },
      // Names change only at the run that the first training continues from.
      ...(before === undefined ? {} : { rename: {} }),
      ...goneOnFrom(before?.folder ?? from),
    });
    const seconds = (performance.now() - started) / 1000;
    const bounds = { since: instantText(next.since), until: instantText(next.until) };
    const told = { name: next.name, folder, ...bounds, seconds };
    if (!isTrained) {
      passed = [...passed, { name: next.name, ...bounds, log: next.log }];
      trained.push({ ...told, state: "passed", rows: 0 });
      continue;
    }
    passed = [];
    const manifest = await readManifest(folder);
    begin = [...begin, { folder, manifest, period, since: next.since, until: next.until }];
    const run: TrainedPeriod = {
      ...{ ...told, state: "trained", rows: manifest.data.trainRows },
      ...(manifest.from === undefined ? {} : { before: manifest.from.before }),
    };
    trained.push(run);
    options.onEvent?.({ kind: "period-trained", period: run });
  }
  const open = planned.open === null ? [] : [openPeriod(planned.open, out, span)];
  return {
    periods: [...kept.map((window) => keptPeriod(window, out)), ...trained, ...open],
    outside: planned.outside,
  };
}

/** Trains a period, or continues its training. Returns false if it has no rows to train on. */
async function trainPeriod(
  source: ModelSource | null,
  { since, until }: PlannedPeriod,
  options: TrainOptions & PartOfMany,
): Promise<boolean> {
  const window = [`data.since=${instantText(since)}`, `data.until=${instantText(until)}`];
  const set = [...(options.set ?? []), ...window];
  const request = await requestTraining(source, { ...options, set });
  try {
    await trainedAnyway(request, { ...options, set });
    return true;
  } catch (error) {
    if (isOnly(error, windowEmpty.code)) return false;
    throw error;
  }
}

/** Continues from a checkpoint, if it belongs to the same training. */
async function trainedAnyway(request: TrainingRequest, options: TrainOptions & PartOfMany): Promise<void> {
  const isAnew = options.force === true;
  try {
    const run = await trainRun(request, options, !isAnew);
    invariant(run !== null, "a period without a run is trained");
  } catch (error) {
    if (!(error instanceof CheckpointMismatch)) throw error;
    const { differs } = error;
    tellDiagnostics([diagnose(periodBegunAnew, { path: options.out, differs }, noLocation)], options);
    await trainRun(request, { ...options, force: true }, false);
  }
}

/** Throws DiagnosticError if the settings do not say when training begins. */
function spanOf(
  { data, locations }: Config,
  isComplete: boolean,
): { readonly data: DataConfig; readonly span: PeriodSpan } {
  const bounds = data === null || data.window === null ? null : new RowWindow(data.window, Date.now()).bounds;
  const since = bounds?.since ?? null;
  if (data === null || since === null || !since.isTime)
    throw new DiagnosticError([diagnose(eachWithoutWindow, {}, locations.data)]);
  return { data, span: { since: since.value, until: bounds?.until?.value ?? null, isComplete } };
}

function keptPeriod({ name, since, until, link }: TrainedWindow, out: string): TrainedPeriod {
  return {
    ...{ name, folder: join(out, name), since: instantText(since), until: instantText(until) },
    ...{ state: link === null ? "passed" : "kept", rows: link?.trainRows ?? 0, seconds: 0 },
    ...(link?.before === undefined ? {} : { before: link.before }),
  };
}

function openPeriod(
  { name, since, until, log }: PlannedPeriod,
  out: string,
  span: PeriodSpan,
): TrainedPeriod {
  return {
    ...{ name, folder: join(out, name), since: instantText(since), until: instantText(until) },
    ...{ state: "open", rows: log.rows, seconds: 0 },
    waitsFor: span.until !== null && span.until < until ? "until" : "later_rows",
  };
}

function goneOnFrom(from: TrainOptions["from"]): Pick<TrainOptions, "from"> {
  return from === undefined ? {} : { from };
}

function isOnly(error: unknown, code: string): error is DiagnosticError {
  return error instanceof DiagnosticError && error.diagnostics.every((each) => each.code === code);
}
