// The curves of a training for tools that draw them: loss, learning rate and speed by step; losses and
// metrics by epoch.

import type { ProgressEvent } from "../../compiler/train/epochs.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import type { EpochResult } from "../../compiler/train/state.ts";
import { lossColumns } from "./metrics/metric-columns.ts";

/**
 * TensorBoard draws at most 1,000 points of a curve, and writing more would take longer than the steps
 * themselves.
 */
const MOST_POINTS = 1000;

export interface CurvePoint {
  /** For example `step/loss`, `epoch/loss` or `test/auc`. */
  readonly curve: string;
  readonly value: number;
  /** The number of the step or epoch, from 1. */
  readonly at: number;
}

/** Receives the events of a training from the first step to the end. */
export interface Follower {
  readonly take: (event: ProgressEvent) => void;
  /** `run` is the folder of the finished run; null if the training ended without one. */
  readonly close: (end: TrainingEnd, run: string | null) => Promise<void>;
}

/** `stopped`: by the caller; `resume` can continue it. */
export type TrainingEnd = "finished" | "failed" | "stopped";

export function pointsOf(event: ProgressEvent): readonly CurvePoint[] {
  switch (event.kind) {
    case "step":
      return pointsOfStep(event);
    case "epoch":
      return pointsOfEpoch(event.epoch);
    case "begun":
      return event.evaluations.flatMap((each) => pointsOfEvaluation(each, event.evaluations, 0));
    case "evaluation":
      return [];
  }
}

function pointsOfStep(event: Extract<ProgressEvent, { kind: "step" }>): readonly CurvePoint[] {
  const { epoch, epochs, step, steps, stepLoss, learningRate, samplesPerSecond } = event;
  const all = epochs * steps;
  const at = (epoch - 1) * steps + step;
  // The same steps are chosen after an interruption.
  if (at % Math.ceil(all / MOST_POINTS) !== 0) return [];
  return [
    { curve: "step/loss", value: stepLoss, at },
    { curve: "step/learning_rate", value: learningRate, at },
    { curve: "step/samples_per_second", value: samplesPerSecond, at },
  ];
}

function pointsOfEpoch(result: EpochResult): readonly CurvePoint[] {
  const at = result.epoch;
  return [
    ...lossColumns(result).map(([name, value]) => ({
      curve: `epoch/${name.replaceAll(" ", "_")}`,
      value,
      at,
    })),
    ...(result.learningRate === undefined
      ? []
      : [{ curve: "epoch/learning_rate", value: result.learningRate, at }]),
    { curve: "epoch/samples_per_second", value: result.samplesPerSecond, at },
    ...result.evaluations.flatMap((evaluation) => pointsOfEvaluation(evaluation, result.evaluations, at)),
  ];
}

/**
 * `test/auc`, or `test/click/auc` if there are several predictions. Metrics that the rows do not define are
 * left out.
 */
function pointsOfEvaluation(
  { split, label, values }: Evaluation,
  all: readonly Evaluation[],
  at: number,
): readonly CurvePoint[] {
  const several = all.some((other) => other.label !== label);
  return Object.entries(values)
    .filter(([, value]) => Number.isFinite(value))
    .map(([metric, value]) => ({
      curve: [split, ...(several ? [label] : []), metric].join("/"),
      value,
      at,
    }));
}
