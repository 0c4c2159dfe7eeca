// Every function that is built into the language; blocks of the standard library (compiler/std) use them.

import type { LanguageFunction } from "../values/values.ts";
import { dice, none, prelu, relu, sigmoid, silu, stopGradient, tanh } from "./activations.function.ts";
import { attention, causalAttention } from "./attention.function.ts";
import { batch, frequency } from "./batch.function.ts";
import { buckets } from "./buckets.function.ts";
import { candidates } from "./candidates.function.ts";
import { all, any } from "./chances.function.ts";
import { concat, dot } from "./combine.function.ts";
import { bias, dense, linear, star } from "./dense.function.ts";
import { drawn, drawProbability } from "./drawn.function.ts";
import { abs, clip, cos, exp, log, pow, sign, sin, softplus, sqrt, where } from "./elementwise.function.ts";
import { facing } from "./facing.function.ts";
import { fold, stages } from "./fold.function.ts";
import { join } from "./join.function.ts";
import { each, flatten, mix, pairs, product, split, transpose } from "./lists.function.ts";
import { logLoss, shuffled } from "./losses.function.ts";
import { place, window } from "./neighbours.function.ts";
import { batchNorm, dropout, layerNorm, vectorDropout } from "./normalization.function.ts";
import { ordinal } from "./ordinal.function.ts";
import { parameter } from "./parameter.function.ts";
import { logPartition, rows } from "./partition.function.ts";
import { crop, progress, random, reorder, reverseGradient } from "./random.function.ts";
import { max, mean, min, softmax, sum, total } from "./reductions.function.ts";
import { scan, scanBack } from "./scan.function.ts";
import { top } from "./search.function.ts";
import { afterFirst, append, beforeLast, last, position } from "./sequence.function.ts";
import { embed, weight } from "./tables.function.ts";

const functions: readonly LanguageFunction[] = [
  abs,
  afterFirst,
  all,
  any,
  append,
  attention,
  beforeLast,
  bias,
  batchNorm,
  buckets,
  candidates,
  causalAttention,
  clip,
  concat,
  cos,
  crop,
  dense,
  star,
  dice,
  dot,
  dropout,
  each,
  embed,
  exp,
  facing,
  flatten,
  fold,
  join,
  last,
  layerNorm,
  linear,
  log,
  logLoss,
  max,
  mean,
  min,
  mix,
  none,
  ordinal,
  pairs,
  place,
  transpose,
  parameter,
  position,
  pow,
  prelu,
  product,
  progress,
  random,
  reorder,
  reverseGradient,
  relu,
  scan,
  scanBack,
  shuffled,
  batch,
  drawn,
  drawProbability,
  rows,
  logPartition,
  frequency,
  sigmoid,
  sign,
  silu,
  sin,
  softmax,
  softplus,
  split,
  sqrt,
  stages,
  stopGradient,
  sum,
  tanh,
  top,
  total,
  vectorDropout,
  weight,
  where,
  window,
];

export const languageFunctions: ReadonlyMap<string, LanguageFunction> = new Map(
  functions.map((definition) => [definition.name, definition]),
);

/**
 * Functions, and blocks of the library, whose values belong to training: in predictions each is a fixed value, or what it is
 * given.
 */
export const ofTraining: ReadonlySet<string> = new Set([
  ...["crop", "dropout", "masked", "progress", "random", "reorder", "reverse_gradient", "vector_dropout"],
]);
