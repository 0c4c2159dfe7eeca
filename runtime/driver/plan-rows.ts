// Prepares rows elsewhere: SQL for Spark, for data that are too large for one machine, and the sealing of its
// output folder.

import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { option, wording } from "../../compiler/common/option-text.ts";
import { findColumn } from "../../compiler/data/feature-columns.ts";
import { Findings } from "../../compiler/data/findings.ts";
import { preparedExists } from "../../compiler/diagnostics/catalog/prepared.ts";
import { notInPlan } from "../../compiler/diagnostics/catalog/sources.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { DataConfig } from "../../compiler/frontend/config/config.ts";
import { formatOf } from "../../compiler/frontend/config/data-formats.ts";
import {
  hasScheme,
  isElsewhere,
  nameOfAddress,
  storedName,
} from "../../compiler/frontend/config/elsewhere.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { withFiles } from "../data/tables.ts";
import { addressesOf } from "../files/data-paths.ts";
import { rowFilesAt } from "../files/row-files.ts";
import { version } from "../files/version.ts";
import { preparedFiles } from "../prepared/prepared-folder.ts";
import { sealPrepared } from "../prepared/seal-prepared.ts";
import { partsLack } from "../prepared/spark/parts.ts";
import { planProblems, sparkPlan } from "../prepared/spark/plan.ts";
import { rawColumns } from "../prepared/spark/rows.ts";
import { sparkSourceOf } from "../prepared/spark/statements.ts";
import { peakMemory } from "../run/environment.ts";
import { throwIfStopped } from "./events.ts";
import {
  countedUses,
  DEFAULT_SHARDS,
  type PreparedRows,
  type PrepareToOptions,
  splitsOf,
} from "./prepare-to.ts";
import type { ModelSource } from "./read-spec.ts";
import { requestTraining } from "./training-request.ts";

export type PlanRowsOptions = Omit<PrepareToOptions, "force" | "order" | "limit" | "onBadRow">;

export interface SealRowsOptions extends Omit<PlanRowsOptions, "shards"> {
  /** Repeats the sealing of a folder. */
  readonly force?: boolean;
}

/**
 * The SQL by which Spark writes the rows of a folder `out`, which `sealRows` then turns into a folder of
 * prepared rows. The data need not be present. Throws DiagnosticError for mistakes in the spec or settings,
 * and for features that Spark's SQL cannot encode.
 */
export async function planRows(
  model: ModelSource | null,
  out: string,
  options: PlanRowsOptions = {},
): Promise<string> {
  const request = await requestTraining(model, options, false);
  const problems = planProblems(request.model);
  if (problems.length > 0) throw new DiagnosticError(problems);
  const { shards = DEFAULT_SHARDS } = options;
  const { data, location } = request.source!;
  if (data.label !== undefined)
    throw new DiagnosticError([diagnose(notInPlan, { what: "a label that `data.label` makes" }, location)]);
  if (data.kind === "rows" && data.impressions !== undefined) {
    const what = "histories that `data.impressions` makes";
    const instead = wording`prepare these rows with dinc itself: \`dinc prepare\` without \`${option("plan")}\`; or let Spark write the lists, by the query of docs/impressions.md, and take \`data.impressions\` out`;
    throw new DiagnosticError([diagnose(notInPlan, { what, instead }, location)]);
  }
  if (data.kind === "events" && data.window !== null) {
    const [what, instead] = ["a window of an event log", "leave `data.since` and `data.until` out"];
    throw new DiagnosticError([diagnose(notInPlan, { what, instead }, location)]);
  }
  if (data.csv?.decimal === ",")
    throw new DiagnosticError([diagnose(notInPlan, { what: "numbers with a decimal comma" }, location)]);
  const elsewhere = addressesOf(data).find(
    // Spark reads stores itself.
    ([, address]) => isElsewhere(address) && storedName(address) === null,
  )?.[1];
  if (elsewhere !== undefined)
    throw new DiagnosticError([diagnose(notInPlan, { what: nameOfAddress(elsewhere) }, location)]);
  const unread = addressesOf(data).find(([, address]) => sparkSourceOf(address) === null)?.[1];
  if (unread !== undefined) {
    const what = `${nameOfAddress(unread)}: a format that Spark does not read`;
    throw new DiagnosticError([diagnose(notInPlan, { what }, location)]);
  }
  const lacking = data.kind === "rows" ? partsLack(data) : null;
  if (lacking !== null) throw new DiagnosticError([diagnose(notInPlan, lacking, location)]);
  const colon = [...addressesOf(data).map(([, address]) => address), out].find(hasColon);
  if (colon !== undefined) {
    const instead = "rename the file or the folder, for example with `-` or `_` instead of the colon";
    const what = `${colon}: a colon in the name of a file, or beside a pattern`;
    throw new DiagnosticError([diagnose(notInPlan, { what, instead }, location)]);
  }
  await refuseLacking(request.model, data);
  return sparkPlan(request.model, data, { out: resolve(out), shards });
}

