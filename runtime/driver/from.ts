// The run that a training continues from: it is read, its facts are passed to the reading of the new rows,
// and it is recorded in the new run.

import {
  nothingCounted,
  nothingFits,
  renamedToNothing,
  renamesNothing,
  rowsOfOtherIds,
} from "../../compiler/diagnostics/catalog/from.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { type EarlierFit, NOTHING_KNOWN } from "../../compiler/frontend/kinds/fit.ts";
import { allFeatures, type Fitted, type Model } from "../../compiler/frontend/model/model.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import {
  type Continued,
  continued,
  keepsAnything,
  type NewTraining,
} from "../../compiler/train/from/continuation.ts";
import type { Earlier, FromOptions } from "../../compiler/train/from/earlier.ts";
import { knownBefore } from "../../compiler/train/from/known.ts";
import { namesAny } from "../../compiler/train/from/renaming.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import { suggest } from "../../grammar/closest-word.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";
import { readState } from "../run/optimizer-file.ts";
import { damaged } from "../run/read-run.ts";
import { type ChainLink, type FromRecord, runFiles } from "../run/run-folder.ts";
import { metricValues } from "../train/metrics/metric-columns.ts";

/** The options of a training that continues from a run. */
export interface ContinueOptions extends FromOptions {
  /** The run, given by its folder or opened; without one, weights begin at random. */
  readonly from?: OpenRun | string;
  /** True (the default) if the run's weights are measured on the new training rows before the first step. */
  readonly testFirst?: boolean;
}

/** The run, with the options for it. */
export interface EarlierRun {
  readonly opened: OpenRun;
  readonly earlier: Earlier;
  readonly options: FromOptions;
  readonly testsFirst: boolean;
}

/** Null without a run. Throws DiagnosticError if it is damaged or lacks something that the options name. */
export async function earlierFor(model: Model, options: ContinueOptions): Promise<EarlierRun | null> {
  const { from, testFirst = true, rename, newIds, freshOptimizer, refit, evict } = options;
  if (from === undefined) return null;
  const opened = await openedRun(from);
  const { run, folder } = opened;
  const earlier: Earlier = {
    model: opened.model,
    fitted: run.fitted,
    tables: new Map(run.tables.map(({ name, ...table }) => [name, table])),
    parameters: run.parameters,
    network: graphHash(opened.predict),
    state: await readState(folder, run.manifest, damaged),
  };
  requireNames(model, earlier, folder, rename ?? {});
  requireCounts(earlier, folder, evict);
  return {
    ...{ opened, earlier, testsFirst: testFirst },
    options: {
      ...(rename === undefined ? {} : { rename }),
      ...(newIds === undefined ? {} : { newIds }),
      ...(freshOptimizer === undefined ? {} : { freshOptimizer }),
      ...(refit === undefined ? {} : { refit }),
      ...(evict === undefined ? {} : { evict }),
    },
  };
}

/** The facts of the run that are known before rows are read. */
export function knownFrom(model: Model, from: EarlierRun | null, day: number): EarlierFit {
  return from === null ? NOTHING_KNOWN : knownBefore(model, from.earlier, from.options, day);
}

/**
 * Throws DiagnosticError if prepared rows have other ids or numbers than the run that the training continues
 * from.
 */
export function requireRowsOf(
  folder: string,
  fitted: Fitted,
  model: Model,
  from: EarlierRun,
  day: number,
): void {
  const { vocabularies, transforms } = knownFrom(model, from, day);
  const refuse = (what: string) => {
    const parameters = { folder, run: from.opened.folder, what };
    throw new DiagnosticError([diagnose(rowsOfOtherIds, parameters, noLocation)]);
  };
  for (const [name, { values }] of vocabularies) {
    const now = fitted.vocabularies.get(name) ?? [];
    const before = new Set(values);
    const known = now.filter((value) => before.has(value));
    const there = new Set(known);
    const isSame = values.filter((value) => there.has(value)).every((value, i) => value === now[i]);
    if (!isSame || known.length === 0) refuse(`the ids of \`${name}\``);
  }
  for (const [name, learned] of transforms)
    if (JSON.stringify(learned) !== JSON.stringify(fitted.transforms.get(name)))
      refuse(`the transforms of \`${name}\``);
}

