// Searches for good settings: trains trials in parallel, chooses by validation rows alone, and trains a run
// with the chosen settings, whose metrics are the first on test rows.

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { tuneFoundNothing, tuneWithoutHalving } from "../../compiler/diagnostics/catalog/tune.ts";
import {
  type Diagnostic,
  DiagnosticError,
  diagnose,
  noLocation,
} from "../../compiler/diagnostics/diagnostic.ts";
import { describeRows } from "../../compiler/frontend/config/rows-description.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { tunedBy } from "../../compiler/frontend/modules/check-tune.ts";
import { overridesOf, type Params } from "../../compiler/frontend/modules/params.ts";
import { rangeText } from "../../compiler/frontend/modules/ranges.ts";
import { parse } from "../../compiler/frontend/syntax/parse.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import {
  bestOf,
  decide,
  type HalvingPlan,
  type Job,
  type JobOutcome,
  jobKey,
  rungsOf,
} from "../../compiler/tune/halving.ts";
import type { Search } from "../../compiler/tune/searches.ts";
import { type Assignment, drawn, type Space } from "../../compiler/tune/space.ts";
import { type DriverEvent, Stopped, tellDiagnostics, type Watch } from "../driver/events.ts";
import { prepareTo } from "../driver/prepare-to.ts";
import { readConfig } from "../driver/read-config.ts";
import { type ModelSource, sourceOf } from "../driver/read-spec.ts";
import { rowsText } from "../driver/repeated-training.ts";
import { noiseOf, readSeedNoise } from "../driver/seed-noise.ts";
import { train } from "../driver/train.ts";
import type { RunOptions } from "../driver/train-run.ts";
import { type PrepareOptions, requestTraining, type TrainingRequest } from "../driver/training-request.ts";
import { digest } from "../files/fingerprint.ts";
import { version } from "../files/version.ts";
import { PreparedFolder } from "../prepared/read-description.ts";
import { identityOfData } from "../run/checkpoint.ts";
import { readManifest } from "../run/read-run.ts";
import { summaryOf } from "../run/run-summary.ts";
import { isRun } from "../run/write-run.ts";
import { objectiveOf, requireValidation, spaceOf } from "./search-space.ts";
import { type RowsIdentity, Study, type StudyLine } from "./study.ts";
import type { StudyNoise, StudyPlan, TunedStudy } from "./study-plan.ts";
import { endsSearch, problemOf, type TrialObjective, type TrialResult, withoutResult } from "./trial.ts";
import { type Base, optionsOf, ownSettings } from "./trial-options.ts";
import { openTrials, type Trials } from "./trial-processes.ts";

export interface TuneOptions
  extends Omit<PrepareOptions, "onEvent">,
    Pick<RunOptions, "backend" | "threads"> {
  /** The folder of the search, for its report and the run with the chosen settings. */
  readonly out: string;
  /**
   * Ranges by name, which override those of `tune` in the spec and in the settings: `{ rate:
   * "log(1e-4..1e-2)", "train.batch": "choice(128, 256)" }`.
   */
  readonly tune?: Params;
  /** The number of trials, including one with the spec's own settings; 20 unless this or `minutes` is set. */
  readonly trials?: number;
  /** No training begins after this many minutes. */
  readonly minutes?: number;
  /**
   * The metric for comparing trials; by default that of `stop early`, otherwise the first metric of the spec.
   */
  readonly metric?: string;
  /** How settings are drawn: evenly (`sobol`, the default) or `random`. */
  readonly search?: Search;
  /** One trial in this number continues to more epochs; the default is 3, and 1 trains all to their end. */
  readonly reduction?: number;
  /**
   * The number of trials trained in parallel; by default the number of cores, at most 8. Up to 8, it does not
   * change the result.
   */
  readonly parallel?: number;
  /** The folder of `trainSeeds`: the gain of the best trial is compared with the noise of seeds. */
  readonly noise?: string;
  /** Continues the existing search. */
  readonly resume?: boolean;
  /** Replaces the existing search. */
  readonly force?: boolean;
  readonly onEvent?: (event: TuneEvent) => void;
}

export type TuneEvent =
  | DriverEvent
  /** Everything is checked; the first trial follows. */
  | ({ readonly kind: "study" } & StudyPlan)
  /** A training of a trial has ended. */
  | {
      readonly kind: "trial";
      readonly line: StudyLine;
      /** The best so far; null if there is no result yet. */
      readonly best: StudyLine | null;
      readonly progress: StudyProgress;
    }
  /** The choice is final, and test rows are measured from now on. */
  | { readonly kind: "chosen"; readonly line: StudyLine };

