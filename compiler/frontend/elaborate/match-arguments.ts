// Matches the arguments of a block's call with its signature: kinds, axes, and width patterns, whichever can be solved
// first (`Vec[2*d]` against 32 gives d = 16).

import { type Span, textOf } from "../../common/source-file.ts";
import { widthTooComplex } from "../../diagnostics/catalog/budget.ts";
import {
  argumentWidth,
  axisMismatch,
  cannotLift,
  probabilityAsVector,
  wrongType,
} from "../../diagnostics/catalog/expressions.ts";
import { argumentLength, listLengths, needsList } from "../../diagnostics/catalog/lists.ts";
import { withoutQuotes } from "../syntax/constants.ts";
import { referencesOfBody } from "../syntax/references.ts";
import { at } from "../syntax/reporter.ts";
import { limits } from "../values/budget.ts";
import {
  constantOf,
  type Dim,
  equalDims,
  isOvergrown,
  printDim,
  solveDim,
  substitute,
  subtractDims,
  variableDim,
  variablesOf,
} from "../values/dims.ts";
import { joinExtents, liftAlong, stacked } from "../values/extents.ts";
import {
  axisLength,
  ERROR,
  isError,
  isTensor,
  NO_EXTENT,
  printType,
  sameExtent,
  shiftAxis,
} from "../values/types.ts";
import type { Actual, Axis, Elaboration, Extent, TensorActual, TensorType } from "../values/values.ts";
import { widthOrigins } from "../values/widths.ts";
import { dimsOf, type Pattern, type Signature, type SignatureParameter } from "./signatures.ts";

/** A pattern of a parameter against what an argument has. */
interface Equation {
  readonly what: "width" | "length";
  readonly name: string;
  readonly span: Span;
  readonly pattern: Dim;
  readonly got: Dim;
  readonly actual: Actual;
}

export interface Match {
  /** By variable of the signature, marked with `'` so that the caller's variables of that name are not meant. */
  readonly solution: ReadonlyMap<string, Dim>;
  readonly axes: ReadonlyMap<string, Extent>;
  /** Along what the block is applied step by step, or element by element. */
  readonly lift: Extent;
  readonly actuals: readonly Actual[];
}

const marked = (variable: string) => `'${variable}`;

/** The signature's variables, told apart from the caller's. */
export function mark(dim: Dim): Dim {
  if (constantOf(dim) !== null) return dim;
  if (dim.variable !== null) return variableDim(marked(dim.variable));
  return substitute(dim, new Map([...variablesOf(dim)].map((name) => [name, variableDim(marked(name))])));
}

/** Null where something was reported. */
export function matchArguments(
  elaboration: Elaboration,
  signature: Signature,
  actuals: readonly Actual[],
): Match | null {
  return new Matcher(elaboration, signature, actuals).match();
}

/** What `Seq[h + 1, d]` in a result varies along where h is a history; undefined where the pattern is none of these. */
export function shiftedExtent({ list }: TensorType, axes: ReadonlyMap<string, Extent>): Extent | undefined {
  const [variable, ...more] = list === null ? [] : variablesOf(list);
  const axis = variable === undefined || more.length > 0 ? null : (axes.get(variable)?.axis ?? null);
  const shift = axis === null ? null : constantOf(subtractDims(list!, variableDim(variable!)));
  return shift === null ? undefined : { axis: shiftAxis(axis!, shift), list: null };
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
    case "block":
      return "Block";
  }
}

class Matcher {
  private readonly elaboration: Elaboration;
  private readonly signature: Signature;
  private readonly actuals: readonly Actual[];
  private readonly solution = new Map<string, Dim>();
  /** Which argument told a variable. */
  private readonly solvedBy = new Map<string, Actual>();
  private readonly axes = new Map<string, Extent>();
  private readonly axisFrom = new Map<string, Actual>();
  private readonly lifted: { parameter: SignatureParameter; actual: TensorActual }[] = [];

  constructor(elaboration: Elaboration, signature: Signature, actuals: readonly Actual[]) {
    this.elaboration = elaboration;
    this.signature = signature;
    this.actuals = actuals.map((actual, i) => {
      const parameter = signature.parameters[i]!;
      if (parameter.pattern?.kind !== "tensor" || actual.value.type.kind !== "list") return actual;
      const value = stacked(elaboration, actual.value, actual.span, this.called(parameter));
      return { ...actual, value: value ?? ERROR };
    });
  }

  private called(parameter: SignatureParameter): string {
    return `\`${parameter.name}\` of \`${this.signature.block.name.name}\``;
  }

