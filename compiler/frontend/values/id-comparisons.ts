// Comparisons of features with ids: whether two have the same value, or one has a given value. It compares
// ids, never vectors. An unknown value equals nothing, not even another unknown value.

import type { Span } from "../../common/source-file.ts";
import { rowsElsewhere } from "../../diagnostics/catalog/draws.ts";
import {
  idsCompared,
  noSuchValue,
  setCompared,
  valuesUnnamed,
  vocabulariesDiffer,
} from "../../diagnostics/catalog/elementwise.ts";
import { EXACT, idParts } from "../../middle/ops/id-number.op.ts";
import { hasIds, knownValues } from "../kinds/registry.ts";
import { FIRST_ID, ownerOf } from "../model/model.ts";
import type { Comparison } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { nameOf } from "./leading-axes.ts";
import { idsOf } from "./tables.ts";
import { everyRow, floatValue, isError, numberOf } from "./types.ts";
import type { ArgumentValue, Elaboration, FeatureReference, TensorValue } from "./values.ts";

/** The pairs to compare as numbers; if there are two, both must hold. */
export type AsNumbers = readonly (readonly [ArgumentValue, ArgumentValue])[];

type Sides<T> = readonly [T, T];

/** Null if no side is a feature with ids; an empty list if the comparison is invalid, which is reported. */
export function idsAsNumbers(
  elaboration: Elaboration,
  operator: Comparison,
  sides: Sides<ArgumentValue>,
): AsNumbers | null {
  const features = sides.map(featureWithIds) as unknown as Sides<FeatureReference | null>;
  const place = features.findIndex((each) => each !== null);
  if (place < 0) return null;
  const [feature, given, other] = [features[place]!, sides[place]!, sides[1 - place]!];
  // Its mistake is already reported.
  if (isError(other.value)) return [];
  const name = nameOf(feature);
  const everyOne = features.findIndex((each) => each?.every === true);
  if (everyOne >= 0) {
    const axis = everyRow(features[everyOne]!.feature.name);
    elaboration.report(rowsElsewhere, { axis }, sides[everyOne]!.span);
    return [];
  }
  const several = features.findIndex((each) => each?.feature.set != null);
  if (several >= 0) {
    elaboration.report(setCompared, { feature: nameOf(features[several]!) }, sides[several]!.span);
    return [];
  }
  const isLifted = sides.some(({ value: { type } }) => type.kind === "feature" && type.lift !== null);
  const [left, right] = features;
  if (left !== null && right !== null && !isLifted && isEquality(operator))
    return sameIds(elaboration, [left, right], sides);
  const { type } = other.value;
  const value = type.kind === "string" ? type.value : numberOf(type);
  if (isLifted || value === null) {
    elaboration.report(idsCompared, { feature: name, operator }, given.span);
    return [];
  }
  const { kind } = feature.feature;
  const isOrdered = kind.kind === "int" && typeof value === "number";
  if (!isOrdered && !isEquality(operator)) {
    elaboration.report(idsCompared, { feature: name, operator }, given.span);
    return [];
  }
  const id = idOf(elaboration, feature, value, other.span, isEquality(operator));
  if (id === null) return [];
  // An unknown value must be on the side where the comparison does not hold.
  const below = (operator === ">" || operator === ">=") === (place === 0);
  const unknown = isEquality(operator) ? UNKNOWN[0] : below ? -FAR : FAR;
  const number = idsOf(elaboration, feature, { ...idParts.whole, unknown }, given.span);
  const both = [
    { value: number, span: given.span },
    { value: floatValue(id), span: other.span },
  ] as const;
  return [place === 0 ? both : [both[1], both[0]]];
}

/** The unknown values of the left and right sides differ, so that two unknown values are unequal. */
const UNKNOWN = [-1, -2] as const;

/** Larger than every id. */
const FAR = 2 ** 30;

function isEquality(operator: Comparison): boolean {
  return operator === "==" || operator === "!=";
}

function featureWithIds({ value }: ArgumentValue): FeatureReference | null {
  const references = value.type.kind === "feature" ? value.type.references : [];
  return references.find(({ feature }) => hasIds(feature.kind)) ?? null;
}

function sameIds(
  elaboration: Elaboration,
  features: Sides<FeatureReference>,
  sides: Sides<ArgumentValue>,
): AsNumbers {
  const [left, right] = features;
  if (ownerOf(left.feature) !== ownerOf(right.feature)) {
    const span = sides[1].span;
    const facts = {
      left: nameOf(left),
      right: nameOf(right),
      feature: right.feature.name,
      other: left.feature.name,
    };
    elaboration.report(vocabulariesDiffer, facts, span, {
      related: [left, right].map(({ feature }) =>
        at(feature.span, `the values of \`${feature.name}\` are declared here`),
      ),
    });
    return [];
  }
  const size = knownValues(left.feature, null);
  const isSmall = size !== null && size + FIRST_ID <= EXACT;
  const parts = isSmall ? [idParts.whole] : [idParts.high, idParts.low];
  const numbersOf = (part: (typeof parts)[number], place: 0 | 1): ArgumentValue => {
    const { span } = sides[place];
    const value: TensorValue = idsOf(
      elaboration,
      features[place],
      { ...part, unknown: UNKNOWN[place] },
      span,
    );
    return { value, span };
  };
  return parts.map((part) => [numbersOf(part, 0), numbersOf(part, 1)] as const);
}

/**
 * The id of a value that the spec lists; null if there is none, which is reported. A bound may be outside.
 */
function idOf(
  elaboration: Elaboration,
  reference: FeatureReference,
  value: string | number,
  span: Span,
  mustExist: boolean,
): number | null {
  const { kind } = reference.feature;
  const name = nameOf(reference);
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  const missing = (values: string): null => {
    elaboration.report(noSuchValue, { feature: name, value: shown, values }, span);
    return null;
  };
  switch (kind.kind) {
    case "enum": {
      const found = kind.values.indexOf(String(value));
      return found < 0
        ? missing(kind.values.map((each) => JSON.stringify(each)).join(", "))
        : FIRST_ID + found;
    }
    case "int":
    case "sized_id": {
      const [low, high] = kind.kind === "int" ? [kind.low, kind.high] : [0, kind.size - 1];
      const isIn = Number.isInteger(value) && Number(value) >= low && Number(value) <= high;
      if (mustExist && !isIn) return missing(`the whole numbers from ${low} to ${high}`);
      return Math.max(-FAR / 2, Math.min(FAR / 2, Number(value) - low + FIRST_ID));
    }
    default:
      elaboration.report(valuesUnnamed, { feature: name }, span);
      return null;
  }
}
