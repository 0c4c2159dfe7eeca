// All transforms of numbers, and all ways to make buckets of them. To add one, write its file, its shape in
// `NumberTransform` or `Binning` (model/model.ts), a line here, and its run-time half in compiler/serve/numbers.ts.

import type { NumberStep } from "../../serve/numbers.ts";
import type { Binning, FeatureKind, NumberTransform } from "../model/model.ts";
import { buckets } from "./buckets.binning.ts";
import { clip } from "./clip.transform.ts";
import { untrainedCodebooks } from "./codes.kind.ts";
import type {
  BinningDefinition,
  BinningOf,
  Learner,
  TransformDefinition,
  TransformOf,
} from "./define-transform.ts";
import { log1p } from "./log1p.transform.ts";
import { minMax } from "./min-max.transform.ts";
import { quantiles } from "./quantiles.binning.ts";
import type { Serve } from "./serve.ts";
import { standardize } from "./standardize.transform.ts";

const transforms: { readonly [Name in NumberTransform["kind"]]: TransformDefinition<TransformOf<Name>> } = {
  log1p,
  standardize,
  min_max: minMax,
  clip,
};

const binnings: { readonly [Name in Binning["kind"]]: BinningDefinition<BinningOf<Name>> } = {
  buckets,
  quantiles,
};

/** In the order in which messages list them. */
export const allTransforms = Object.values(transforms) as readonly TransformDefinition<NumberTransform>[];
export const allBinnings = Object.values(binnings) as readonly BinningDefinition<Binning>[];

export function transformOf({ kind }: NumberTransform): TransformDefinition<NumberTransform> {
  return transforms[kind] as TransformDefinition<NumberTransform>;
}

export function binningOf({ kind }: Binning): BinningDefinition<Binning> {
  return binnings[kind] as BinningDefinition<Binning>;
}

/** The transforms of a number in the order in which they are applied; none for ids. */
export function transformsOf(kind: FeatureKind): readonly NumberTransform[] {
  return kind.kind === "number" || kind.kind === "bins" ? kind.transforms : [];
}

/** The transforms with their learned numbers. */
export function stepsOf(
  serve: Serve,
  kind: FeatureKind,
  learned: readonly (readonly number[])[],
): NumberStep[] {
  return transformsOf(kind).map((transform, i) =>
    transformOf(transform).step(serve, transform, learned[i] ?? []),
  );
}

/** The learners of the pipe, by index; null for a transform that learns nothing. Buckets come last. */
export function learnersOf(kind: FeatureKind): (Learner | null)[] {
  const learners = transformsOf(kind).map((transform) => transformOf(transform).learn?.(transform) ?? null);
  if (kind.kind === "bins") learners.push(binningOf(kind.binning).learn?.(kind.binning) ?? null);
  return learners;
}

/** The numbers that replace the learned ones in an untrained model, by index in the pipe. */
export function untrainedPipe(kind: FeatureKind): (readonly number[])[] {
  const made = transformsOf(kind).map((transform) => transformOf(transform).untrained(transform));
  if (kind.kind === "bins") made.push(binningOf(kind.binning).untrained(kind.binning));
  if (kind.kind === "codes") made.push(...untrainedCodebooks(kind));
  return made;
}

/** A raw number whose transforms give about `x`. */
export function rawBefore(kind: FeatureKind, learned: readonly (readonly number[])[], x: number): number {
  return transformsOf(kind).reduceRight(
    (value, transform, place) => transformOf(transform).before(transform, learned[place] ?? [], value),
    x,
  );
}