  match(): Match | null {
    // An argument that is missing or too many moves those after it, so the first one that does not fit is told alone.
    const fits = this.signature.parameters.every((parameter, i) => {
      const actual = this.actuals[i]!;
      return (
        isError(actual.value) || parameter.pattern === null || this.kind(parameter, parameter.pattern, actual)
      );
    });
    const isKnown = this.actuals.every((actual) => !isError(actual.value));
    const lift = fits && isKnown ? this.lift() : null;
    if (lift === null || !this.widths() || !this.lengths()) return null;
    return { solution: this.solution, axes: this.axes, lift, actuals: this.actuals };
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
        const isNumber = type.kind === "int" || type.kind === "float";
        const help = isNumber ? `write a list of numbers: \`[${textOf(actual.span)}]\`` : undefined;
        return fits || this.wrong(parameter, pattern, actual, help);
      }
      case "activation":
        return (
          type.kind === "function" ||
          this.wrong(
            parameter,
            pattern,
            actual,
            type.kind === "string" ? withoutQuotes(actual.span) : "name one, like `relu`",
          )
        );
      case "block":
        return (
          type.kind === "function" ||
          this.wrong(
            parameter,
            pattern,
            actual,
            "name a block or function, or write one: `(a, b) => dot(a, b)`",
          )
        );
    }
  }

  private wrong(parameter: SignatureParameter, pattern: Pattern, actual: Actual, help?: string): false {
    const what = this.called(parameter);
    this.elaboration.report(
      wrongType,
      { what, expected: article(printPattern(pattern)), got: printType(actual.value.type) },
      actual.span,
      { related: [at(parameter.span, "the parameter")], ...(help === undefined ? {} : { help }) },
    );
    return false;
  }

  private tensor(parameter: SignatureParameter, pattern: TensorType, actual: Actual): boolean {
    const { elaboration } = this;
    const { value } = actual;
    const block = this.signature.block.name.name;
    if (!isTensor(value)) return this.wrong(parameter, pattern, actual);
    if (value.type.probability && !pattern.probability && !elaboration.settled) {
      elaboration.report(
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
    return this.extent(parameter, pattern, { value, span: actual.span });
  }

  private extent(parameter: SignatureParameter, pattern: TensorType, actual: TensorActual): boolean {
    const { axis, list } = actual.value.type;
    if (pattern.axis === null && pattern.list === null) {
      if (axis !== null || list !== null) this.lifted.push({ parameter, actual });
      return true;
    }
    if (axis === null && list === null) return this.wrong(parameter, pattern, actual);
    // A list for each step of a history: the block takes the list, and is applied to each step.
    if (axis !== null && list !== null) this.lifted.push({ parameter, actual });
    if (pattern.list !== null) return list !== null || this.wrong(parameter, pattern, actual);
    const found: Extent = list === null ? { axis, list: null } : { axis: null, list };
    const { name, kind } = pattern.axis!;
    const known = kind === "history" ? { axis: pattern.axis, list: null } : this.axes.get(name);
    if (known === undefined) {
      this.axes.set(name, found);
      this.axisFrom.set(name, actual);
      if (list !== null) this.solution.set(marked(name), list);
      else if (axis!.kind === "variable") this.solution.set(marked(name), axisLength(axis!));
      return true;
    }
    if (sameExtent(known, found)) return true;
    this.differs(pattern.axis!, known, found, actual);
    return false;
  }

  private differs(variable: Axis, known: Extent, found: Extent, actual: TensorActual): void {
    const { elaboration } = this;
    const operation = `\`${this.signature.block.name.name}\``;
    const from = this.axisFrom.get(variable.name);
    const related =
      from === undefined
        ? [at(variable.span, `\`${variable.name}\` is declared here`)]
        : [at(from.span, known.axis === null ? "a list" : `varies along \`${known.axis.name}\``)];
    if (known.list !== null && found.list !== null)
      elaboration.report(
        listLengths,
        { operation, left: printDim(known.list), right: printDim(found.list) },
        actual.span,
        { related },
      );
    else {
      const named = ({ axis }: Extent) => axis?.name ?? "a list";
      if (found.axis !== null) related.push(at(found.axis.span, `\`${found.axis.name}\` is declared here`));
      elaboration.report(axisMismatch, { operation, left: named(known), right: named(found) }, actual.span, {
        related,
      });
    }
  }

  /** What the block is applied along, step by step; null where that cannot be, reported. */
  private lift(): Extent | null {
    const { elaboration } = this;
    const block = this.signature.block.name.name;
    const whole = (actual: TensorActual, parameter: SignatureParameter): Extent => {
      const { axis, list } = actual.value.type;
      const takesSequence = parameter.pattern?.kind === "tensor" && !sameExtent(parameter.pattern, NO_EXTENT);
      return takesSequence ? { axis, list: null } : { axis, list };
    };
    const operands = this.lifted.map(({ parameter, actual }) => ({
      ...actual,
      value: { ...actual.value, type: { ...actual.value.type, ...whole(actual, parameter) } },
    }));
    const joined = joinExtents(
      elaboration,
      `\`${block}\``,
      operands,
      operands.at(-1)?.span ?? this.signature.block.name.span,
    );
    if (joined === null) return null;
    const lift = liftAlong(joined.visible);
    for (const [i, { pattern, span }] of this.signature.parameters.entries()) {
      const { value } = this.actuals[i]!;
      if (pattern?.kind !== "tensor" || !isTensor(value)) continue;
      if (sameExtent(pattern, NO_EXTENT)) continue;
      const taken = value.type.list !== null ? "list" : "axis";
      if (lift[taken] === null) continue;
      const { parameter, actual } = this.lifted[0]!;
      const along = lift.axis === null ? null : lift.axis;
      elaboration.report(
        cannotLift,
        { block, parameter: parameter.name, axis: along?.name ?? "a list" },
        actual.span,
        {
          related: [
            at(span, "takes a Seq"),
            ...(along === null ? [] : [at(along.span, `\`${along.name}\` is declared here`)]),
          ],
          help: "reduce it first, with `sum`, `mean` or `max`",
        },
      );
      return null;
    }
    return lift;
  }

  /** A block whose widths or body need the length of a sequence takes only lists for it. */
  private lengths(): boolean {
    const { signature, elaboration } = this;
    const { block } = signature;
    const isHistory = ({ axis }: Extent) => axis?.kind === "history";
    if (![...this.axes.values()].some(isHistory)) return true;
    const mentioned = new Set<string>();
    for (const { pattern } of signature.parameters)
      for (const dim of pattern?.kind === "tensor" ? dimsOf(pattern) : [])
        for (const variable of variablesOf(dim)) mentioned.add(variable);
    const { result } = signature;
    if (result?.kind === "tensor")
      for (const dim of shiftedExtent(result, this.axes) === undefined ? dimsOf(result) : [result.width])
        for (const variable of variablesOf(dim)) mentioned.add(variable);
    for (const { name } of referencesOfBody(block)) mentioned.add(name);
    for (const [name, { axis }] of this.axes) {
      if (axis?.kind !== "history" || !mentioned.has(name)) continue;
      const from = this.axisFrom.get(name)!;
      elaboration.report(needsList, { operation: `\`${block.name.name}\``, history: axis.name }, from.span, {
        related: [
          at(axis.span, `\`${axis.name}\` is declared here`),
          at(block.name.span, `uses the length \`${name}\``),
        ],
        help: "reduce it with `sum`, `mean` or `max`, and put the vectors together: `[a, b]`",
      });
      return false;
    }
    return true;
  }

  /** Solves the width and length patterns, whichever can be solved first. */
  private widths(): boolean {
    const open = this.signature.parameters.flatMap(({ pattern, name, span }, i) => {
      const actual = this.actuals[i]!;
      if (pattern?.kind !== "tensor" || !isTensor(actual.value)) return [];
      const { width, list } = actual.value.type;
      const common = { name, span, actual };
      const ofWidth: Equation = { ...common, what: "width", pattern: pattern.width, got: width };
      if (pattern.list === null || list === null) return [ofWidth];
      return [ofWidth, { ...common, what: "length", pattern: pattern.list, got: list } satisfies Equation];
    });
    while (open.length > 0) {
      const next = open.findIndex(({ pattern }) => this.unsolved(pattern).length <= 1);
      // What is left needs the length of a history; `lengths` says so.
      if (next < 0) return true;
      const [item] = open.splice(next, 1);
      const { pattern, actual, got } = item!;
      const [variable] = this.unsolved(pattern);
      const expected = substitute(mark(pattern), this.solution);
      if (isOvergrown(expected)) {
        this.elaboration.report(widthTooComplex, limits, actual.span, {
          related: [at(item!.span, "the parameter")],
        });
        return false;
      }
      if (variable !== undefined) {
        const solved = solveDim(expected, variable, got);
        if (solved !== null) {
          this.solution.set(variable, solved);
          this.solvedBy.set(variable, actual);
          continue;
        }
      } else if (equalDims(expected, got)) continue;
      this.widthMismatch(item!, variable === undefined ? expected : null);
      return false;
    }
    return true;
  }

  private unsolved(width: Dim): string[] {
    const unsolved: string[] = [];
    for (const variable of width.variable === null ? variablesOf(width) : [width.variable])
      if (!this.solution.has(marked(variable))) unsolved.push(marked(variable));
    return unsolved;
  }

  private widthMismatch(item: Equation, expected: Dim | null): void {
    const { value, span } = item.actual;
    if (!isTensor(value)) return;
    const pattern = printDim(item.pattern);
    const shown =
      expected === null || printDim(expected) === pattern ? pattern : `${pattern} = ${printDim(expected)}`;
    const got = printDim(item.got);
    const told = [...variablesOf(item.pattern)].flatMap((variable) => {
      const by = this.solvedBy.get(marked(variable));
      const dim = this.solution.get(marked(variable));
      return by === undefined || dim === undefined
        ? []
        : [at(by.span, `so \`${variable}\` is ${printDim(dim)}`)];
    });
    const origins = item.what === "width" ? widthOrigins([{ value, span }]) : [];
    const names = { parameter: item.name, block: this.signature.block.name.name };
    this.elaboration.report(
      item.what === "width" ? argumentWidth : argumentLength,
      { ...names, pattern: shown, got },
      span,
      {
        related: [...origins, ...told, at(item.span, "the parameter")],
        ...(expected === null ? { help: `no whole number makes ${pattern} equal to ${got}` } : {}),
      },
    );
  }
}

function article(type: string): string {
  return /^[AEIOU]/.test(type) ? `an ${type}` : `a ${type}`;
}
