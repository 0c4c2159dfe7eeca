// Calls of blocks. Arguments are matched with the signature (`Vec[2*d]` against 32 gives d = 16); a Seq given for a
// Vec applies the block to each step. A block with a full signature has been checked for all widths, so its result
// type follows from the match; others are walked where they are used.

import type { BlockItem } from "../ast/nodes.ts";
import {
  argumentWidth,
  axisMismatch,
  blockResult,
  cannotLift,
  notPositive,
  probabilityAsVector,
  recursion,
  wrongType,
} from "../diagnostics/catalog/expressions.ts";
import type { Actual } from "../functions/define-function.ts";
import type { Span } from "../source/source-file.ts";
import { widthOrigins } from "./arithmetic.ts";
import { bindArguments, type GivenArgument } from "./bind-arguments.ts";
import {
  constantOf,
  type Dim,
  equalDims,
  printDim,
  solveDim,
  substitute,
  variableDim,
  variablesOf,
} from "./dims.ts";
import { Environment } from "./environment.ts";
import { at } from "./reporter.ts";
import type { Pattern, Signature, SignatureParameter } from "./signatures.ts";
import {
  type Axis,
  ERROR,
  intValue,
  isError,
  isTensor,
  plainValue,
  printType,
  sameAxis,
  type TensorType,
  type TensorValue,
  tensorValue,
  type Value,
} from "./types.ts";
import type { Walker } from "./walker.ts";

/** Deeper than any honest nesting: a block that got to itself through function arguments. */
const DEEPEST = 100;

export function callBlock(
  walker: Walker,
  block: BlockItem,
  given: readonly GivenArgument[],
  span: Span,
): Value {
  if (walker.brokenBlocks.has(block)) return ERROR;
  const signature = walker.signature(block);
  if (signature === null) return ERROR;
  const name = block.name.name;
  const parameters = signature.parameters.map((each) => ({
    name: each.name,
    optional: each.default !== null,
  }));
  const bound = bindArguments(name, parameters, given, span, walker.report);
  if (bound === null) return ERROR;
  const actuals: Actual[] = [];
  for (const parameter of signature.parameters) {
    const actual = bound.by.get(parameter.name);
    if (actual !== undefined) actuals.push(actual);
    else {
      const value = walker.evaluate(parameter.default!, Environment.ofBlock(block));
      actuals.push({ value, span: parameter.default!.span });
    }
  }
  if (actuals.some((actual) => isError(actual.value))) return ERROR;
  const match = new Matcher(walker, signature, actuals).match();
  if (match === null) return ERROR;
  if (walker.uses.length >= DEEPEST) {
    walker.report(recursion, { name }, span, { help: "repeat a step with `fold` instead" });
    walker.brokenBlocks.add(block);
    return ERROR;
  }
  if (walker.builder === null && signature.full) {
    // Whatever can only go wrong at given numbers (`dense(x, n - 1)` at n = 1) shows where it is used with them.
    if (actuals.every((actual) => isConcrete(actual.value))) {
      const settled = walker.settled;
      walker.settled = true;
      const value = walkBody(walker, signature, match, span);
      walker.settled = settled;
      if (isError(value)) return ERROR;
    }
    return resultOf(walker, signature, match, span);
  }
  const value = walkBody(walker, signature, match, span);
  if (isError(value)) return ERROR;
  if (walker.builder !== null) return isTensor(value) ? walker.along(value, match.lift, span) : value;
  if (
    signature.result !== null &&
    !walker.settled &&
    !checkResult(walker, signature, signature.result, value, match)
  )
    return ERROR;
  return isTensor(value) ? lifted(value, match.lift) : value;
}

interface Match {
  /** By variable of the signature, marked with `'` so that the caller's variables of that name are not meant. */
  readonly solution: ReadonlyMap<string, Dim>;
  readonly axes: ReadonlyMap<string, Axis>;
  /** The axis along which the block is applied step by step. */
  readonly lift: Axis | null;
  readonly actuals: readonly Actual[];
}

const marked = (variable: string) => `'${variable}`;

function mark(dim: Dim): Dim {
  return substitute(dim, new Map([...variablesOf(dim)].map((name) => [name, variableDim(marked(name))])));
}

function isConcrete(value: Value): boolean {
  const { type } = value;
  switch (type.kind) {
    case "tensor":
      return constantOf(type.width) !== null && type.axis?.kind !== "variable";
    case "int":
      return constantOf(type.value) !== null;
    case "float":
      return type.value !== null;
    case "list":
      return type.elements?.every(isConcrete) ?? false;
    case "function":
      return type.callable.kind !== "any_activation";
    case "string":
    case "error":
      return true;
  }
}

