// Learning-rate schedules: one object each with its syntax and its formula. Steps are steps of the optimizer,
// counted over all epochs. The optimizer's learning rate is the highest of the schedule.

import { power } from "../../common/power.ts";
import { isGain } from "../metrics/monitor.ts";
import { optimizerOf } from "./optimizers/registry.ts";
import { inside, notNegative, type Optioned, share, someEpochs, someSteps, steps } from "./options.ts";
import { isAnew, nameAt, optimizersIn } from "./parts.ts";
import type { Schedule, TrainSettings } from "./settings.ts";
import { STEP } from "./weight-average.ts";

type ScheduleOf<K extends Schedule["kind"]> = Extract<Schedule, { readonly kind: K }>;

export interface ScheduleDefinition<S extends Schedule> extends Optioned<S> {
  /**
   * The factor of the learning rate after `s` of the `all` steps that follow the warm-up; `s` is 0 for the
   * first of them. `falls` is the number of times that a plateau has lowered it.
   */
  readonly factor: (schedule: S, s: number, all: number, falls: number) => number;
}

export const schedules: { readonly [K in Schedule["kind"]]: ScheduleDefinition<ScheduleOf<K>> } = {
  constant: {
    doc: "The learning rate itself.",
    options: ["warmup"],
    read: (given) => ({ kind: "constant", warmup: given.number("warmup", steps, 0) }),
    factor: () => 1,
  },
  linear: {
    doc: "Falls linearly to the share `final`, which would be reached one step after the last.",
    options: ["warmup", "final"],
    read: (given) => ({
      kind: "linear",
      warmup: given.number("warmup", steps, 0),
      final: given.number("final", share, 0),
    }),
    factor: ({ final }, s, all) => 1 - (1 - final) * (s / all),
  },
  cosine: {
    doc:
      "Falls along half a cosine to the share `final`, which the step after the last would have. Loshchilov & Hutter, " +
      "“SGDR: Stochastic Gradient Descent with Warm Restarts”, ICLR 2017, equation 5, without restarts.",
    options: ["warmup", "final"],
    read: (given) => ({
      kind: "cosine",
      warmup: given.number("warmup", steps, 0),
      final: given.number("final", share, 0),
    }),
    factor: ({ final }, s, all) => final + (1 - final) * 0.5 * (1 + Math.cos((Math.PI * s) / all)),
  },
  step: {
    doc: "The rate is multiplied by `factor` after every `every` steps following the warm-up.",
    options: ["every", "factor", "warmup"],
    read: (given) => ({
      kind: "step",
      every: given.required("every", someSteps, "step(every: 1000)"),
      factor: given.number("factor", inside, 0.5),
      warmup: given.number("warmup", steps, 0),
    }),
    factor: ({ every, factor }, s) => power(factor, Math.floor(s / every)),
  },
  exponential: {
    doc: "Like `step`, but gradually in each step: `factor` to the power of s / `every`.",
    options: ["every", "factor", "warmup"],
    read: (given) => ({
      kind: "exponential",
      every: given.required("every", someSteps, "exponential(every: 1000)"),
      factor: given.number("factor", inside, 0.5),
      warmup: given.number("warmup", steps, 0),
    }),
    factor: ({ every, factor }, s) => power(factor, s / every),
  },
  plateau: {
    doc:
      "The rate is multiplied by `factor` after every `patience` epochs in a row in which a metric on the validation rows did not " +
      "improve by `min_delta`, down to the share `final`: Keras' and PyTorch's `ReduceLROnPlateau`, FuxiCTR's `reduce_lr_on_plateau`.",
    options: ["metric", "factor", "patience", "min_delta", "final", "label", "warmup"],
    read: (given) => ({
      kind: "plateau",
      monitor: given.monitor(),
      factor: given.number("factor", inside, 0.1),
      patience: given.number("patience", someEpochs, 1),
      minDelta: given.number("min_delta", notNegative, 1e-6),
      final: given.number("final", share, 1e-3),
      warmup: given.number("warmup", steps, 0),
    }),
    factor: ({ factor, final }, _s, _all, falls) => Math.max(power(factor, falls), final),
  },
};

/**
 * The number of times that a plateau has lowered the rate after epochs with these `values` of its monitor; 0 for
 * other schedules.
 */
export function fallsAfter(schedule: Schedule, values: readonly number[]): number {
  if (schedule.kind !== "plateau") return 0;
  const { monitor, patience, minDelta } = schedule;
  let best: number | null = null;
  let without = 0;
  let falls = 0;
  for (const value of values) {
    if (best === null || isGain(monitor, value, best, minDelta)) {
      best = value;
      without = 0;
      continue;
    }
    without += 1;
    if (without < patience) continue;
    falls += 1;
    without = 0;
  }
  return falls;
}

/**
 * The learning rate of step `t`, counted from 1, of a training of `all` steps. In the first `warmup` steps it
 * is t / warmup of the optimizer's, so the last of them has the full rate. `falls`: see `fallsAfter`.
 */
export function learningRateAt(
  { optimizer: { learningRate }, schedule }: Pick<TrainSettings, "optimizer" | "schedule">,
  t: number,
  all: number,
  falls = 0,
): number {
  const { warmup } = schedule;
  if (t <= warmup) return learningRate * (t / warmup);
  return learningRate * definitionOf(schedule).factor(schedule, t - 1 - warmup, all - warmup, falls);
}

/** The scalar with the share of the training's steps that are done. */
export const PROGRESS = "progress";

/**
 * The scalars of step `t`: those of the optimizers, with the learning rates of the schedule, and the progress. A training that
 * continues an earlier one has its own schedule, but its optimizer has already made `before` steps. Tables that begin
 * again in each epoch have made all these steps but `begun`.
 */
export function scalarsAt(
  settings: Pick<TrainSettings, "optimizer" | "partOptimizers" | "anew" | "schedule" | "average">,
  t: number,
  all: number,
  before = 0,
  falls = 0,
  begun = 0,
): Readonly<Record<string, number>> {
  const { schedule, average } = settings;
  const scalars: Record<string, number> = { [PROGRESS]: (t - 1) / all };
  for (const [place, own] of optimizersIn(settings).entries()) {
    const optimizer = { ...own, learningRate: learningRateAt({ optimizer: own, schedule }, t, all, falls) };
    const named = Object.entries(
      optimizerOf(optimizer).scalars(optimizer, before + t - (isAnew(settings, place) ? begun : 0)),
    );
    for (const [name, value] of named) scalars[nameAt(place, name)] = value;
  }
  return average === null ? scalars : { ...scalars, [STEP]: t };
}

function definitionOf(schedule: Schedule): ScheduleDefinition<Schedule> {
  return schedules[schedule.kind] as unknown as ScheduleDefinition<Schedule>;
}
