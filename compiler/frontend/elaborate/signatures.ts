// A block's signature and the meaning of its types. `Vec[2*d + 1]` is a pattern over the width variable `d`;
// an Int parameter is a width variable of its name.

import type { Span } from "../../common/source-file.ts";
import { widthTooComplex } from "../../diagnostics/catalog/budget.ts";
import {
  badTypeArguments,
  notInferable,
  notPositive,
  unknownType,
} from "../../diagnostics/catalog/expressions.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { quoteExpression } from "../syntax/constants.ts";
import type {
  BinaryOperator,
  BlockItem,
  BlockParameter,
  Expression,
  TypeReference,
} from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import {
  addDims,
  constantDim,
  constantOf,
  type Dim,
  divideDim,
  isOvergrown,
  multiplyDims,
  printDim,
  subtractDims,
  variableDim,
  variablesOf,
} from "../values/dims.ts";
import { limits } from "../values/limits.ts";
import { NO_AXES, printType } from "../values/types.ts";
import type { Axis, LeadingAxes, VectorType } from "../values/values.ts";
import type { Declarations } from "./declarations.ts";

export type Pattern =
  /** A variable axis matches any axis, list or history; `list` is a length that is written out. */
  | VectorType
  | { readonly kind: "int" }
  | { readonly kind: "float" }
  | { readonly kind: "list"; readonly of: "Int" | "Float" | "Feature" }
  | { readonly kind: "activation" }
  /** The feature itself, whose tables the block may read. */
  | { readonly kind: "feature" }
  /** Any function; its result is known only when one is given. */
  | { readonly kind: "block" };

/** The pattern as a signature writes it. */
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
    case "feature":
      return "Feature";
    case "block":
      return "Block";
  }
}

export interface SignatureParameter {
  readonly name: string;
  readonly span: Span;
  /** Null: any type, which is checked at the block's uses. */
  readonly pattern: Pattern | null;
  readonly default: Expression | null;
  /** Takes several values as a list. */
  readonly takesList: boolean;
}

export interface Signature {
  readonly block: BlockItem;
  readonly parameters: readonly SignatureParameter[];
  readonly result: Pattern | null;
  /**
   * True if every parameter and the result have types, none of them `Block` or `Feature`, so that the block
   * is checked once for all widths.
   */
  readonly full: boolean;
}

/** The types of a signature: their usual form and meaning. */
export const SIGNATURE_TYPES: Readonly<Record<string, { readonly form: string; readonly doc: string }>> = {
  Vec: { form: "Vec[d]", doc: "A vector: d numbers, where d is a width or a variable for any width." },
  Seq: {
    form: "Seq[h, d]",
    doc: "A sequence: a vector of width d for each step of a history, or each element of a list.",
  },
  Prob: { form: "Prob", doc: "A probability, as `sigmoid` gives it, whose logit is known." },
  Classes: {
    form: "Classes[k]",
    doc: "The probabilities of k classes, as `softmax` computes them from a `Vec[k]`. It can be used wherever a `Vec[k]` can.",
  },
  Int: { form: "Int", doc: "A whole number that is known when compiling. Its name may be used in widths." },
  Float: { form: "Float", doc: "A number that is known when compiling." },
  List: {
    form: "List[Int]",
    doc: "A list that is known when compiling: of numbers, `List[Int]` or `List[Float]`, or of features, `List[Feature]`.",
  },
  Feature: {
    form: "Feature",
    doc: "A feature itself, whose tables the block may read: `weight(f)`, `embed(f, 8)`. A block that takes one is checked where it is used.",
  },
  Activation: { form: "Activation", doc: "A function of one vector that keeps its shape, such as `relu`." },
  Block: {
    form: "Block",
    doc: "Any function or block, or one written in place: `(a, b) => dot(a, b)`. A block that takes one is checked where it is used.",
  },
};

const PLAIN_VECTOR = { kind: "tensor", ...NO_AXES, probability: false, distribution: false } as const;

const TYPES = Object.keys(SIGNATURE_TYPES);

/** Types without arguments that are known when compiling. */
const PLAIN = {
  Int: "int",
  Float: "float",
  Activation: "activation",
  Block: "block",
  Feature: "feature",
} as const;