/** The initial weights of the training. Throws DiagnosticError if nothing of the run fits. */
export function continuedFrom(
  { opened, earlier, options }: EarlierRun,
  now: Omit<NewTraining, "network">,
): Continued {
  const found = continued({ ...now, network: graphHash(now.program.predict) }, earlier, options);
  if (keepsAnything(found.continuation)) return found;
  const { tables, weights } = found.continuation;
  const first = [...tables, ...weights].find(({ why }) => why !== null);
  const why = first === undefined ? "it has neither" : `of \`${first.name}\`, ${first.why}`;
  const parameters = { run: opened.folder, model: now.model.name, why };
  throw new DiagnosticError([diagnose(nothingFits, parameters, noLocation)]);
}

export function fromRecord(
  { opened, options }: EarlierRun,
  { made, continuation: { optimizer, transforms } }: Continued,
  begun: readonly Evaluation[],
): FromRecord {
  const { folder, run } = opened;
  const { manifest } = run;
  const link: ChainLink = {
    run: folder,
    weights: manifest.files[runFiles.weights]!.hash,
    model: manifest.model,
    trainRows: manifest.data.trainRows,
    ...(manifest.data.window === undefined ? {} : { window: manifest.data.window }),
    ...(manifest.period === undefined ? {} : { period: manifest.period }),
    epochs: manifest.epoch,
    metrics: manifest.metrics,
    ...(manifest.from === undefined ? {} : { before: manifest.from.before }),
  };
  const splits = [...new Set(begun.map(({ split }) => split))];
  return {
    chain: [...(manifest.from?.chain ?? []), link],
    steps: made.steps,
    optimizer: optimizer.becomes,
    transforms: transforms.every(({ becomes }) => becomes === "kept") ? "kept" : "anew",
    renamed: options.rename ?? {},
    before: Object.fromEntries(splits.map((split) => [split, metricValues(begun, split)])),
  };
}

function requireNames(
  model: Model,
  earlier: Earlier,
  run: string,
  renames: Readonly<Record<string, string>>,
): void {
  const entries = Object.entries(renames);
  if (entries.length === 0) return;
  const before = [...namesOf(earlier.model), ...earlier.tables.keys(), ...earlier.parameters.keys()];
  const program = trainingProgram(lower(model), model);
  const now = [...namesOf(model), ...program.tables, ...program.step.parameters.keys()];
  const short = (names: readonly string[]) => [...new Set(names.map(shortName))];
  for (const [old, name] of entries) {
    const facts = { before: old, now: name };
    if (!namesAny(old, before)) {
      const names = short(before);
      const parameters = { run, ...facts, similar: suggest(old, names), names };
      throw new DiagnosticError([diagnose(renamesNothing, parameters, noLocation)]);
    }
    if (!namesAny(name, now)) {
      const names = short(now);
      const parameters = { ...facts, similar: suggest(name, names), names };
      throw new DiagnosticError([diagnose(renamedToNothing, parameters, noLocation)]);
    }
  }
}

/** `interest` of `net.interest.dense_1.kernel`. */
function shortName(name: string): string {
  const [first, second] = name.split(".");
  return first === "net" && second !== undefined ? second : first!;
}

function namesOf(model: Model): string[] {
  return [...allFeatures(model).map(({ name }) => name), ...model.histories.keys()];
}

function requireCounts({ state }: Earlier, run: string, evict: FromOptions["evict"]): void {
  if (evict === undefined || (state?.met.size ?? 0) > 0) return;
  const reason = state === null ? "as it has no state.safetensors" : "as its rows were prepared";
  throw new DiagnosticError([diagnose(nothingCounted, { run, reason }, noLocation)]);
}
