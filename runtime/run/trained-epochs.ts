// Reads the epochs of a package's training from its metrics.jsonl. Lines are as in a run, with the curve of
// the loss and the speed in addition.

import type { MeasuredPrediction } from "../../compiler/frontend/labels/registry.ts";
import { titlesOf } from "../../compiler/middle/metrics/registry.ts";
import type { Evaluation, Split } from "../../compiler/train/score.ts";
import type { EpochResult } from "../../compiler/train/state.ts";
import { FieldError, Fields, parsedJson } from "./json-fields.ts";

/** The expected content of the lines. */
export interface ExpectedEpochs {
  /** The predictions, each with the metrics that fit its label; a line has no others. */
  readonly predictions: readonly Pick<MeasuredPrediction, "label" | "metrics">[];
  /** The expected number of epochs. */
  readonly epochs: number;
}

/** The most points of a curve. */
const MOST_POINTS = 100;

/**
 * The epochs in order. A training that was interrupted right after it wrote a line writes it again; the later
 * line counts. Throws FieldError if an epoch is missing or a line is invalid.
 */
export function trainedEpochs(text: string, measured: ExpectedEpochs): EpochResult[] {
  const lines = text
    .split("\n")
    .map((line, i) => [line, i + 1] as const)
    .filter(([line]) => line !== "");
  const epochs = new Map<number, EpochResult>();
  for (const [line, number] of lines) {
    const fields = inLine(number, () => new Fields(parsedJson(line)));
    const result = inLine(number, () => epochOf(fields, epochs, measured));
    epochs.set(result.epoch, result);
  }
  const ordered: EpochResult[] = [];
  for (let epoch = 1; epoch <= measured.epochs; epoch++) {
    const found = epochs.get(epoch);
    if (found === undefined) throw new FieldError(`has no line of epoch ${epoch}`);
    ordered.push(found);
  }
  return ordered;
}

function inLine<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FieldError) throw new FieldError(`${error.message}, in line ${line}`);
    throw error;
  }
}

/** The epoch of a line, with its evaluation in addition to those of earlier lines. */
function epochOf(
  fields: Fields,
  before: ReadonlyMap<number, EpochResult>,
  measured: ExpectedEpochs,
): EpochResult {
  const epoch = fields.whole("epoch", 1);
  if (epoch > measured.epochs)
    throw new FieldError(`has epoch ${epoch}, and trained.json speaks of ${measured.epochs}`);
  const earlier = before.get(epoch)?.evaluations ?? [];
  const evaluation = fields.has("split") ? evaluationOf(fields, measured) : null;
  const others = earlier.filter(
    ({ split, label }) => split !== evaluation?.split || label !== evaluation.label,
  );
  const curve = fields.numbers("curve");
  if (curve.length > MOST_POINTS) throw new FieldError(`has ${curve.length} numbers as "curve"`);
  return {
    epoch,
    loss: fields.number("train_loss"),
    ...(fields.has("learning_rate") ? { learningRate: fields.number("learning_rate") } : {}),
    terms: fields.has("train_losses") ? termsOf(fields.fields("train_losses")) : new Map(),
    steps: fields.whole("steps", 1),
    curve,
    seconds: fields.number("train_seconds"),
    samplesPerSecond: fields.number("samples_per_second"),
    evaluations: evaluation === null ? others : [...others, evaluation],
  };
}

function termsOf(fields: Fields): Map<string, number> {
  return new Map(fields.names().map((name) => [name, fields.number(name)]));
}

function evaluationOf(fields: Fields, { predictions }: ExpectedEpochs): Evaluation {
  const [split, label] = [fields.line("split"), fields.line("prediction")];
  if (!isHeldOut(split)) throw new FieldError(`has the split "${split}"`);
  const metrics = predictions.find((each) => each.label === label)?.metrics;
  if (metrics === undefined) throw new FieldError(`has the prediction "${label}"`);
  const titles = titlesOf(metrics);
  const values = titles.map((title) => [title, metricIn(fields, title)] as const);
  const unknown = { groups: null, interval: null, table: null };
  return {
    ...{ split, label, rows: fields.whole("rows") },
    values: Object.fromEntries(values),
    details: Object.fromEntries(titles.map((title, i) => [title, { metric: metrics[i]!, ...unknown }])),
  };
}

function isHeldOut(split: string): split is Exclude<Split, "train"> {
  return split === "valid" || split === "test";
}

/** NaN if the rows do not define it. */
function metricIn(fields: Fields, title: string): number {
  return fields.orNull(title, () => fields.number(title)) ?? Number.NaN;
}
