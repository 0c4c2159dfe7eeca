// All diagnostics in one list, which `dinc explain` and the reference read.

import * as ablation from "./ablation.ts";
import * as advice from "./advice.ts";
import * as badRows from "./bad-rows.ts";
import * as batchAxis from "./batch-axis.ts";
import * as bindings from "./bindings.ts";
import * as budget from "./budget.ts";
import * as calibration from "./calibration.ts";
import * as candidates from "./candidates.ts";
import * as checkpoints from "./checkpoints.ts";
import * as codeVectors from "./code-vectors.ts";
import * as codes from "./codes.ts";
import * as compile from "./compile.ts";
import * as computed from "./computed.ts";
import * as data from "./data.ts";
import type { CatalogEntry } from "./define.ts";
import * as draws from "./draws.ts";
import * as editors from "./editors.ts";
import * as elementwise from "./elementwise.ts";
import * as eventFiles from "./event-files.ts";
import * as expect from "./expect.ts";
import * as exports_ from "./exports.ts";
import * as expressions from "./expressions.ts";
import * as facing from "./facing.ts";
import * as featureLists from "./feature-lists.ts";
import * as features from "./features.ts";
import * as from from "./from.ts";
import * as groups from "./groups.ts";
import * as histories from "./histories.ts";
import * as imported from "./import.ts";
import * as importedModels from "./imported.ts";
import * as impressions from "./impressions.ts";
import * as init from "./init.ts";
import * as labelData from "./label-data.ts";
import * as labels from "./labels.ts";
import * as layers from "./layers.ts";
import * as lists from "./lists.ts";
import * as manyRuns from "./many-runs.ts";
import * as memory from "./memory.ts";
import * as mlflow from "./mlflow.ts";
import * as model from "./model.ts";
import * as noise from "./noise.ts";
import * as outputs from "./outputs.ts";
import * as overrides from "./overrides.ts";
import * as padding from "./padding.ts";
import * as parts from "./parts.ts";
import * as patches from "./patches.ts";
import * as playground from "./playground.ts";
import * as predictions from "./predictions.ts";
import * as prepared from "./prepared.ts";
import * as recurrence from "./recurrence.ts";
import * as requests from "./requests.ts";
import * as reuse from "./reuse.ts";
import * as rowWeights from "./row-weights.ts";
import * as run from "./run.ts";
import * as scores from "./scores.ts";
import * as searches from "./searches.ts";
import * as sequences from "./sequences.ts";
import * as setColumns from "./set-columns.ts";
import * as sets from "./sets.ts";
import * as settings from "./settings.ts";
import * as sources from "./sources.ts";
import * as steps from "./steps.ts";
import * as syntax from "./syntax.ts";
import * as system from "./system.ts";
import * as tables from "./tables.ts";
import * as threads from "./threads.ts";
import * as times from "./times.ts";
import * as training from "./training.ts";
import * as trainingOnly from "./training-only.ts";
import * as tune from "./tune.ts";
import * as values from "./values.ts";
import * as vectors from "./vectors.ts";
import * as vocabularies from "./vocabularies.ts";
import * as weights from "./weights.ts";

export type { CatalogEntry } from "./define.ts";

/** Entries that `dinc check` can report: about the text, and about its model. */
export const specEntries: readonly CatalogEntry[] = byCode([
  syntax,
  model,
  bindings,
  predictions,
  outputs,
  labels,
  expressions,
  elementwise,
  lists,
  layers,
  featureLists,
  histories,
  searches,
  sequences,
  facing,
  tables,
  features,
  codes,
  sets,
  training,
  batchAxis,
  candidates,
  noise,
  draws,
  parts,
  trainingOnly,
  recurrence,
  computed,
  values,
  reuse,
  budget,
]);

/** Entries that `dinc lint` can report in addition. */
export const adviceEntries: readonly CatalogEntry[] = byCode([advice]);

/** Entries that need data, a run, or values for params. */
export const dataEntries: readonly CatalogEntry[] = byCode([
  overrides,
  data,
  labelData,
  rowWeights,
  groups,
  requests,
  badRows,
  steps,
  run,
  checkpoints,
  calibration,
  ablation,
  eventFiles,
  impressions,
  mlflow,
  expect,
  codeVectors,
  compile,
  scores,
  editors,
  imported,
  init,
  vectors,
  settings,
  memory,
  vocabularies,
  weights,
  setColumns,
  threads,
  patches,
  playground,
  times,
  system,
  padding,
  prepared,
  manyRuns,
  sources,
  from,
  exports_,
  tune,
  importedModels,
]);

export const catalog: readonly CatalogEntry[] = [...specEntries, ...dataEntries, ...adviceEntries];

/** The entry with a code (`DIN0204`, `din204` and `204` are the same) or a name (`width-mismatch`), or null. */
export function findEntry(codeOrName: string): CatalogEntry | null {
  const digits = /^(?:din)?(\d{1,4})$/i.exec(codeOrName)?.[1];
  const code = digits === undefined ? null : `DIN${digits.padStart(4, "0")}`;
  return catalog.find((entry) => entry.code === code || entry.name === codeOrName.toLowerCase()) ?? null;
}

/** The entries among the exports of `modules`, which may also have helpers, in the order of their codes. */
function byCode(modules: readonly Readonly<Record<string, unknown>>[]): CatalogEntry[] {
  const entries = modules.flatMap((module) => Object.values(module).filter(isEntry));
  return entries.sort((a, b) => (a.code < b.code ? -1 : 1));
}

function isEntry(value: unknown): value is CatalogEntry {
  return typeof value === "object" && value !== null && "code" in value && "explanation" in value;
}