export interface StudyProgress {
  /** The number of trials that began, and of trainings that ended. */
  readonly trials: number;
  readonly trainings: number;
  /** The number of current trainings. */
  readonly running: number;
  /** Since the beginning of this call. */
  readonly seconds: number;
}

/** Up to this number of parallel trials, the choice does not depend on the number. */
const AHEAD = 8;
export const DEFAULT_TRIALS = 20;
export const DEFAULT_REDUCTION = 3;

/**
 * Searches for the settings whose training is best on the validation rows, and writes a folder with a report
 * and a run with these settings. A trial that diverges is a result. Throws DiagnosticError for mistakes in
 * the spec, settings, data, ranges or folder, and if no trial succeeds. Throws `Stopped` if the signal
 * requests it; with `resume` the search continues from there.
 */
export async function tune(model: ModelSource | null, given: TuneOptions): Promise<TunedStudy> {
  const started = performance.now();
  const options = tellingOnce(given);
  const { out, tune: searched = {}, trials, minutes, metric, resume = false, force = false } = options;
  const { reduction = DEFAULT_REDUCTION, search = "sobol" } = options;
  const parallel = options.parallel ?? Math.min(AHEAD, availableParallelism());
  const watch = watchOf(options);
  const request = await requestTraining(model, { ...options, ...watch });
  const base = baseOf(model, request.model.name, options, parallel);
  requireValidation(request);
  // A folder without such runs is refused before the search; their rows are compared after it.
  if (options.noise !== undefined) await readSeedNoise(options.noise, null);
  const config = await readConfig(options.config ?? null, options.set ?? [], { readsData: false });
  const { value: spec } = parse(await sourceOf(model ?? config.spec!));
  const ranges = lastOfEach([...tunedBy(spec), ...config.tune, ...overridesOf(searched)]);
  const space = await spaceOf(base, request.model, ranges, search);
  const objective = objectiveOf(request.model, metric);
  const rungs = rungsOf(mostEpochs(request.model, space), reduction);
  if (rungs.length === 1 && reduction > 1)
    tellDiagnostics([diagnose(tuneWithoutHalving, { epochs: rungs[0]! }, noLocation)], watch);
  const ahead = Math.max(AHEAD, parallel);
  const most = trials ?? (minutes === undefined ? DEFAULT_TRIALS : null);
  const { seed } = request.model.train;
  const written = Object.fromEntries([...space].map(([name, range]) => [name, rangeText(range)]));
  const study = await Study.open(
    out,
    {
      dinc: version(),
      spec: hashOf(specText(request.model)),
      settings: settingsOf(request),
      options: askedOptions(options),
      space: written,
      ...{ search, seed, rungs, reduction, ahead },
      metric: `${objective.label}.${objective.title}`,
    },
    { force, resume },
  );
  try {
    const plan: StudyPlan = {
      ...{
        folder: out,
        space: written,
        own: ownSettings(request.model, space),
        rungs,
        reduction,
        search,
        seed,
        parallel,
      },
      metric:
        request.model.predictions.length === 1 ? objective.title : `${objective.label} ${objective.title}`,
      better: objective.better,
      trials: most,
      minutes: minutes ?? null,
      known: study.lines.length,
    };
    options.onEvent?.({ kind: "study", ...plan });
    const halving: HalvingPlan = {
      trials: most ?? Number.POSITIVE_INFINITY,
      rungs,
      reduction,
      ahead,
      better: objective.better,
    };
    const found = await new SearchRun(
      study,
      halving,
      { base, space, search, seed, objective },
      options,
      started,
    ).run();
    const { chosen } = found;
    options.onEvent?.({ kind: "chosen", line: chosen });
    const run = study.at("best");
    if (found.isNew || !(await isRun(run))) {
      const { source, own: _, limit: __, onBadRow: ___, ...trained } = optionsOf(base, chosen.settings);
      await train(source, {
        ...{ ...trained, rows: (await found.rows(chosen.settings)).folder, ...watch },
        ...threadsOf(options),
        ...{ out: run, force: true },
      });
    }
    const best = await summaryOf(run);
    const noise = options.noise === undefined ? null : await noiseIn(options.noise, run, objective);
    const { reportOf } = await import("./study-report.ts");
    const tuned: TunedStudy = {
      ...{ ...plan, lines: found.lines, chosen, run, best, noise, isCutShort: found.isCutShort },
      report: study.at("report"),
      seconds: (performance.now() - started) / 1000,
    };
    await study.finish(reportOf(tuned));
    return tuned;
  } finally {
    study.release();
  }
}

