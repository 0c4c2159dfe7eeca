// All optimizers by name; the build fails while a kind has no object.

import type { Optimizer } from "../settings.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import type { OptimizerDefinition, OptimizerKind, SettingsOf } from "./define-optimizer.ts";
import { ftrl } from "./ftrl.ts";
import { grda } from "./grda.ts";
import { momentum } from "./momentum.ts";
import { sgd } from "./sgd.ts";

export const optimizers: { readonly [K in OptimizerKind]: OptimizerDefinition<SettingsOf<K>> } = {
  sgd,
  momentum,
  adam,
  adamw,
  adagrad,
  ftrl,
  grda,
};

/** The optimizer with another learning rate in its spec. */
export function withLearningRate(optimizer: Optimizer, learningRate: number): Optimizer {
  if (optimizer.kind === "grda") return { ...optimizer, learningRate, fullRate: learningRate };
  return { ...optimizer, learningRate };
}

/** The definition of the optimizer of these settings. Pass the same settings to its functions. */
export function optimizerOf(settings: Optimizer): OptimizerDefinition<Optimizer> {
  return optimizers[settings.kind] as unknown as OptimizerDefinition<Optimizer>;
}
