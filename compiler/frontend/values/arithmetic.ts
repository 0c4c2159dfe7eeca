// Arithmetic: numbers are computed now, vectors element by element. A Vec meeting a Seq is repeated along its axis;
// a width of 1 is stretched; two axes never meet.

import type { Span } from "../../common/source-file.ts";
import {
  divisionByZero,
  probabilityAsVector,
  tooLarge,
  wrongType,
} from "../../diagnostics/catalog/expressions.ts";
import type { BinaryOperator } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { addDims, constantDim, constantOf, divideDim, multiplyDims, scaleDim, subtractDims } from "./dims.ts";
import { alongJoined, joinAxes, stacked } from "./leading-axes.ts";
import { complement, isComplement, isProbability, originOf, productLogit } from "./probabilities.ts";
import {
  ERROR,
  floatValue,
  intValue,
  isError,
  isTensor,
  numberOf,
  printType,
  tensorValue,
  unionSources,
} from "./types.ts";
import type { ArgumentValue, Elaboration, TensorArgument, Value } from "./values.ts";
import { commonWidth } from "./widths.ts";

const OPS = { "+": "add", "-": "subtract", "*": "multiply", "/": "divide" } as const;

const LARGEST = 3.4028234663852886e38;

/** Values are computed in 32 bits, so a number beyond their range would be infinite. */
function fitsFloat(elaboration: Elaboration, value: Value, span: Span): boolean {
  const number = numberOf(value.type);
  if (number === null || Math.abs(number) <= LARGEST) return true;
  elaboration.report(tooLarge, {}, span);
  return false;
}

function isNumber(value: Value): boolean {
  return value.type.kind === "int" || value.type.kind === "float";
}

export function binary(
  elaboration: Elaboration,
  operator: BinaryOperator,
  leftGiven: ArgumentValue,
  rightGiven: ArgumentValue,
  span: Span,
): Value {
  const operands = [leftGiven, rightGiven].map((operand) => ({
    value: stacked(elaboration, operand.value, operand.span, `\`${operator}\``) ?? ERROR,
    span: operand.span,
  }));
  const [left, right] = operands as [ArgumentValue, ArgumentValue];
  if (operands.some((operand) => isError(operand.value))) return ERROR;
  for (const operand of operands)
    if (!isNumber(operand.value) && !isTensor(operand.value)) {
      const what = `the ${operand === left ? "left" : "right"} side of \`${operator}\``;
      const got = printType(operand.value.type);
      elaboration.report(wrongType, { what, expected: "a Vec, Seq or number", got }, operand.span);
      return ERROR;
    }
  if (operator === "/" && isNumber(right.value) && numberOf(right.value.type) === 0) {
    elaboration.report(divisionByZero, {}, right.span);
    return ERROR;
  }
  if (isNumber(left.value) && isNumber(right.value)) {
    const value = numbers(operator, left.value, right.value);
    return fitsFloat(elaboration, value, span) ? value : ERROR;
  }
  if (!operands.every((operand) => fitsFloat(elaboration, operand.value, operand.span))) return ERROR;
  if (operator === "-" && isComplement(left.value, right.value))
    return complement(elaboration, right.value, span);
  if (!gatesOnly(elaboration, operator, left, right)) return ERROR;
  const vectors = operands.map((operand) => asVector(elaboration, operand, span));
  const joined = joinAxes(elaboration, `\`${operator}\``, vectors, span);
  if (joined === null) return ERROR;
  const [a, b] = [vectors[0]!, vectors[1]!];
  const width = commonWidth(elaboration, `\`${operator}\``, a, b, span);
  if (width === null) return ERROR;
  const aligned = vectors.map((vector) => alongJoined(elaboration, vector.value, joined, span));
  const node = elaboration.emit(
    OPS[operator],
    aligned.map((value) => value.node),
    {},
    span,
  );
  const sources = unionSources(aligned);
  const { visible, outerAxes } = joined;
  if (operator !== "*" || !aligned.every(isProbability))
    return tensorValue(
      { ...visible, width: width.dim },
      { node, sources, outerAxes, widthOrigin: width.origin },
    );
  const logit = productLogit(elaboration, aligned[0]!.logit, aligned[1]!.logit, span);
  return tensorValue(
    { ...visible, width: width.dim, probability: true },
    { node, logit, sources, outerAxes, widthOrigin: originOf(span) },
  );
}

export function negate(elaboration: Elaboration, operand: ArgumentValue, span: Span): Value {
  const { value } = operand;
  if (value.type.kind === "int") return intValue(scaleDim(value.type.value, -1));
  if (value.type.kind === "float") return floatValue(value.type.value === null ? null : -value.type.value);
  const vector = elaboration.vector(value, "`-`", "what `-` negates", operand.span);
  if (vector === null) return ERROR;
  const node = elaboration.emit("negate", [vector.node], {}, span);
  return { ...vector, type: { ...vector.type, probability: false }, node, logit: null };
}

function numbers(operator: BinaryOperator, left: Value, right: Value): Value {
  if (left.type.kind === "int" && right.type.kind === "int") {
    const [a, b] = [left.type.value, right.type.value];
    switch (operator) {
      case "+":
        return intValue(addDims(a, b));
      case "-":
        return intValue(subtractDims(a, b));
      case "*":
        return intValue(multiplyDims(a, b));
      case "/": {
        const divisor = constantOf(b);
        const quotient = divisor === null ? null : divideDim(a, divisor);
        if (quotient !== null) return intValue(quotient);
      }
    }
  }
  const [a, b] = [numberOf(left.type), numberOf(right.type)];
  if (a === null || b === null) return floatValue(null);
  switch (operator) {
    case "+":
      return floatValue(a + b);
    case "-":
      return floatValue(a - b);
    case "*":
      return floatValue(a * b);
    case "/":
      return floatValue(a / b);
  }
}

/** A probability may only be multiplied: with another, or as a gate. */
function gatesOnly(
  elaboration: Elaboration,
  operator: BinaryOperator,
  left: ArgumentValue,
  right: ArgumentValue,
): boolean {
  const probabilities = [left, right].filter(({ value }) => isProbability(value));
  const [first] = probabilities;
  if (first === undefined || elaboration.settled || operator === "*") return true;
  const origins = probabilities.flatMap(({ value }) =>
    value.widthOrigin === null ? [] : [value.widthOrigin.span],
  );
  elaboration.report(probabilityAsVector, { operation: `\`${operator}\`` }, first.span, {
    related: origins.map((span) => at(span, "becomes a probability here")),
  });
  return false;
}

function asVector(elaboration: Elaboration, operand: ArgumentValue, span: Span): TensorArgument {
  const { value } = operand;
  if (isTensor(value)) return { value, span: operand.span };
  const node = elaboration.builder === null ? null : elaboration.constant(numberOf(value.type)!, span);
  return {
    value: tensorValue({ width: ONE }, { node, sources: new Set(), widthOrigin: null }),
    span: operand.span,
  };
}

const ONE = constantDim(1);
