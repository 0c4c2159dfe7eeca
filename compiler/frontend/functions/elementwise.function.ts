// Elementwise functions other than the activations: powers, logarithms, bounds, waves, and the choice between
// two values.

import { textOf } from "../../common/source-file.ts";
import { constantCondition, probabilityAsCondition } from "../../diagnostics/catalog/elementwise.ts";
import { probabilityAsVector, wrongType } from "../../diagnostics/catalog/expressions.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { quoteExpression } from "../syntax/constants.ts";
import { at } from "../syntax/reporter.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantOf } from "../values/dims.ts";
import { isProbability } from "../values/probabilities.ts";
import { isNumber, numbersOrVectors, type Together, together } from "../values/together.ts";
import { ERROR, isTensor, numberOf, printType } from "../values/types.ts";
import type {
  ArgumentValue,
  FunctionCall,
  LanguageFunction,
  NumberFunction,
  TensorValue,
  Value,
} from "../values/values.ts";

const vector = [{ name: "x", accepts: "vector" }] as const;

function unary(
  name: string,
  doc: string | readonly string[],
  ofNumbers: NumberFunction,
  node: (call: FunctionCall, x: TensorValue) => NodeId | null,
): LanguageFunction {
  return defineFunction({
    name,
    doc: typeof doc === "string" ? doc : doc.join("\n"),
    parameters: vector,
    ofNumbers,
    apply(call) {
      const x = call.vector("x");
      return call.like(x, node(call, x));
    },
  });
}

/** A constant for each number of x. */
function number(call: FunctionCall, x: TensorValue, value: number): NodeId | null {
  return call.forEach(x, call.constant(value));
}

export const exp = defineFunction({
  name: "exp",
  doc: "`exp(x: Vec[d]) -> Vec[d]` is eˣ: infinite above 88.7, 0 below −104. Its `log` is x itself.",
  parameters: vector,
  ofNumbers: { of: Math.exp },
  apply(call) {
    const x = call.vector("x");
    return { ...call.like(x, call.emit("exp", [x.node], {})), exponent: x.node };
  },
});

export const log = defineFunction({
  name: "log",
  doc: [
    "`log(x: Vec[d]) -> Vec[d]` is the natural logarithm: −∞ at 0, NaN below, and nothing is learned through either. Where 0 may",
    "occur, keep away from it: `log(max(x, 1e-7))`. Of a `Prob` it is computed from the logit, −softplus(−z), which is finite and",
    "exact for any p; of `exp(x)` it is x, and of `softmax(x)` x − log Σ exp(x).",
  ].join("\n"),
  parameters: [{ name: "x", accepts: "any" }],
  ofNumbers: { of: Math.log },
  apply(call) {
    const { value, span } = call.argument("x");
    if (isProbability(value)) {
      const cost = call.emit("softplus", [call.emit("negate", [value.logit], {})], {});
      return call.like(value, call.emit("negate", [cost], {}));
    }
    const x = call.elaboration.vector(value, "`log`", "`x` of `log`", span);
    if (x === null) return ERROR;
    // The exponent that `value` was made from is exact, while its logarithm isn't.
    if (value.exponent !== null) return call.like(x, value.exponent);
    if (isTensor(value) && value.type.distribution && value.logit !== null)
      return call.like(x, logOfClasses(call, value, value.logit));
    return call.like(x, call.emit("log", [x.node], {}));
  },
});

/** z − log Σ exp(z), with the largest number subtracted first, so that nothing overflows. */
function logOfClasses(call: FunctionCall, { type, outerAxes }: TensorValue, logits: NodeId): NodeId | null {
  const z = call.emit("stop_gradient", [logits], {});
  const isInList = outerAxes.list !== null;
  const turned = isInList
    ? call.emit("transpose", [z], {})
    : call.emit("reshape", [z], { dims: [constantOf(type.width)!, 1] });
  const most = call.emit("max_list", [turned], {});
  const largest = isInList ? call.emit("reshape", [most], { dims: [constantOf(outerAxes.list)!, 1] }) : most;
  const below = call.emit("subtract", [logits, largest], {});
  const sum = call.emit("sum_width", [call.emit("exp", [below], {})], {});
  return call.emit("subtract", [below, call.emit("log", [sum], {})], {});
}

