// Operands of elementwise functions: numbers as vectors, all repeated along their joint axes, with one width
// or width 1.

import type { Span } from "../../common/source-file.ts";
import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { constantDim } from "./dims.ts";
import { alongJoined, joinAxes, stacked } from "./leading-axes.ts";
import {
  ERROR,
  floatValue,
  isError,
  isTensor,
  numberOf,
  printType,
  tensorValue,
  unionSources,
} from "./types.ts";
import type { ArgumentValue, Elaboration, TensorArgument, TensorValue, Value } from "./values.ts";
import { commonWidth } from "./widths.ts";

export interface Together {
  readonly values: readonly TensorValue[];
  /** A constant for each number. */
  constant(value: number): NodeId | null;
  /** A vector that varies along the joint axes. */
  result(node: NodeId | null): TensorValue;
  /** A probability that varies along the joint axes. */
  probability(node: NodeId | null, logit: NodeId | null): TensorValue;
}

export function isNumber(value: Value): boolean {
  return value.type.kind === "int" || value.type.kind === "float";
}

/**
 * Lists of vectors as one value each; null if one of `given` is neither a number nor a vector, which is
 * reported.
 */
export function numbersOrVectors(
  elaboration: Elaboration,
  operation: string,
  given: readonly ArgumentValue[],
  nameOf: (place: number) => string,
): readonly ArgumentValue[] | null {
  const operands = given.map(({ value, span }) => ({
    value: stacked(elaboration, value, span, operation) ?? ERROR,
    span,
  }));
  if (operands.some(({ value }) => isError(value))) return null;
  for (const [i, { value, span }] of operands.entries())
    if (!isNumber(value) && !isTensor(value)) {
      const got = printType(value.type);
      elaboration.report(wrongType, { what: nameOf(i), expected: "a Vec, Seq or number", got }, span);
      return null;
    }
  return operands;
}

/** Null if they are incompatible, which was reported. */
export function together(
  elaboration: Elaboration,
  operation: string,
  operands: readonly ArgumentValue[],
  span: Span,
): Together | null {
  const vectors = operands.map((operand) => asVector(elaboration, operand, span));
  const joined = joinAxes(elaboration, operation, vectors, span);
  if (joined === null) return null;
  let all = vectors[0]!;
  for (const vector of vectors.slice(1)) {
    const width = commonWidth(elaboration, operation, all, vector, span);
    if (width === null) return null;
    const { value } = all;
    all = {
      ...all,
      value: { ...value, type: { ...value.type, width: width.dim }, widthOrigin: width.origin },
    };
  }
  const values = vectors.map(({ value }) => alongJoined(elaboration, value, joined, span));
  const { visible, outerAxes } = joined;
  const { type, widthOrigin } = all.value;
  const sources = unionSources(values);
  return {
    values,
    constant: (value) =>
      alongJoined(
        elaboration,
        asVector(elaboration, { value: floatValue(value), span }, span).value,
        joined,
        span,
      ).node,
    result: (node) =>
      tensorValue({ ...visible, width: type.width }, { node, sources, outerAxes, widthOrigin }),
    probability: (node, logit) =>
      tensorValue(
        { ...visible, width: type.width, probability: true },
        { node, logit, sources, outerAxes, widthOrigin: { span, what: "a probability" } },
      ),
  };
}

function asVector(elaboration: Elaboration, { value, span }: ArgumentValue, at: Span): TensorArgument {
  if (isTensor(value)) return { value, span };
  const node = elaboration.isChecking ? null : elaboration.constant(numberOf(value.type)!, at);
  return {
    value: tensorValue({ width: ONE }, { node, sources: new Set(), widthOrigin: null }),
    span,
  };
}

const ONE = constantDim(1);
