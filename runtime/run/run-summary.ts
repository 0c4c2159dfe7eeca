// What a run says of itself beside other runs: its model, settings, and metrics on validation and on test
// rows. Weights are not read, so that a hundred runs take no longer than their manifests.

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { runDamaged } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { titlesOf } from "../../compiler/middle/metrics/registry.ts";
import type { TrainSettings } from "../../compiler/middle/training/settings.ts";
import type { Split } from "../../compiler/train/score.ts";
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
  /** The model of the spec that it is a variant of; null where it is the spec's own. */
  readonly parent: string | null;
  readonly params: Manifest["params"];
  readonly settings: TrainSettings;
  /** The epoch whose weights were kept. */
  readonly epoch: number;
  /** On the validation rows, of that epoch: what runs may be chosen by. Empty where there were no such rows. */
  readonly valid: SplitMetrics;
  /** On the test rows, of that epoch: what nothing may be chosen by. */
  readonly test: SplitMetrics;
  /**
   * What the weights that it went on from gave on its training rows, before the first step. Empty where it
   * went on from none, or that was not measured.
   */
  readonly before: SplitMetrics;
  /** Which rows of its file it was trained on; null where they were all. */
  readonly window: WindowFacts | null;
  readonly trainRows: number;
  /** The first digits of a hash of its rows, the same wherever they lie: metrics of the same rows can be compared. */
  readonly data: string;
  /** Of training, evaluation not counted. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** When its manifest was written, as the file system says. */
  readonly written: Date;
  /** The version of dinc. */
  readonly dinc: string;
}

/** Throws DiagnosticError where the folder is no run, or one whose manifest or metrics are damaged. */
export async function summaryOf(folder: string): Promise<RunSummary> {
  const manifest = await readManifest(folder);
  const { model, parent = null, params = {}, settings, epoch, data, timings, compiler } = manifest;
  const measured = (split: Split, of = epoch) => metricsOf(folder, { ...manifest, epoch: of }, split);
  return {
    ...{ model, parent, params, settings, epoch },
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

/** Those that metrics.jsonl has of the epoch that was kept. */
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
          // A metric that fits labels of another kind is in their lines alone.
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
