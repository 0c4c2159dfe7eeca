// Says that the first of several epochs was the best one: ids are then learned by heart from the second epoch on.

import {
  isGain,
  type Monitor,
  monitored,
  monitoredPrediction,
  monitorTitle,
} from "../middle/metrics/monitor.ts";
import { type Metric, titleOf } from "../middle/metrics/registry.ts";
import type { TrainSettings } from "../middle/training/settings.ts";
import type { EpochResult } from "./state.ts";

/**
 * Null if there is nothing to say: one epoch, no validation rows, or a later epoch that was as good. The metric is
 * that of the early stop, or else the first one.
 */
export function describeFirstBest(
  epochs: readonly EpochResult[],
  settings: Pick<TrainSettings, "earlyStop" | "anew">,
  predictions: readonly { readonly label: string; readonly metrics: readonly Metric[] }[],
): string | null {
  const first = predictions[0];
  const metric = first?.metrics[0];
  if (epochs.length < 2 || first === undefined || metric === undefined) return null;
  const monitor: Monitor = settings.earlyStop?.monitor ?? {
    terms: [{ metric, weight: 1 }],
    label: first.label,
  };
  const { label, metrics } = monitoredPrediction(monitor, predictions) ?? first;
  const values = epochs.map(({ evaluations }) => {
    const own = evaluations.find((each) => each.split === "valid" && each.label === label);
    return monitored(monitor, (of) => own?.values[titleOf(of, metrics)] ?? Number.NaN);
  });
  const [best, second] = values;
  if (!values.every(Number.isFinite) || !values.slice(1).every((value) => isGain(monitor, best!, value, 0)))
    return null;
  const advice = settings.anew === null ? "train one epoch, or write `tables anew`" : "train one epoch";
  const of = predictions.length > 1 ? `${label} ` : "";
  return (
    `${of}${monitorTitle(monitor, metrics)} on the validation rows was best in epoch 1 of ${epochs.length}, ` +
    `${best!.toFixed(5)}, and ${second!.toFixed(5)} after epoch 2: ids may be learned by heart; ${advice}`
  );
}
