// Learning-rate schedules: one object each with its syntax and its formula. Steps are steps of the optimizer,
// counted over all epochs. The optimizer's learning rate is the highest of the schedule.

import { power } from "../../common/power.ts";
import { optimizerOf } from "./optimizers/registry.ts";
import { inside, type Optioned, share, someSteps, steps } from "./options.ts";
import { nameAt, optimizersIn } from "./parts.ts";
import type { Schedule, TrainSettings } from "./settings.ts";
import { STEP } from "./weight-average.ts";

type ScheduleOf<K extends Schedule["kind"]> = Extract<Schedule, { readonly kind: K }>;

export interface ScheduleDefinition<S extends Schedule> extends Optioned<S> {
  /**
   * The factor of the learning rate after `s` of the `all` steps that follow the warm-up; `s` is 0 for the
   * first of them.
   */
  readonly factor: (schedule: S, s: number, all: number) => number;
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
};

/**
 * The learning rate of step `t`, counted from 1, of a training of `all` steps. In the first `warmup` steps it
 * is t / warmup of the optimizer's, so the last of them has the full rate.
 */
export function learningRateAt(
  { optimizer: { learningRate }, schedule }: Pick<TrainSettings, "optimizer" | "schedule">,
  t: number,
  all: number,
): number {
  const { warmup } = schedule;
  if (t <= warmup) return learningRate * (t / warmup);
  return learningRate * definitionOf(schedule).factor(schedule, t - 1 - warmup, all - warmup);
}

/** The scalar with the share of the training's steps that are done. */
export const PROGRESS = "progress";

/**
 * The scalars of step `t`: those of the optimizers, with the learning rates of the schedule, and the progress. A training that
 * continues an earlier one has its own schedule, but its optimizer has already made `before` steps.
 */
export function scalarsAt(
  settings: Pick<TrainSettings, "optimizer" | "partOptimizers" | "schedule" | "average">,
  t: number,
  all: number,
  before = 0,
): Readonly<Record<string, number>> {
  const { schedule, average } = settings;
  const scalars: Record<string, number> = { [PROGRESS]: (t - 1) / all };
  for (const [place, own] of optimizersIn(settings).entries()) {
    const optimizer = { ...own, learningRate: learningRateAt({ optimizer: own, schedule }, t, all) };
    const named = Object.entries(optimizerOf(optimizer).scalars(optimizer, before + t));
    for (const [name, value] of named) scalars[nameAt(place, name)] = value;
  }
  return average === null ? scalars : { ...scalars, [STEP]: t };
}

function definitionOf(schedule: Schedule): ScheduleDefinition<Schedule> {
  return schedules[schedule.kind] as unknown as ScheduleDefinition<Schedule>;
}
