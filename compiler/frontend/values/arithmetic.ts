// Arithmetic: numbers are computed now, vectors element by element. A Vec combined with a Seq is repeated
// along its axis; a width of 1 is stretched; two different axes are an error.

import { type Span, textOf } from "../../common/source-file.ts";
import { gatesByNumber, probabilitiesAdded } from "../../diagnostics/catalog/elementwise.ts";
import { divisionByZero, probabilityAsVector, tooLarge } from "../../diagnostics/catalog/expressions.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { holds } from "../syntax/constants.ts";
import { type Arithmetic, type BinaryOperator, type Comparison, isComparison } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { addDims, constantOf, divideDim, multiplyDims, scaleDim, subtractDims } from "./dims.ts";
import { type AsNumbers, idsAsNumbers } from "./id-comparisons.ts";
import {
  complement,
  isComplement,
  isProbability,
  jointEvent,
  mixture,
  productLogit,
} from "./probabilities.ts";
import { secondsBetween } from "./times.ts";
import { isNumber, numbersOrVectors, together } from "./together.ts";
import { ERROR, floatValue, intValue, isError, isTensor, numberOf } from "./types.ts";
import type { ArgumentValue, Elaboration, TensorArgument, Value } from "./values.ts";
import { widthOrigins } from "./widths.ts";

const OPS = { "+": "add", "-": "subtract", "*": "multiply", "/": "divide" } as const;

const LARGEST = 3.4028234663852886e38;

/** Values are computed in 32 bits, so a number beyond their range would be infinite. */
export function fitsFloat(elaboration: Elaboration, value: Value, span: Span): boolean {
  const number = numberOf(value.type);
  if (number === null || Math.abs(number) <= LARGEST) return true;
  elaboration.report(tooLarge, {}, span);
  return false;
}

export function binary(
  elaboration: Elaboration,
  operator: BinaryOperator,
  leftGiven: ArgumentValue,
  rightGiven: ArgumentValue,
  span: Span,
): Value {
  const ids = isComparison(operator) ? idsAsNumbers(elaboration, operator, [leftGiven, rightGiven]) : null;
  if (ids !== null && isComparison(operator)) return comparedIds(elaboration, operator, ids, span);
  const seconds = secondsBetween(elaboration, operator, [leftGiven, rightGiven], span);
  if (seconds !== null) return seconds;
  const operation = `\`${operator}\``;
  const sideOf = (place: number) => `the ${place === 0 ? "left" : "right"} side of ${operation}`;
  const operands = numbersOrVectors(
    elaboration,
    operation,
    [leftGiven, rightGiven].map(({ value, span }) => ({ value: elaboration.vectorOf(value, span), span })),
    sideOf,
  );
  if (operands === null) return ERROR;
  const [left, right] = operands as [ArgumentValue, ArgumentValue];
  if (operator === "/" && isNumber(right.value) && numberOf(right.value.type) === 0) {
    elaboration.report(divisionByZero, {}, right.span);
    return ERROR;
  }
  if (isNumber(left.value) && isNumber(right.value)) {
    const value = numbers(elaboration, operator, left.value, right.value);
    return fitsFloat(elaboration, value, span) ? value : ERROR;
  }
  if (!operands.every((operand) => fitsFloat(elaboration, operand.value, operand.span))) return ERROR;
  if (isComparison(operator)) return compared(elaboration, operator, operands, span);
  if (operator === "-" && isComplement(left.value, right.value))
    return complement(elaboration, right.value, span);
  const probabilities = operands.filter((each): each is TensorArgument => isProbability(each.value));
  if (operator === "+" && probabilities.length === 2) {
    const mixed = mixture(elaboration, probabilities[0]!, probabilities[1]!, span);
    if (mixed !== null) return mixed;
  }
  if (!gatesOnly(elaboration, operator, probabilities)) return ERROR;
  const met = together(elaboration, operation, operands, span);
  if (met === null) return ERROR;
  if (operator === "*") warnAboutGates(elaboration, operands, span);
  const nodes = met.values.map(({ node }) => node);
  const node = elaboration.emit(OPS[operator], nodes, {}, span);
  if (operator !== "*" || probabilities.length < 2) return met.result(node);
  const [p, q] = met.values.map(({ logit }) => logit) as [NodeId | null, NodeId | null];
  const product = met.probability(node, productLogit(elaboration, p, q, span));
  return { ...product, event: jointEvent(probabilities.map(({ value }) => value)) };
}

