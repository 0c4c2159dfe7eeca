// Matches the arguments of a block's call with its signature: kinds, axes, and width patterns, whichever can be solved
// first (`Vec[2*d]` against 32 gives d = 16).

import {
  argumentWidth,
  axisMismatch,
  cannotLift,
  probabilityAsVector,
  wrongType,
} from "../diagnostics/catalog/expressions.ts";
import type { Actual } from "../functions/define-function.ts";
import type { Span } from "../source/source-file.ts";
import { widthOrigins } from "./arithmetic.ts";
import { type Dim, equalDims, printDim, solveDim, substitute, variableDim, variablesOf } from "./dims.ts";
import { at } from "./reporter.ts";
import type { Pattern, Signature, SignatureParameter } from "./signatures.ts";
import { type Axis, isTensor, printType, sameAxis, type TensorType } from "./types.ts";
import type { Walker } from "./walker.ts";

export interface Match {
  /** By variable of the signature, marked with `'` so that the caller's variables of that name are not meant. */
  readonly solution: ReadonlyMap<string, Dim>;
  readonly axes: ReadonlyMap<string, Axis>;
  /** The axis along which the block is applied step by step. */
  readonly lift: Axis | null;
  readonly actuals: readonly Actual[];
}

const marked = (variable: string) => `'${variable}`;

/** The signature's variables, told apart from the caller's. */
export function mark(dim: Dim): Dim {
  return substitute(dim, new Map([...variablesOf(dim)].map((name) => [name, variableDim(marked(name))])));
}

/** Null where something was reported. */
export function matchArguments(
  walker: Walker,
  signature: Signature,
  actuals: readonly Actual[],
): Match | null {
  return new Matcher(walker, signature, actuals).match();
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