function lifted(value: TensorValue, lift: Axis | null): TensorValue {
  return lift === null || value.type.axis !== null
    ? value
    : { ...value, type: { ...value.type, axis: lift } };
}

/** Evaluates the body with the arguments as they are. */
function walkBody(walker: Walker, signature: Signature, match: Match, span: Span): Value {
  const { block } = signature;
  const environment = Environment.ofBlock(block);
  for (const [variable, dim] of match.solution) environment.define(variable.slice(1), intValue(dim));
  signature.parameters.forEach((parameter, i) => {
    environment.define(parameter.name, insideLift(walker, parameter, match.actuals[i]!.value));
  });
  const outer = walker.path;
  walker.path = outer.child(block.name.name);
  walker.uses.push({ block, span });
  walker.lets(block.body, environment);
  const value = walker.evaluate(block.value, environment);
  walker.uses.pop();
  walker.path = outer;
  return value;
}

/** Inside a block that is applied per step, a step is a Vec; only nodes know that there are many. */
function insideLift(walker: Walker, parameter: SignatureParameter, value: Value): Value {
  if (walker.builder !== null || !isTensor(value)) return value;
  if (parameter.pattern?.kind !== "tensor" || parameter.pattern.axis !== null) return value;
  return { ...value, type: { ...value.type, axis: null } };
}

function resultType(pattern: Pattern & { kind: "tensor" }, match: Match): TensorType {
  const axis =
    pattern.axis?.kind === "variable" ? (match.axes.get(pattern.axis.name) ?? pattern.axis) : pattern.axis;
  const width = substitute(mark(pattern.width), match.solution);
  return { kind: "tensor", axis, width, probability: pattern.probability };
}

function resultOf(walker: Walker, signature: Signature, match: Match, span: Span): Value {
  const pattern = signature.result!;
  if (pattern.kind !== "tensor") return ERROR;
  const type = resultType(pattern, match);
  const width = constantOf(type.width);
  if (width !== null && width < 1) {
    const what = `the width of \`${signature.block.name.name}\``;
    walker.report(notPositive, { what, got: printDim(type.width) }, span, {
      related: [at(signature.block.result!.span, "declared here")],
    });
    return ERROR;
  }
  const sources = new Set(match.actuals.flatMap((actual) => [...actual.value.sources]));
  const widthOrigin = { span, what: `what \`${signature.block.name.name}\` gives` };
  return lifted(tensorValue(type, { node: null, sources, widthOrigin }), match.lift);
}

/** Compares what a body gave with the declared result. */
export function checkResult(
  walker: Walker,
  signature: Signature,
  pattern: Pattern,
  value: Value,
  match: Match | null,
): boolean {
  const { block } = signature;
  if (pattern.kind === "tensor" && isTensor(value)) {
    const declared: TensorType = match === null ? { ...pattern } : resultType(pattern, match);
    const { type } = value;
    const same =
      sameAxis(declared.axis, type.axis) &&
      equalDims(declared.width, type.width) &&
      declared.probability === type.probability;
    if (same) return true;
    walker.report(
      blockResult,
      { block: block.name.name, declared: printType(declared), got: printType(type) },
      block.value.span,
      {
        label: printType(type),
        related: [
          at(block.result!.span, `promised here: ${printType(declared)}`),
          ...(value.widthOrigin === null || equalDims(declared.width, type.width)
            ? []
            : widthOrigins([{ value, span: block.value.span }])),
        ],
        help: "change the signature or the last expression",
      },
    );
    return false;
  }
  if (pattern.kind === "tensor") {
    const declared = printType(match === null ? pattern : resultType(pattern, match));
    walker.report(
      blockResult,
      { block: block.name.name, declared, got: printType(value.type) },
      block.value.span,
      { related: [at(block.result!.span, `promised here: ${declared}`)] },
    );
    return false;
  }
  walker.report(
    wrongType,
    { what: "a block's result", expected: "a Vec, Seq or Prob", got: printPattern(pattern) },
    block.result!.span,
  );
  return false;
}

/** Values that stand for every argument a signature allows. */
export function rigidArguments(signature: Signature): Environment {
  const environment = Environment.ofBlock(signature.block);
  for (const { pattern } of signature.parameters) {
    if (pattern?.kind !== "tensor") continue;
    for (const variable of variablesOf(pattern.width))
      environment.define(variable, intValue(variableDim(variable)));
  }
  for (const { name, span, pattern } of signature.parameters)
    environment.define(name, rigidValue(name, span, pattern!));
  return environment;
}