/** Reads a block's signature; null where something in it was reported. */
export function readSignature(
  block: BlockItem,
  declarations: Declarations,
  reporter: Reporter,
): Signature | null {
  const reader = new PatternReader(declarations, reporter, integersOf(block));
  const parameters = block.parameters.map((parameter) => readParameter(parameter, reader));
  const result = block.result === null ? null : reader.read(block.result);
  if (reader.failed) return null;
  const full =
    block.result !== null && parameters.every(({ pattern }) => pattern !== null && !isOpen(pattern));
  const signature = { block, parameters, result, full };
  return checkInferable(signature, reporter) ? signature : null;
}

/** Tells whether the type is known only when an argument is given. */
function isOpen(pattern: Pattern): boolean {
  const isOfFeatures = pattern.kind === "list" && pattern.of === "Feature";
  return pattern.kind === "block" || pattern.kind === "feature" || isOfFeatures;
}

/** Names of the block's Int parameters: an axis with such a name is a list of that length. */
function integersOf({ parameters }: BlockItem): ReadonlySet<string> {
  const integers = parameters.filter(({ type }) => type?.name.name === "Int");
  return new Set(integers.map(({ name }) => name.name));
}

function readParameter(parameter: BlockParameter, reader: PatternReader): SignatureParameter {
  const pattern = parameter.type === null ? null : reader.read(parameter.type);
  return {
    name: parameter.name.name,
    span: parameter.name.span,
    pattern,
    default: parameter.default,
    takesList: pattern?.kind === "list" || (pattern?.kind === "tensor" && pattern.axis?.kind === "variable"),
  };
}

/** Every width variable must follow from some argument: linear in a parameter's width, or an Int of its name. */
function checkInferable(signature: Signature, reporter: Reporter): boolean {
  const known = new Set<string>();
  const axes = new Set<string>();
  const wanted = new Map<string, Span>();
  for (const { name, pattern, span } of signature.parameters) {
    if (pattern?.kind === "int") known.add(name);
    if (pattern?.kind !== "tensor") continue;
    if (pattern.axis !== null) {
      axes.add(pattern.axis.name);
      known.add(pattern.axis.name);
    }
    for (const dim of dimsOf(pattern))
      for (const variable of variablesOf(dim)) if (!wanted.has(variable)) wanted.set(variable, span);
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const { pattern } of signature.parameters) {
      for (const dim of pattern?.kind === "tensor" ? dimsOf(pattern) : []) {
        const open = [...variablesOf(dim)].filter((variable) => !known.has(variable));
        if (open.length !== 1 || !dim.terms.has(open[0]!)) continue;
        if (
          [...dim.terms.keys()].some(
            (monomial) => monomial !== open[0] && monomial.split("*").includes(open[0]!),
          )
        )
          continue;
        known.add(open[0]!);
        changed = true;
      }
    }
  }
  const { block, result } = signature;
  if (result?.kind === "tensor") {
    for (const dim of dimsOf(result))
      for (const variable of variablesOf(dim))
        if (!wanted.has(variable)) wanted.set(variable, block.result!.span);
  }
  const open = [...wanted].filter(([variable]) => !known.has(variable));
  if (result?.kind === "tensor" && result.axis?.kind === "variable" && !axes.has(result.axis.name))
    open.push([result.axis.name, block.result!.span]);
  let fine = true;
  for (const [variable, span] of open) {
    reporter.report(notInferable, { variable, block: block.name.name }, span, {
      related: span === block.result?.span ? [at(block.name.span, "no parameter mentions it")] : [],
    });
    fine = false;
  }
  return fine;
}

/** The width, and the length if it is written out. */
export function dimsOf({ width, list }: VectorType): readonly Dim[] {
  return list === null ? [width] : [width, list];
}

class PatternReader {
  failed = false;
  private readonly declarations: Declarations;
  private readonly reporter: Reporter;
  private readonly integers: ReadonlySet<string>;

  constructor(declarations: Declarations, reporter: Reporter, integers: ReadonlySet<string>) {
    this.declarations = declarations;
    this.reporter = reporter;
    this.integers = integers;
  }