/**
 * Warns where a softmax of n numbers meets n vectors of n numbers or of one: its numbers are most likely the
 * weights of the vectors, while `*` repeats all of them for each vector.
 */
function warnAboutGates(elaboration: Elaboration, operands: readonly ArgumentValue[], span: Span): void {
  for (const [gates, others] of [operands, operands.toReversed()] as [ArgumentValue, ArgumentValue][]) {
    if (!isTensor(gates.value) || !isTensor(others.value) || !gates.value.type.distribution) continue;
    const { list, width } = others.value.type;
    const n = constantOf(gates.value.type.width);
    if (n === null || list === null || list.varying !== undefined || gates.value.type.list !== null) continue;
    if (constantOf(list) !== n || ![1, n].includes(constantOf(width) ?? 0)) continue;
    const [written, elements] = [textOf(gates.span), textOf(others.span)];
    const ofElements = `split(${written}, ${n})`;
    elaboration.report(gatesByNumber, { gates: written, elements, n }, span, {
      related: widthOrigins([gates as TensorArgument, others as TensorArgument]),
      fixes: [
        {
          title: `weigh each element: \`${ofElements}\``,
          isGuess: true,
          edits: [{ span: gates.span, text: ofElements }],
        },
      ],
    });
  }
}

/** Two ids of large vocabularies are equal if both of their halves are. */
function comparedIds(
  elaboration: Elaboration,
  operator: Comparison,
  [first, second]: AsNumbers,
  span: Span,
): Value {
  if (first === undefined) return ERROR;
  if (second === undefined) return compared(elaboration, operator, first, span);
  const [high, low] = [first, second].map((halves) => compared(elaboration, "==", halves, span));
  const same = binary(elaboration, "*", { value: high!, span }, { value: low!, span }, span);
  if (operator === "==" || isError(same)) return same;
  return binary(elaboration, "-", { value: floatValue(1), span }, { value: same, span }, span);
}

/** 1 if the comparison holds, else 0. No gradient flows through it. */
function compared(
  elaboration: Elaboration,
  operator: Comparison,
  operands: readonly ArgumentValue[],
  span: Span,
): Value {
  const met = together(elaboration, `\`${operator}\``, operands, span);
  if (met === null) return ERROR;
  const [x, y] = met.values.map(({ node }) => node) as [NodeId | null, NodeId | null];
  const { op, swaps, negates } = COMPARISONS[operator];
  const node = elaboration.emit(op, swaps ? [y, x] : [x, y], {}, span);
  return met.result(negates ? elaboration.emit("subtract", [met.constant(1), node], {}, span) : node);
}

const COMPARISONS = {
  "<": { op: "greater", swaps: true, negates: false },
  "<=": { op: "greater", swaps: false, negates: true },
  ">": { op: "greater", swaps: false, negates: false },
  ">=": { op: "greater", swaps: true, negates: true },
  "==": { op: "equal", swaps: false, negates: false },
  "!=": { op: "equal", swaps: false, negates: true },
} as const;

export function negate(elaboration: Elaboration, operand: ArgumentValue, span: Span): Value {
  const { value } = operand;
  if (value.type.kind === "int") return intValue(scaleDim(value.type.value, -1));
  if (value.type.kind === "float") return floatValue(value.type.value === null ? null : -value.type.value);
  const vector = elaboration.vector(value, "`-`", "what `-` negates", operand.span);
  if (vector === null) return ERROR;
  const node = elaboration.emit("negate", [vector.node], {}, span);
  return { ...vector, node };
}

function numbers(elaboration: Elaboration, operator: BinaryOperator, left: Value, right: Value): Value {
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
  if (isComparison(operator))
    return a === null || b === null ? elaboration.anyInt() : intValue(holds(operator, a, b) ? 1 : 0);
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

/**
 * Outside a loss, a probability may only be multiplied: by another, or as a gate. Two may be added if one
 * excludes the other.
 */
function gatesOnly(
  elaboration: Elaboration,
  operator: Arithmetic,
  probabilities: readonly TensorArgument[],
): boolean {
  const [first] = probabilities;
  if (first === undefined || elaboration.mode.chancesAreNumbers || operator === "*") return true;
  const related = probabilities.flatMap(({ value }) =>
    value.widthOrigin === null ? [] : [at(value.widthOrigin.span, "becomes a probability here")],
  );
  if (operator === "+" && probabilities.length === 2)
    elaboration.report(probabilitiesAdded, {}, first.span, { related });
  else elaboration.report(probabilityAsVector, { operation: `\`${operator}\`` }, first.span, { related });
  return false;
}
