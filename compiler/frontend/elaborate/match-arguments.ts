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
import { joinAxes, liftAlong, stacked } from "../values/leading-axes.ts";
import {
  axisLength,
  ERROR,
  isError,
  isTensor,
  NO_AXES,
  printType,
  sameAxes,
  shiftAxis,
} from "../values/types.ts";
import type {
  ArgumentValue,
  Axis,
  Elaboration,
  LeadingAxes,
  TensorArgument,
  TensorType,
} from "../values/values.ts";
import { widthOrigins } from "../values/widths.ts";
import { dimsOf, type Pattern, type Signature, type SignatureParameter } from "./signatures.ts";

/** A pattern of a parameter against what an argument has. */
interface Equation {
  readonly what: "width" | "length";
  readonly name: string;
  readonly span: Span;
  readonly pattern: Dim;
  readonly got: Dim;
  readonly argument: ArgumentValue;
}

export interface Match {
  /** By variable of the signature, marked with `'` so that the caller's variables of that name are not meant. */
  readonly solution: ReadonlyMap<string, Dim>;
  readonly axes: ReadonlyMap<string, LeadingAxes>;
  /** Along what the block is applied step by step, or element by element. */
  readonly lift: LeadingAxes;
  readonly argumentValues: readonly ArgumentValue[];
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
  argumentValues: readonly ArgumentValue[],
): Match | null {
  return new Matcher(elaboration, signature, argumentValues).match();
}