function rigidValue(name: string, span: Span, pattern: Pattern): Value {
  switch (pattern.kind) {
    case "tensor":
      return tensorValue(pattern, {
        node: null,
        sources: new Set(),
        widthOrigin: { span, what: `the parameter \`${name}\`` },
      });
    case "int":
      return intValue(variableDim(name));
    case "float":
      return plainValue({ kind: "float", value: null });
    case "list":
      return plainValue({ kind: "list", elements: null, of: pattern.of });
    case "activation":
      return plainValue({ kind: "function", callable: { kind: "any_activation" } });
  }
}

export function printPattern(pattern: Pattern): string {
  switch (pattern.kind) {
    case "tensor":
      return printType(pattern);
    case "list":
      return `List[${pattern.of}]`;
    case "int":
      return "Int";
    case "float":
      return "Float";
    case "activation":
      return "Activation";
  }
}

class Matcher {
  private readonly walker: Walker;
  private readonly signature: Signature;
  private readonly actuals: readonly Actual[];
  private readonly solution = new Map<string, Dim>();
  /** Which argument told a variable. */
  private readonly solvedBy = new Map<string, Actual>();
  private readonly axes = new Map<string, Axis>();
  private readonly axisFrom = new Map<string, Actual>();
  private lift: { axis: Axis; actual: Actual } | null = null;

  constructor(walker: Walker, signature: Signature, actuals: readonly Actual[]) {
    this.walker = walker;
    this.signature = signature;
    this.actuals = actuals;
  }

  match(): Match | null {
    let fine = true;
    this.signature.parameters.forEach((parameter, i) => {
      if (parameter.pattern !== null && !this.kind(parameter, parameter.pattern, this.actuals[i]!))
        fine = false;
    });
    if (!fine || !this.widths()) return null;
    return { solution: this.solution, axes: this.axes, lift: this.lift?.axis ?? null, actuals: this.actuals };
  }

  private kind(parameter: SignatureParameter, pattern: Pattern, actual: Actual): boolean {
    const { type } = actual.value;
    switch (pattern.kind) {
      case "tensor":
        return this.tensor(parameter, pattern, actual);
      case "int":
        if (type.kind !== "int") return this.wrong(parameter, pattern, actual);
        this.solution.set(marked(parameter.name), type.value);
        this.solvedBy.set(marked(parameter.name), actual);
        return true;
      case "float":
        return type.kind === "float" || type.kind === "int" || this.wrong(parameter, pattern, actual);
      case "list": {
        const fits =
          type.kind === "list" && (type.of === pattern.of || (type.of === "Int" && pattern.of === "Float"));
        return fits || this.wrong(parameter, pattern, actual);
      }
      case "activation":
        return type.kind === "function" || this.wrong(parameter, pattern, actual);
    }
  }

  private wrong(parameter: SignatureParameter, pattern: Pattern, actual: Actual): false {
    const what = `\`${parameter.name}\` of \`${this.signature.block.name.name}\``;
    this.walker.report(
      wrongType,
      { what, expected: article(printPattern(pattern)), got: printType(actual.value.type) },
      actual.span,
      { related: [at(parameter.span, "the parameter")] },
    );
    return false;
  }

  private tensor(
    parameter: SignatureParameter,
    pattern: Pattern & { kind: "tensor" },
    actual: Actual,
  ): boolean {
    const { walker } = this;
    const { value } = actual;
    const block = this.signature.block.name.name;
    if (!isTensor(value)) return this.wrong(parameter, pattern, actual);
    if (value.type.probability && !pattern.probability && !walker.settled) {
      walker.report(
        probabilityAsVector,
        { operation: `\`${parameter.name}\` of \`${block}\`` },
        actual.span,
        {
          related: [
            at(parameter.span, "the parameter"),
            ...(value.widthOrigin === null ? [] : [at(value.widthOrigin.span, "becomes a probability here")]),
          ],
          help: "pass the value before its `sigmoid`",
        },
      );
      return false;
    }
    if (pattern.probability && !value.type.probability) return this.wrong(parameter, pattern, actual);
    const { axis } = value.type;
    if (pattern.axis === null) return axis === null || this.liftAlong(parameter, axis, actual);
    if (axis === null) return this.wrong(parameter, pattern, actual);
    const known = pattern.axis.kind === "history" ? pattern.axis : this.axes.get(pattern.axis.name);
    if (known === undefined) {
      this.axes.set(pattern.axis.name, axis);
      this.axisFrom.set(pattern.axis.name, actual);
      return true;
    }
    if (sameAxis(known, axis)) return true;
    const from = this.axisFrom.get(pattern.axis.name);
    walker.report(
      axisMismatch,
      { operation: `\`${block}\``, left: known.name, right: axis.name },
      actual.span,
      {
        related: [
          from === undefined
            ? at(pattern.axis.span, `\`${known.name}\` is declared here`)
            : at(from.span, `varies along \`${known.name}\``),
          at(axis.span, `\`${axis.name}\` is declared here`),
        ],
      },
    );
    return false;
  }

