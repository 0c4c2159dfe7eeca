// The summary of a run for comparison with other runs: its model, settings, and metrics on validation and
// test rows. It reads no weights, so a hundred runs take no longer than their manifests.

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { runDamaged } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { titlesOf } from "../../compiler/middle/metrics/registry.ts";
import type { TrainSettings } from "../../compiler/middle/training/settings.ts";
import type { Split } from "../../compiler/train/score.ts";
import type { TrainingPosition } from "../../compiler/train/state.ts";
import type { WindowFacts } from "../data/read-data.ts";
import { isOfSystem } from "../files/file-problem.ts";
import { digest } from "../files/fingerprint.ts";
import type { MetricValues } from "../train/metrics/metric-columns.ts";
import { identityOfData } from "./checkpoint.ts";
import { FieldError, Fields, parsedJson } from "./json-fields.ts";
import { readManifest } from "./read-run.ts";
import { type Manifest, runFiles } from "./run-folder.ts";

/** By prediction, its metrics. */
export type SplitMetrics = Readonly<Record<string, MetricValues>>;

export interface RunSummary {
  readonly model: string;
  /** The model of which it is a variant; null for the spec's own model. */
  readonly parent: string | null;
  readonly params: Manifest["params"];
  readonly settings: TrainSettings;
  /** The epoch whose weights were kept. */
  readonly epoch: number;
  /** The last step, if the user stopped the training; null for a complete run. */
  readonly interrupted: TrainingPosition | null;
  /**
   * The metrics on the validation rows after that epoch, for choosing between runs. Empty if there were no
   * such rows.
   */
  readonly valid: SplitMetrics;
  /** The metrics on the test rows after that epoch. No choice may depend on them. */
  readonly test: SplitMetrics;
  /**
   * The metrics of the continued weights on the new training rows before the first step. Empty if it
   * continued from no run, or if they were not measured.
   */
  readonly before: SplitMetrics;
  /** The window of its training rows; null if all rows were read. */
  readonly window: WindowFacts | null;
  readonly trainRows: number;
  /**
   * The first digits of a hash of its rows, which does not depend on paths: metrics on the same rows can be
   * compared.
   */
  readonly data: string;
  /** The time of training without evaluation. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** The time at which its manifest was written, from the file system. */
  readonly written: Date;
  /** The version of dinc. */
  readonly dinc: string;
}

/** Throws DiagnosticError if the folder is not a run, or if its manifest or metrics are damaged. */
export async function summaryOf(folder: string): Promise<RunSummary> {
  const manifest = await readManifest(folder);
  const { model, parent = null, params = {}, settings, epoch, data, timings, compiler } = manifest;
  const measured = (split: Split, of = epoch) => metricsOf(folder, { ...manifest, epoch: of }, split);
  return {
    ...{ model, parent, params, settings, epoch },
    interrupted: manifest.interrupted ?? null,
    valid: data.validRows > 0 ? await measured("valid") : {},
    test: data.testRows > 0 ? await measured("test") : {},
    before: manifest.from?.before["train"] === undefined ? {} : await measured("train", 0),
    window: data.window ?? null,
    trainRows: data.trainRows,
    data: digest(Buffer.from(JSON.stringify(identityOfData(data)))).slice(0, 8),
    ...{ seconds: timings.seconds, samplesPerSecond: timings.samplesPerSecond },
    written: (await stat(join(folder, runFiles.manifest))).mtime,
    dinc: compiler,
  };
}

/** The metrics of the kept epoch in metrics.jsonl. */
async function metricsOf(folder: string, { epoch, settings }: Manifest, split: Split): Promise<SplitMetrics> {
  const path = join(folder, runFiles.metrics);
  const damaged = (reason: string) =>
    new DiagnosticError([diagnose(runDamaged, { path, reason }, noLocation)]);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isOfSystem(error)) throw damaged("cannot be read");
    throw error;
  }
  try {
    const lines = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => new Fields(parsedJson(line)));
    const own = lines.filter((line) => line.value("epoch") === epoch && line.value("split") === split);
    return Object.fromEntries(
      own.map((line) => [
        line.line("prediction"),
        Object.fromEntries(
          // A metric for another kind of label occurs only in the lines of such labels.
          titlesOf(settings.metrics)
            .filter((title) => line.has(title) || !own.some((other) => other.has(title)))
            .map((title) => [title, line.orNull(title, () => line.number(title))]),
        ),
      ]),
    );
  } catch (error) {
    if (error instanceof FieldError) throw damaged(error.message);
    throw error;
  }
}