export const sqrt = unary(
  "sqrt",
  [
    "`sqrt(x: Vec[d]) -> Vec[d]` is the square root: 0 at 0, NaN below. Nothing is learned through a 0, whose slope would be",
    "infinite, so that the length of a vector, `sqrt(dot(x, x))`, may be 0.",
  ],
  { of: Math.sqrt },
  squareRoot,
);

/** The plain op divides its gradient by 0 there. */
function squareRoot(call: FunctionCall, x: TensorValue): NodeId | null {
  const isPositive = call.emit("step", [x.node], {});
  const root = call.emit("sqrt", [call.emit("choose", [isPositive, x.node, number(call, x, 1)], {})], {});
  const other = call.emit("sqrt", [call.emit("stop_gradient", [x.node], {})], {});
  return call.emit("choose", [isPositive, root, other], {});
}

export const abs = unary(
  "abs",
  "`abs(x: Vec[d]) -> Vec[d]` is x without its sign; its slope at 0 is 0.",
  { of: Math.abs, isWhole: true },
  (call, x) => call.emit("maximum", [x.node, call.emit("negate", [x.node], {})], {}),
);

export const sign = unary(
  "sign",
  [
    "`sign(x: Vec[d]) -> Vec[d]` is 1 above 0, −1 below, and 0 at 0. Nothing is learned through it; to learn as if it were x",
    "itself, write `x + stop_gradient(sign(x) - x)`.",
  ],
  { of: Math.sign, isWhole: true },
  (call, x) => {
    const above = call.emit("step", [x.node], {});
    return call.emit("subtract", [above, call.emit("step", [call.emit("negate", [x.node], {})], {})], {});
  },
);

export const sin = unary(
  "sin",
  "`sin(x: Vec[d]) -> Vec[d]` is the sine of radians. Meant for angles up to ±8,192, beyond which f32 no longer tells them apart.",
  { of: Math.sin },
  (call, x) => call.emit("sin", [x.node], {}),
);

export const cos = unary(
  "cos",
  "`cos(x: Vec[d]) -> Vec[d]` is the cosine of radians. Meant for angles up to ±8,192, beyond which f32 no longer tells them apart.",
  { of: Math.cos },
  (call, x) => call.emit("cos", [x.node], {}),
);

