// Times: the difference of two is a number of seconds, and no other computation is possible.

import type { Span } from "../../common/source-file.ts";
import { timeAlone } from "../../diagnostics/catalog/searches.ts";
import type { BinaryOperator } from "../syntax/nodes.ts";
import { constantDim } from "./dims.ts";
import { nameOf } from "./leading-axes.ts";
import { numberOf } from "./tables.ts";
import { together } from "./together.ts";
import { ERROR, isError } from "./types.ts";
import type { ArgumentValue, Elaboration, FeatureReference, TensorValue, Value } from "./values.ts";

const SECONDS_OF_DAY = 86_400;

/** The feature of a value, if it is a single time. */
function timeOf({ type }: Value): FeatureReference | null {
  if (type.kind !== "feature" || type.lift !== null) return null;
  const [reference] = type.references;
  return reference?.feature.kind.kind === "time" ? reference : null;
}

/**
 * Seconds from the second to the first if both are times; null otherwise. Days and seconds of the day are
 * subtracted separately, so the difference is exact up to 194 days, and beyond that as exact as 32 bits
 * allow.
 */
export function secondsBetween(
  elaboration: Elaboration,
  operator: BinaryOperator,
  sides: readonly [ArgumentValue, ArgumentValue],
  span: Span,
): Value | null {
  const [first, second] = sides.map(({ value }) => timeOf(value));
  if (first == null || second == null) {
    // The mistake of the other side is already reported.
    const isBroken = (first ?? second) != null && sides.some(({ value }) => isError(value));
    return isBroken ? ERROR : null;
  }
  if (operator !== "-") {
    elaboration.report(timeAlone, { name: nameOf(first) }, span);
    return ERROR;
  }
  const read = (reference: FeatureReference, span: Span): TensorValue =>
    numberOf(elaboration, reference, span, { span, what: "a time" });
  const met = together(
    elaboration,
    "`-`",
    [
      { value: read(first, sides[0].span), span: sides[0].span },
      { value: read(second, sides[1].span), span: sides[1].span },
    ],
    span,
  );
  if (met === null) return ERROR;
  const [later, earlier] = met.values.map(({ node }) => node);
  const both = elaboration.emit("subtract", [later!, earlier!], {}, span);
  const list = met.values[0]!.type.list ?? met.values[0]!.outerAxes.list;
  const dim = list === null ? 0 : 1;
  const part = (from: number) => elaboration.emit("slice", [both], { dim, from, to: from + 1 }, span);
  const days = elaboration.emit("multiply", [part(0), met.constant(SECONDS_OF_DAY)], {}, span);
  const seconds = elaboration.emit("add", [days, part(1)], {}, span);
  const result = met.result(seconds);
  return { ...result, type: { ...result.type, width: constantDim(1) } };
}