  private liftAlong(parameter: SignatureParameter, axis: Axis, actual: Actual): boolean {
    const block = this.signature.block.name.name;
    const sequence = this.signature.parameters.find(
      (each) => each.pattern?.kind === "tensor" && each.pattern.axis !== null,
    );
    if (sequence !== undefined) {
      this.walker.report(cannotLift, { block, parameter: parameter.name, axis: axis.name }, actual.span, {
        related: [at(sequence.span, "takes a Seq"), at(axis.span, `\`${axis.name}\` is declared here`)],
        help: "reduce it first, with `sum`, `mean` or `max`",
      });
      return false;
    }
    if (this.lift !== null && !sameAxis(this.lift.axis, axis)) {
      const names = { left: this.lift.axis.name, right: axis.name };
      this.walker.report(axisMismatch, { operation: `\`${block}\``, ...names }, actual.span, {
        related: [
          at(this.lift.actual.span, `varies along \`${names.left}\``),
          at(this.lift.axis.span, `\`${names.left}\` is declared here`),
          at(axis.span, `\`${names.right}\` is declared here`),
        ],
        help: "reduce one of them first, with `sum`, `mean` or `max`",
      });
      return false;
    }
    this.lift ??= { axis, actual };
    return true;
  }

  /** Solves the width patterns, whichever can be solved first. */
  private widths(): boolean {
    const open = this.signature.parameters.flatMap(({ pattern, name, span }, i) =>
      pattern?.kind === "tensor" ? [{ name, span, pattern, actual: this.actuals[i]! }] : [],
    );
    let fine = true;
    while (open.length > 0) {
      const next = open.findIndex(({ pattern }) => this.unsolved(pattern.width).length <= 1);
      if (next < 0) return false;
      const [item] = open.splice(next, 1);
      const { pattern, actual } = item!;
      const width = (actual.value.type as TensorType).width;
      const [variable] = this.unsolved(pattern.width);
      const expected = substitute(mark(pattern.width), this.solution);
      if (variable !== undefined) {
        const solved = solveDim(expected, variable, width);
        if (solved !== null) {
          this.solution.set(variable, solved);
          this.solvedBy.set(variable, actual);
          continue;
        }
      } else if (equalDims(expected, width)) continue;
      fine = false;
      this.widthMismatch(item!, variable === undefined ? expected : null);
      break;
    }
    return fine;
  }

  private unsolved(width: Dim): string[] {
    return [...variablesOf(width)].map(marked).filter((variable) => !this.solution.has(variable));
  }

  private widthMismatch(
    item: { name: string; span: Span; pattern: Pattern & { kind: "tensor" }; actual: Actual },
    expected: Dim | null,
  ): void {
    const { value, span } = item.actual;
    if (!isTensor(value)) return;
    const pattern = printDim(item.pattern.width);
    const shown =
      expected === null || printDim(expected) === pattern ? pattern : `${pattern} = ${printDim(expected)}`;
    const told = [...variablesOf(item.pattern.width)].flatMap((variable) => {
      const by = this.solvedBy.get(marked(variable));
      const dim = this.solution.get(marked(variable));
      return by === undefined || dim === undefined
        ? []
        : [at(by.span, `so \`${variable}\` is ${printDim(dim)}`)];
    });
    this.walker.report(
      argumentWidth,
      {
        parameter: item.name,
        block: this.signature.block.name.name,
        pattern: shown,
        got: printDim(value.type.width),
      },
      span,
      {
        related: [...widthOrigins([{ value, span }]), ...told, at(item.span, "the parameter")],
        ...(expected === null
          ? { help: `no whole number makes ${pattern} equal to ${printDim(value.type.width)}` }
          : {}),
      },
    );
  }
}

function article(type: string): string {
  return /^[AEIOU]/.test(type) ? `an ${type}` : `a ${type}`;
}