/** The noise of seeds in the metric; `isOfOtherRows` if the seeds' runs have other rows than the run. */
async function noiseIn(
  folder: string,
  run: string,
  { label, title }: Searched["objective"],
): Promise<StudyNoise> {
  const { seeds, rows, valid } = await readSeedNoise(folder, null);
  const isOfOtherRows = rows !== rowsText((await readManifest(run)).data);
  return { folder, seeds, isOfOtherRows, noise: isOfOtherRows ? null : noiseOf(valid, title, label) };
}

interface Searched {
  readonly base: Base;
  readonly space: Space;
  readonly search: Search;
  readonly seed: number;
  readonly objective: TrialObjective;
}

interface Found {
  readonly lines: readonly StudyLine[];
  readonly chosen: StudyLine;
  readonly isCutShort: boolean;
  /** Whether anything was trained. */
  readonly isNew: boolean;
  readonly rows: (assignment: Assignment | null) => Promise<TrialFolder>;
}

/** A folder of prepared rows, and which rows these are. */
interface TrialFolder {
  readonly folder: string;
  readonly rows: RowsIdentity;
}

/** In place of the hash of how rows are read: the caller prepared them, and all trials have the same. */
const GIVEN = "prepared";

/** One session of a search. */
class SearchRun {
  private readonly study: Study;
  private readonly plan: HalvingPlan;
  private readonly searched: Searched;
  private readonly options: TuneOptions;
  private readonly started: number;
  private readonly lines: StudyLine[];
  private readonly outcomes: Map<string, JobOutcome>;
  private readonly running = new Map<string, Promise<void>>();
  /** The folder of prepared rows for each set of settings on which rows depend. */
  private readonly prepared = new Map<string, Promise<TrialFolder>>();

  constructor(study: Study, plan: HalvingPlan, searched: Searched, options: TuneOptions, started: number) {
    this.study = study;
    this.plan = plan;
    this.searched = searched;
    this.options = options;
    this.started = started;
    this.lines = [...study.lines];
    this.outcomes = new Map(study.lines.map((line) => [jobKey(line), line.value]));
  }

  async run(): Promise<Found> {
    const { parallel = Math.min(AHEAD, availableParallelism()) } = this.options;
    const trials = openTrials(this.searched.base, parallel, watchOf(this.options));
    let isNew = false;
    try {
      for (;;) {
        const { jobs } = decide(this.plan, this.outcomes);
        // At least one training must give a result, even without time.
        const isOver = this.isTimeUp && this.outcomes.size + this.running.size > 0;
        const open = isOver ? [] : jobs.filter((job) => this.isOpen(job));
        for (const job of open.slice(0, trials.parallel - this.running.size)) {
          isNew = true;
          const key = jobKey(job);
          const ended = this.train(job, trials).finally(() => this.running.delete(key));
          this.running.set(key, ended);
        }
        if (this.running.size === 0) break;
        await Promise.race(this.running.values());
        if (this.options.signal?.aborted) throw new Stopped();
      }
    } finally {
      trials.close();
      await Promise.allSettled(this.running.values());
    }
    const { jobs, isOver } = decide(this.plan, this.outcomes);
    const best = bestOf(this.plan, jobs, this.outcomes);
    const first = this.lines[0];
    if (best === null)
      throw new DiagnosticError([
        diagnose(
          tuneFoundNothing,
          { trials: this.lines.length, problem: first?.problem ?? "no training ended in time" },
          noLocation,
        ),
      ]);
    return {
      lines: this.lines,
      chosen: this.lineOf(best),
      isCutShort: !isOver,
      isNew,
      rows: (assignment) => this.rowsFor(assignment),
    };
  }

  private get isTimeUp(): boolean {
    const { minutes } = this.options;
    return minutes !== undefined && performance.now() - this.started >= 60_000 * minutes;
  }

  private isOpen(job: Job): boolean {
    const key = jobKey(job);
    return !this.outcomes.has(key) && !this.running.has(key);
  }

  private lineOf(job: Job): StudyLine {
    return this.lines.find((line) => jobKey(line) === jobKey(job))!;
  }

  private async train({ trial, rung }: Job, trials: Trials): Promise<void> {
    const { space, search, seed, objective } = this.searched;
    const settings = trial === 0 ? null : drawn(space, trial - 1, search, seed);
    let result: TrialResult;
    let rows: RowsIdentity | null = null;
    try {
      const found = await this.rowsFor(settings);
      ({ rows } = found);
      const checkpoint = join(this.study.at("checkpoints"), `trial-${trial + 1}`);
      result = await trials.run({
        ...{ assignment: settings, rows: found.folder, checkpoint, objective },
        epochs: this.plan.rungs[rung]!,
      });
    } catch (error) {
      if (!(error instanceof DiagnosticError) || endsSearch(error)) throw error;
      result = withoutResult(problemOf(error));
    }
    const line: StudyLine = { trial, rung, settings, rows, ...result };
    this.study.add(line);
    this.lines.push(line);
    this.outcomes.set(jobKey(line), line.value);
    const best = bestOf(this.plan, this.lines, this.outcomes);
    this.options.onEvent?.({
      ...{ kind: "trial", line, best: best && this.lineOf(best) },
      progress: {
        trials: new Set(this.lines.map((each) => each.trial)).size,
        trainings: this.lines.length,
        running: this.running.size - 1,
        seconds: (performance.now() - this.started) / 1000,
      },
    });
  }