export const softplus = unary(
  "softplus",
  "`softplus(x: Vec[d]) -> Vec[d]` is log(1 + eˣ) without overflow.",
  { of: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
  (call, x) => call.emit("softplus", [x.node], {}),
);

/**
 * Vectors or numbers; null if one is an invalid probability or if they don't fit together, which is reported.
 */
export function meeting(call: FunctionCall, names: readonly string[], takesChances = false): Together | null {
  const { elaboration, name } = call;
  const operation = `\`${name}\``;
  const nameOf = (place: number) => `\`${names[place]}\` of ${operation}`;
  const given = numbersOrVectors(
    elaboration,
    operation,
    names.map((each) => call.argument(each)),
    nameOf,
  );
  if (given === null) return null;
  for (const [i, { value, span }] of given.entries())
    if (!isNumber(value) && !takesChances && elaboration.vector(value, operation, nameOf(i), span) === null)
      return null;
  if (given.every(({ value }) => isNumber(value))) {
    const got = printType(given[0]!.value.type);
    elaboration.report(wrongType, { what: nameOf(0), expected: "a Vec or Seq", got }, given[0]!.span);
    return null;
  }
  return together(elaboration, operation, given, call.span);
}

/** The larger one or, with `negated` operands, the smaller one. */
export function extreme(
  call: FunctionCall,
  of: "max" | "min",
  x: NodeId | null,
  y: NodeId | null,
): NodeId | null {
  const signed = (node: NodeId | null) => (of === "max" ? node : call.emit("negate", [node], {}));
  return signed(call.emit("maximum", [signed(x), signed(y)], {}));
}

export const clip = defineFunction({
  name: "clip",
  doc: "`clip(x: Vec[d], low: Vec[d], high: Vec[d]) -> Vec[d]` keeps x between `low` and `high`, numbers or vectors. Values outside have no gradient, and those at a bound half of it.",
  parameters: [
    { name: "x", accepts: "any" },
    { name: "low", accepts: "any" },
    { name: "high", accepts: "any" },
  ],
  ofNumbers: { of: (x, low, high) => Math.min(Math.max(x, low), high), isWhole: true },
  apply(call) {
    const met = meeting(call, ["x", "low", "high"]);
    if (met === null) return ERROR;
    const [x, low, high] = met.values.map(({ node }) => node) as [
      NodeId | null,
      NodeId | null,
      NodeId | null,
    ];
    return met.result(extreme(call, "min", extreme(call, "max", x, low), high));
  },
});

/** Higher whole powers are rare, and exp(n · log x) is cheaper than their products. */
const MOST_PRODUCTS = 16;

export const pow = defineFunction({
  name: "pow",
  doc: [
    "`pow(x: Vec[d], exponent: Vec[d]) -> Vec[d]` is x to a power, a number or a vector. For whole numbers up to 16 it is a product, so that",
    "x may be negative; −1, −2, … divide by it. Otherwise it is exp(exponent · log x): NaN for negative x. Nothing is",
    "learned of a root at 0, whose slope would be infinite. Of a number x above 0 it is exp(exponent · log x): `pow(2, x)`.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "any" },
    { name: "exponent", accepts: "any" },
  ],
  ofNumbers: { of: (x, exponent) => x ** exponent },
  apply(call) {
    const given = call.argument("x");
    if (isNumber(given.value)) return powerOfNumber(call, given);
    const exponent = call.argument("exponent").value;
    const x = call.elaboration.vector(given.value, "`pow`", "`x` of `pow`", given.span);
    if (x === null) return ERROR;
    if (isNumber(exponent)) {
      const n = numberOf(exponent.type);
      if (n === null) return call.like(x, null);
      if (n === 0) {
        const { span } = call.argument("exponent");
        call.elaboration.report(
          wrongType,
          { what: "`exponent` of `pow`", expected: "another number", got: "0" },
          span,
        );
        return ERROR;
      }
      if (n === 0.5) return call.like(x, squareRoot(call, x));
      const size = Math.abs(n);
      if (Number.isInteger(n) && size >= 1 && size <= MOST_PRODUCTS) {
        const product = wholePower(call, x.node, size);
        const node = n > 0 ? product : call.emit("divide", [number(call, x, 1), product], {});
        return call.like(x, node);
      }
    }
    const met = meeting(call, ["x", "exponent"]);
    if (met === null) return ERROR;
    const [base, power] = met.values.map(({ node }) => node) as [NodeId | null, NodeId | null];
    return met.result(
      isNumber(exponent) ? realPower(call, base, power) : computedPower(call, met, base, power),
    );
  },
});

/** The power of a number above 0. */
function powerOfNumber(call: FunctionCall, base: ArgumentValue): Value {
  const { value, span } = call.argument("exponent");
  const exponent = call.elaboration.vector(value, "`pow`", "`exponent` of `pow`", span);
  if (exponent === null) return ERROR;
  const number = numberOf(base.value.type);
  if (number === null) return call.like(exponent, null);
  if (number <= 0) {
    const got = String(number);
    call.elaboration.report(wrongType, { what: "`x` of `pow`", expected: "above 0", got }, base.span);
    return ERROR;
  }
  const factor = call.forEach(exponent, call.constant(Math.log(number)));
  const power = call.emit("multiply", [exponent.node, factor], {});
  return { ...call.like(exponent, call.emit("exp", [power], {})), exponent: power };
}

/** Computes the power by squaring. */
function wholePower(call: FunctionCall, x: NodeId | null, n: number): NodeId | null {
  if (n === 1) return x;
  const half = wholePower(call, x, Math.floor(n / 2));
  const square = call.emit("multiply", [half, half], {});
  return n % 2 === 0 ? square : call.emit("multiply", [square, x], {});
}

/** For a computed exponent, the value at 0 depends on its sign alone, and nothing is learned there. */
function computedPower(call: FunctionCall, met: Together, x: NodeId | null, n: NodeId | null): NodeId | null {
  const nothing = met.constant(0);
  const one = met.constant(1);
  const choose = (condition: NodeId | null, a: NodeId | null, b: NodeId | null) =>
    call.emit("choose", [condition, a, b], {});
  const isZero = call.emit("equal", [x, nothing], {});
  const power = realPower(call, choose(isZero, one, x), n);
  const infinite = call.emit("divide", [one, call.emit("stop_gradient", [x], {})], {});
  const other = choose(call.emit("step", [n], {}), nothing, infinite);
  return choose(isZero, choose(call.emit("equal", [n, nothing], {}), one, other), power);
}

function realPower(call: FunctionCall, x: NodeId | null, n: NodeId | null): NodeId | null {
  return call.emit("exp", [call.emit("multiply", [n, call.emit("log", [x], {})], {})], {});
}

export const where = defineFunction({
  name: "where",
  doc: [
    "`where(condition: Vec[d], a: Vec[d], b: Vec[d]) -> Vec[d]` is a where the condition is not 0, elsewhere b, number by number: `where(price > 0, log(price), 0)`.",
    "What is not taken gives nothing, not even NaN, and learns nothing. Of two `Prob`s it is a `Prob`. To mix by a probability p",
    "write `p * a + (1 - p) * b`.",
  ].join("\n"),
  parameters: [
    { name: "condition", accepts: "any" },
    { name: "a", accepts: "any" },
    { name: "b", accepts: "any" },
  ],
  apply(call) {
    const { elaboration } = call;
    const condition = call.argument("condition");
    if (isNumber(condition.value)) {
      const value = numberOf(condition.value.type);
      if (value !== null) elaboration.report(constantCondition, { value: String(value) }, condition.span);
      return ERROR;
    }
    if (isProbability(condition.value) && !elaboration.mode.chancesAreNumbers) {
      elaboration.report(
        probabilityAsCondition,
        { written: quoteExpression(condition).slice(1, -1) },
        condition.span,
      );
      return ERROR;
    }
    return chosen(call);
  },
});

function chosen(call: FunctionCall): Value {
  const [a, b] = [call.argument("a").value, call.argument("b").value];
  const isChance = isProbability(a) && isProbability(b);
  if (!isChance && (isProbability(a) || isProbability(b)) && !call.elaboration.mode.chancesAreNumbers) {
    const [chance, other] = isProbability(a) ? ["a", "b"] : ["b", "a"];
    const { value, span } = call.argument(chance);
    call.elaboration.report(probabilityAsVector, { operation: `\`${chance}\` of \`where\`` }, span, {
      related: value.widthOrigin === null ? [] : [at(value.widthOrigin.span, "becomes a probability here")],
      help: probabilityAsVector.helps.bothOrNone(textOf(call.argument(other).span)),
    });
    return ERROR;
  }
  const met = meeting(call, ["condition", "a", "b"], isChance);
  if (met === null) return ERROR;
  const [c, x, y] = met.values as readonly [TensorValue, TensorValue, TensorValue];
  const node = call.emit("choose", [c.node, x.node, y.node], {});
  return isChance
    ? met.probability(node, call.emit("choose", [c.node, x.logit, y.logit], {}))
    : met.result(node);
}