  read(type: TypeReference): Pattern | null {
    switch (type.name.name) {
      case "Vec":
      case "Classes": {
        const [width, extra] = type.arguments;
        const { name } = type.name;
        if (width === undefined || extra !== undefined)
          return this.badArguments(type, name === "Vec" ? "`Vec[width]`" : "`Classes[k]`");
        const dim = this.width(width, type);
        return dim === null ? null : { ...PLAIN_VECTOR, width: dim, distribution: name === "Classes" };
      }
      case "Seq": {
        const [axis, width, extra] = type.arguments;
        if (axis === undefined || width === undefined || extra !== undefined)
          return this.badArguments(type, "`Seq[axis, width]`");
        const axes = this.leadingAxes(axis, type);
        const probability = width.kind === "name" && width.name === "Prob";
        const dim = probability ? constantDim(1) : this.width(width, type);
        return dim === null || axes === null ? null : { ...PLAIN_VECTOR, ...axes, width: dim, probability };
      }
      case "Prob":
        if (type.arguments.length > 0) return this.badArguments(type, "without brackets");
        return { ...PLAIN_VECTOR, width: constantDim(1), probability: true };
      case "Int":
      case "Float":
      case "Activation":
      case "Block":
      case "Feature":
        if (type.arguments.length > 0) return this.badArguments(type, "without brackets");
        return { kind: PLAIN[type.name.name] };
      case "List": {
        const [of, extra] = type.arguments;
        const name = of?.kind === "name" && extra === undefined ? of.name : "";
        if (name !== "Int" && name !== "Float" && name !== "Feature")
          return this.badArguments(type, "`List[Int]`, `List[Float]` or `List[Feature]`");
        return { kind: "list", of: name };
      }
      default:
        this.failed = true;
        if (type.name.name !== "")
          this.reporter.report(
            unknownType,
            { name: type.name.name },
            type.name.span,
            this.reporter.didYouMean(type.name, TYPES, shared.available(TYPES), "type"),
          );
        return null;
    }
  }

  private leadingAxes(expression: Expression, type: TypeReference): LeadingAxes | null {
    if (expression.kind !== "name" || this.integers.has(expression.name)) {
      const list = this.width(expression, type);
      return list === null ? null : { axis: null, list };
    }
    const { name, span } = expression;
    const history = this.declarations.histories.get(name);
    const axis: Axis =
      history === undefined
        ? { kind: "variable", name, span }
        : { kind: "history", name: history.name, span: history.span };
    return { axis, list: null };
  }

  private badArguments(type: TypeReference, expected: string): null {
    this.failed = true;
    if (!type.arguments.some((argument) => argument.kind === "error"))
      this.reporter.report(badTypeArguments, { type: type.name.name, expected }, type.span);
    return null;
  }

  private width(expression: Expression, type: TypeReference): Dim | null {
    const dim = this.polynomial(expression);
    const constant = dim === null ? null : constantOf(dim);
    if (dim !== null && isOvergrown(dim)) {
      this.failed = true;
      this.reporter.report(widthTooComplex, limits, expression.span);
      return null;
    }
    if (dim !== null && (constant === null || constant >= 1)) return dim;
    this.failed = true;
    if (dim !== null)
      this.reporter.report(notPositive, { what: "a width", got: printDim(dim) }, expression.span);
    else if (expression.kind !== "error")
      this.reporter.report(
        badTypeArguments,
        { type: type.name.name, expected: "with a width like `2*d + 1`" },
        expression.span,
        { help: badTypeArguments.helps.notPolynomial(quoteExpression(expression)) },
      );
    return null;
  }

  private polynomial(expression: Expression): Dim | null {
    switch (expression.kind) {
      case "number":
        return Number.isSafeInteger(expression.value) ? constantDim(expression.value) : null;
      case "name":
        return variableDim(expression.name);
      case "binary":
        return arithmetic(
          expression.operator,
          this.polynomial(expression.left),
          this.polynomial(expression.right),
        );
      default:
        return null;
    }
  }
}

function arithmetic(operator: BinaryOperator, left: Dim | null, right: Dim | null): Dim | null {
  if (left === null || right === null) return null;
  switch (operator) {
    case "+":
      return addDims(left, right);
    case "-":
      return subtractDims(left, right);
    case "*":
      return multiplyDims(left, right);
    case "/": {
      const divisor = constantOf(right);
      return divisor === null || divisor === 0 ? null : divideDim(left, divisor);
    }
    default:
      return null;
  }
}