/**
 * Spark silently reads a column as empty if one of several Parquet files lacks it, so existing files are
 * checked first. Throws DiagnosticError if one lacks a column that is read.
 */
async function refuseLacking(model: Model, data: DataConfig): Promise<void> {
  const read = columnsInPlan(model, data);
  for (const [, address] of addressesOf(data)) {
    const files = filesHere(address);
    if (files.length < 2 || formatOf(files[0]!)?.name !== "parquet") continue;
    const findings = new Findings(address);
    const table = await withFiles(address, {}, (opened) => opened.file(address));
    for (const name of read)
      if (table.unfit?.has(name) === true) findColumn(table, name, "the plan reads", findings);
    findings.throwIfAny();
  }
}

/** The files of an address; empty if they are elsewhere. */
function filesHere(address: string): readonly string[] {
  const found = rowFilesAt(address);
  return "problem" in found ? [] : found.files;
}

/** The special characters of patterns, which Spark recognizes in every path. */
const PATTERN = /[\\{}*?[\]]/;

/**
 * Hadoop takes text before a colon for a scheme such as `hdfs:`, in the names of files and in all folders of
 * a pattern. Spark would fail with an error about a relative path in an absolute URI.
 */
function hasColon(path: string): boolean {
  if (hasScheme(path)) return false;
  const at = resolve(path);
  return (
    (PATTERN.test(at) && at.includes(":")) || filesHere(path).some((file) => basename(file).includes(":"))
  );
}

function columnsInPlan(model: Model, data: DataConfig): Set<string> {
  const ofData =
    data.kind === "events"
      ? [data.events.user, data.events.item, data.events.order]
      : [data.validate, data.holdOut].flatMap((part) => {
          if (part === null) return [];
          if ("latestBy" in part) return [part.latestBy];
          return "by" in part ? [part.by] : [];
        });
  return new Set([...rawColumns(model), ...ofData]);
}

/**
 * Turns the output of `planRows`'s SQL in Spark into a folder of prepared rows. Throws DiagnosticError if a
 * part is missing or unfit for training.
 */
export async function sealRows(
  model: ModelSource | null,
  out: string,
  options: SealRowsOptions = {},
): Promise<PreparedRows> {
  const started = performance.now();
  const { model: checked, source } = await requestTraining(model, options, false);
  if (existsSync(join(out, preparedFiles.description)) && options.force !== true)
    throw new DiagnosticError([diagnose(preparedExists, { path: out }, noLocation)]);
  const description = await sealPrepared(out, {
    ...{ model: checked, source: source!.data, compiler: version() },
    counted: (tables) => countedUses(checked, tables),
    report: (text) => {
      throwIfStopped(options);
      options.onEvent?.({ kind: "activity", text });
    },
  });
  const seconds = (performance.now() - started) / 1000;
  return { folder: out, splits: splitsOf(description), seconds, peakMemory: peakMemory() };
}