/** What `Seq[h + 1, d]` in a result varies along where h is a history; undefined where the pattern is none of these. */
export function shiftedAxes(
  { list }: TensorType,
  axes: ReadonlyMap<string, LeadingAxes>,
): LeadingAxes | undefined {
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
  private readonly argumentValues: readonly ArgumentValue[];
  private readonly solution = new Map<string, Dim>();
  /** Which argument told a variable. */
  private readonly solvedBy = new Map<string, ArgumentValue>();
  private readonly axes = new Map<string, LeadingAxes>();
  private readonly axisFrom = new Map<string, ArgumentValue>();
  private readonly lifted: { parameter: SignatureParameter; argument: TensorArgument }[] = [];

  constructor(elaboration: Elaboration, signature: Signature, argumentValues: readonly ArgumentValue[]) {
    this.elaboration = elaboration;
    this.signature = signature;
    this.argumentValues = argumentValues.map((argument, i) => {
      const parameter = signature.parameters[i]!;
      if (parameter.pattern?.kind !== "tensor" || argument.value.type.kind !== "list") return argument;
      const value = stacked(elaboration, argument.value, argument.span, this.called(parameter));
      return { ...argument, value: value ?? ERROR };
    });
  }

  private called(parameter: SignatureParameter): string {
    return `\`${parameter.name}\` of \`${this.signature.block.name.name}\``;
  }

  match(): Match | null {
    // An argument that is missing or too many moves those after it, so the first one that does not fit is told alone.
    const fits = this.signature.parameters.every((parameter, i) => {
      const argument = this.argumentValues[i]!;
      return (
        isError(argument.value) ||
        parameter.pattern === null ||
        this.kind(parameter, parameter.pattern, argument)
      );
    });
    const isKnown = this.argumentValues.every((argument) => !isError(argument.value));
    const lift = fits && isKnown ? this.lift() : null;
    if (lift === null || !this.widths() || !this.lengths()) return null;
    return { solution: this.solution, axes: this.axes, lift, argumentValues: this.argumentValues };
  }

  private kind(parameter: SignatureParameter, pattern: Pattern, argument: ArgumentValue): boolean {
    const { type } = argument.value;
    switch (pattern.kind) {
      case "tensor":
        return this.tensor(parameter, pattern, argument);
      case "int":
        if (type.kind !== "int") return this.wrong(parameter, pattern, argument);
        this.solution.set(marked(parameter.name), type.value);
        this.solvedBy.set(marked(parameter.name), argument);
        return true;
      case "float":
        return type.kind === "float" || type.kind === "int" || this.wrong(parameter, pattern, argument);
      case "list": {
        const fits =
          type.kind === "list" && (type.of === pattern.of || (type.of === "Int" && pattern.of === "Float"));
        const isNumber = type.kind === "int" || type.kind === "float";
        const help = isNumber ? `write a list of numbers: \`[${textOf(argument.span)}]\`` : undefined;
        return fits || this.wrong(parameter, pattern, argument, help);
      }
      case "activation":
        return (
          type.kind === "function" ||
          this.wrong(
            parameter,
            pattern,
            argument,
            type.kind === "string" ? withoutQuotes(argument.span) : "name one, like `relu`",
          )
        );
      case "block":
        return (
          type.kind === "function" ||
          this.wrong(
            parameter,
            pattern,
            argument,
            "name a block or function, or write one: `(a, b) => dot(a, b)`",
          )
        );
    }
  }

  private wrong(
    parameter: SignatureParameter,
    pattern: Pattern,
    argument: ArgumentValue,
    help?: string,
  ): false {
    const what = this.called(parameter);
    this.elaboration.report(
      wrongType,
      { what, expected: article(printPattern(pattern)), got: printType(argument.value.type) },
      argument.span,
      { related: [at(parameter.span, "the parameter")], ...(help === undefined ? {} : { help }) },
    );
    return false;
  }

  private tensor(parameter: SignatureParameter, pattern: TensorType, argument: ArgumentValue): boolean {
    const { elaboration } = this;
    const { value } = argument;
    const block = this.signature.block.name.name;
    if (!isTensor(value)) return this.wrong(parameter, pattern, argument);
    if (value.type.probability && !pattern.probability && !elaboration.settled) {
      elaboration.report(
        probabilityAsVector,
        { operation: `\`${parameter.name}\` of \`${block}\`` },
        argument.span,
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
    if (pattern.probability && !value.type.probability) return this.wrong(parameter, pattern, argument);
    return this.leadingAxes(parameter, pattern, { value, span: argument.span });
  }

  private leadingAxes(parameter: SignatureParameter, pattern: TensorType, argument: TensorArgument): boolean {
    const { axis, list } = argument.value.type;
    if (pattern.axis === null && pattern.list === null) {
      if (axis !== null || list !== null) this.lifted.push({ parameter, argument });
      return true;
    }
    if (axis === null && list === null) return this.wrong(parameter, pattern, argument);
    // A list for each step of a history: the block takes the list, and is applied to each step.
    if (axis !== null && list !== null) this.lifted.push({ parameter, argument });
    if (pattern.list !== null) return list !== null || this.wrong(parameter, pattern, argument);
    const found: LeadingAxes = list === null ? { axis, list: null } : { axis: null, list };
    const { name, kind } = pattern.axis!;
    const known = kind === "history" ? { axis: pattern.axis, list: null } : this.axes.get(name);
    if (known === undefined) {
      this.axes.set(name, found);
      this.axisFrom.set(name, argument);
      if (list !== null) this.solution.set(marked(name), list);
      else if (axis!.kind === "variable") this.solution.set(marked(name), axisLength(axis!));
      return true;
    }
    if (sameAxes(known, found)) return true;
    this.differs(pattern.axis!, known, found, argument);
    return false;
  }

  private differs(variable: Axis, known: LeadingAxes, found: LeadingAxes, argument: TensorArgument): void {
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
        argument.span,
        { related },
      );
    else {
      const named = ({ axis }: LeadingAxes) => axis?.name ?? "a list";
      if (found.axis !== null) related.push(at(found.axis.span, `\`${found.axis.name}\` is declared here`));
      elaboration.report(
        axisMismatch,
        { operation, left: named(known), right: named(found) },
        argument.span,
        {
          related,
        },
      );
    }
  }

  /** What the block is applied along, step by step; null where that cannot be, reported. */
  private lift(): LeadingAxes | null {
    const { elaboration } = this;
    const block = this.signature.block.name.name;
    const whole = (argument: TensorArgument, parameter: SignatureParameter): LeadingAxes => {
      const { axis, list } = argument.value.type;
      const takesSequence = parameter.pattern?.kind === "tensor" && !sameAxes(parameter.pattern, NO_AXES);
      return takesSequence ? { axis, list: null } : { axis, list };
    };
    const operands = this.lifted.map(({ parameter, argument }) => ({
      ...argument,
      value: { ...argument.value, type: { ...argument.value.type, ...whole(argument, parameter) } },
    }));
    const joined = joinAxes(
      elaboration,
      `\`${block}\``,
      operands,
      operands.at(-1)?.span ?? this.signature.block.name.span,
    );
    if (joined === null) return null;
    const lift = liftAlong(joined.visible);
    for (const [i, { pattern, span }] of this.signature.parameters.entries()) {
      const { value } = this.argumentValues[i]!;
      if (pattern?.kind !== "tensor" || !isTensor(value)) continue;
      if (sameAxes(pattern, NO_AXES)) continue;
      const taken = value.type.list !== null ? "list" : "axis";
      if (lift[taken] === null) continue;
      const { parameter, argument } = this.lifted[0]!;
      const along = lift.axis === null ? null : lift.axis;
      elaboration.report(
        cannotLift,
        { block, parameter: parameter.name, axis: along?.name ?? "a list" },
        argument.span,
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
    const isHistory = ({ axis }: LeadingAxes) => axis?.kind === "history";
    if (![...this.axes.values()].some(isHistory)) return true;
    const mentioned = new Set<string>();
    for (const { pattern } of signature.parameters)
      for (const dim of pattern?.kind === "tensor" ? dimsOf(pattern) : [])
        for (const variable of variablesOf(dim)) mentioned.add(variable);
    const { result } = signature;
    if (result?.kind === "tensor")
      for (const dim of shiftedAxes(result, this.axes) === undefined ? dimsOf(result) : [result.width])
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
      const argument = this.argumentValues[i]!;
      if (pattern?.kind !== "tensor" || !isTensor(argument.value)) return [];
      const { width, list } = argument.value.type;
      const common = { name, span, argument };
      const ofWidth: Equation = { ...common, what: "width", pattern: pattern.width, got: width };
      if (pattern.list === null || list === null) return [ofWidth];
      return [ofWidth, { ...common, what: "length", pattern: pattern.list, got: list } satisfies Equation];
    });
    while (open.length > 0) {
      const next = open.findIndex(({ pattern }) => this.unsolved(pattern).length <= 1);
      // What is left needs the length of a history; `lengths` says so.
      if (next < 0) return true;
      const [item] = open.splice(next, 1);
      const { pattern, argument, got } = item!;
      const [variable] = this.unsolved(pattern);
      const expected = substitute(mark(pattern), this.solution);
      if (isOvergrown(expected)) {
        this.elaboration.report(widthTooComplex, limits, argument.span, {
          related: [at(item!.span, "the parameter")],
        });
        return false;
      }
      if (variable !== undefined) {
        const solved = solveDim(expected, variable, got);
        if (solved !== null) {
          this.solution.set(variable, solved);
          this.solvedBy.set(variable, argument);
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
    const { value, span } = item.argument;
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