  /** The rows for these settings, which are prepared on demand. */
  private async rowsFor(assignment: Assignment | null): Promise<TrialFolder> {
    const { source, ...base } = this.searched.base;
    const { rows } = this.options;
    if (rows !== undefined) {
      const given = this.prepared.get(GIVEN) ?? this.identified(rows, GIVEN);
      this.prepared.set(GIVEN, given);
      return given;
    }
    const request = await requestTraining(source, optionsOf(base, assignment));
    const how = hashOf(JSON.stringify(describeRows(request.model, request.source!.data)));
    const ready = this.prepared.get(how) ?? this.prepare(how, assignment);
    this.prepared.set(how, ready);
    return ready;
  }

  /** Throws DiagnosticError if the folder has other rows than the search so far. */
  private async identified(folder: string, how: string): Promise<TrialFolder> {
    const { data } = (await PreparedFolder.open(folder)).description;
    const rows = { how, data: hashOf(JSON.stringify(identityOfData(data))) };
    this.study.requireSameRows(rows);
    return { folder, rows };
  }

  private async prepare(how: string, assignment: Assignment | null): Promise<TrialFolder> {
    const folder = join(this.study.at("rows"), how.slice(0, 12));
    const { source, ...base } = this.searched.base;
    // The progress of trials is shown instead.
    const watch = this.options.signal === undefined ? {} : { signal: this.options.signal };
    const onEvent = (event: DriverEvent) => {
      if (event.kind !== "activity") this.options.onEvent?.(event);
    };
    await prepareTo(source, folder, {
      ...{ ...optionsOf(base, assignment), ...watch, onEvent },
      ...{ shards: 1, force: true },
    });
    return this.identified(folder, how);
  }
}

/**
 * The search, the rows and the last training each check the spec and the rows, but warnings are reported
 * once.
 */
function tellingOnce(options: TuneOptions): TuneOptions {
  const { onEvent } = options;
  if (onEvent === undefined) return options;
  const reported = new Set<string>();
  const isNew = ({ code, message }: Diagnostic) => {
    const key = `${code} ${message}`;
    return !reported.has(key) && reported.add(key).size > 0;
  };
  return {
    ...options,
    onEvent: (event) => {
      if (event.kind !== "diagnostics") return onEvent(event);
      const diagnostics = event.diagnostics.filter(isNew);
      if (diagnostics.length > 0) onEvent({ kind: "diagnostics", diagnostics });
    },
  };
}

/** Parallel trials share the cores. */
function baseOf(source: ModelSource | null, own: string, options: TuneOptions, parallel: number): Base {
  const { config, set, seed, limit, onBadRow, params, variant, backend } = options;
  const given = { config, set, seed, limit, onBadRow, params, variant, backend };
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / parallel));
  return { ...said, source, own, threads };
}

/** The last training has the whole machine. */
function threadsOf({ threads }: TuneOptions): { readonly threads?: number } {
  return threads === undefined ? {} : { threads };
}

function watchOf({ signal, onEvent }: TuneOptions): Watch {
  return { ...(signal === undefined ? {} : { signal }), ...(onEvent === undefined ? {} : { onEvent }) };
}

/** The seed is compared apart. */
function settingsOf({ model: { name, params, train } }: TrainingRequest): object {
  const { seed: _, ...settings } = train;
  return { variant: name, params: [...params], train: settings };
}

function askedOptions({ limit, onBadRow, backend, rows }: TuneOptions): object {
  return { limit, onBadRow, backend, arePrepared: rows !== undefined };
}

function hashOf(text: string): string {
  return digest(Buffer.from(text));
}

function lastOfEach<T extends { readonly name: string }>(given: readonly T[]): readonly T[] {
  return [...new Map(given.map((each) => [each.name, each])).values()];
}

/** The number of epochs of a whole training. */
function mostEpochs({ train: { epochs } }: Model, space: Space): number {
  const range = space.get("train.epochs");
  if (range === undefined) return epochs;
  return Math.max(epochs, ...(range.kind === "choice" ? range.values.map(Number) : [range.high]));
}
