// Every function that is built into the language; blocks of the standard library (compiler/std) build on these.

import type { LanguageFunction } from "../values/values.ts";
import { dice, none, prelu, relu, sigmoid, stopGradient, tanh } from "./activations.function.ts";
import { attention, causalAttention } from "./attention.function.ts";
import { concat, dot } from "./combine.function.ts";
import { bias, dense, linear } from "./dense.function.ts";
import { fold, stages } from "./fold.function.ts";
import { each, flatten, join, mix, pairs, pick, product, split } from "./lists.function.ts";
import { logLoss, shuffled } from "./losses.function.ts";
import { batchNorm, dropout, layerNorm } from "./normalization.function.ts";
import { max, mean, softmax, sum, total } from "./reductions.function.ts";
import { scan } from "./scan.function.ts";
import { afterFirst, append, beforeLast, last, position } from "./sequence.function.ts";
import { embed, weight } from "./tables.function.ts";

const all: readonly LanguageFunction[] = [
  afterFirst,
  append,
  attention,
  beforeLast,
  bias,
  batchNorm,
  causalAttention,
  concat,
  dense,
  dice,
  dot,
  dropout,
  each,
  embed,
  flatten,
  fold,
  join,
  last,
  layerNorm,
  linear,
  logLoss,
  max,
  mean,
  mix,
  none,
  pairs,
  pick,
  position,
  prelu,
  product,
  relu,
  scan,
  shuffled,
  sigmoid,
  softmax,
  split,
  stages,
  stopGradient,
  sum,
  tanh,
  total,
  weight,
];

export const languageFunctions: ReadonlyMap<string, LanguageFunction> = new Map(
  all.map((definition) => [definition.name, definition]),
);
