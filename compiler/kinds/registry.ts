// All feature kinds and transforms by name. To add one, write its file, its shape in `FeatureKind` or `NumberTransform`
// (model/model.ts), a line here, and its run-time half in runtime/serve.

import { InternalError } from "../internal-error.ts";
import type { Feature, FeatureKind, Fitted, NumberTransform } from "../model/model.ts";
import type { IdKind, KindDefinition, KindOf, Learned } from "./define-kind.ts";
import type { TransformDefinition, TransformOf } from "./define-transform.ts";
import { enumeration } from "./enum.kind.ts";
import { id } from "./id.kind.ts";
import { int } from "./int.kind.ts";
import { log1p } from "./log1p.transform.ts";
import { number } from "./number.kind.ts";
import { sizedId } from "./sized-id.kind.ts";
import { standardize } from "./standardize.transform.ts";

const kinds: { readonly [Name in FeatureKind["kind"]]: KindDefinition<KindOf<Name>> } = {
  id,
  sized_id: sizedId,
  enum: enumeration,
  int,
  number,
};

const transforms: { readonly [Name in NumberTransform["kind"]]: TransformDefinition<TransformOf<Name>> } = {
  log1p,
  standardize,
};

/** In the order in which messages list them. */
export const allKinds = Object.values(kinds) as readonly KindDefinition<FeatureKind>[];
export const allTransforms = Object.values(transforms) as readonly TransformDefinition<NumberTransform>[];

export function kindOf({ kind }: FeatureKind): KindDefinition<FeatureKind> {
  return kinds[kind] as KindDefinition<FeatureKind>;
}

export function transformOf({ kind }: NumberTransform): TransformDefinition<NumberTransform> {
  return transforms[kind] as TransformDefinition<NumberTransform>;
}

export function hasIds(kind: FeatureKind): boolean {
  return kindOf(kind).gives === "ids";
}

/** The definition of a feature's kind, which must have ids. */
export function idKindOf({ name, kind }: Pick<Feature, "name" | "kind">): IdKind<FeatureKind> {
  const definition = kindOf(kind);
  if (definition.gives !== "ids") throw new InternalError(`${name} has no ids`);
  return definition;
}

export function learnedOf({ name }: Pick<Feature, "name">, fitted: Fitted): Learned {
  return {
    vocabulary: fitted.vocabularies.get(name) ?? [],
    transforms: fitted.transforms.get(name) ?? [],
  };
}

/** How many values of a feature with ids are known; null where only data tells. */
export function knownValues(feature: Pick<Feature, "name" | "kind">, learned: Learned | null): number | null {
  return idKindOf(feature).size(feature.kind, learned);
}

/** The transforms of a number in the order in which they are applied; none for ids. */
export function transformsOf(kind: FeatureKind): readonly NumberTransform[] {
  return kind.kind === "number" ? kind.transforms : [];
}

export function hasLearnedVocabulary({ kind }: Pick<Feature, "kind">): boolean {
  const definition = kindOf(kind);
  return definition.gives === "ids" && definition.learn !== null;
}

export function hasLearningTransform({ kind }: Pick<Feature, "kind">): boolean {
  return transformsOf(kind).some((transform) => transformOf(transform).learn !== null);
}
