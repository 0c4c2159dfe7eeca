// Every function that is built into the language; blocks of the standard library (compiler/std) build on these.

import { dice, none, prelu, relu, sigmoid, tanh } from "./activations.function.ts";
import { concat, dot } from "./combine.function.ts";
import type { LanguageFunction } from "./define-function.ts";
import { dense } from "./dense.function.ts";
import { fold } from "./fold.function.ts";
import { max, mean, softmax, sum, total } from "./reductions.function.ts";
import { embed, weight } from "./tables.function.ts";

const all: readonly LanguageFunction[] = [
  concat,
  dense,
  dice,
  dot,
  embed,
  fold,
  max,
  mean,
  none,
  prelu,
  relu,
  sigmoid,
  softmax,
  sum,
  tanh,
  total,
  weight,
];

export const languageFunctions: ReadonlyMap<string, LanguageFunction> = new Map(
  all.map((definition) => [definition.name, definition]),
);
