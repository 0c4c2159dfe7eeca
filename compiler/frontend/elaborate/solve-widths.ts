// Solves the width and length patterns of a block's call, in any order that works: `Vec[2*d]` against 32
// gives d = 16.

import type { Span } from "../../common/source-file.ts";
import { widthTooComplex } from "../../diagnostics/catalog/budget.ts";
import { argumentWidth } from "../../diagnostics/catalog/expressions.ts";
import { argumentLength } from "../../diagnostics/catalog/lists.ts";
import { at } from "../syntax/reporter.ts";
import {
  constantOf,
  type Dim,
  equalDims,
  isOvergrown,
  printDim,
  solveDim,
  substitute,
  variableDim,
  variablesOf,
} from "../values/dims.ts";
import { limits } from "../values/limits.ts";
import { isTensor } from "../values/types.ts";
import type { ArgumentValue, Elaboration } from "../values/values.ts";
import { widthOrigins } from "../values/widths.ts";
import type { Signature } from "./signatures.ts";

/** A pattern of a parameter, and the width or length of its argument. */
interface Equation {
  readonly what: "width" | "length";
  readonly name: string;
  readonly span: Span;
  readonly pattern: Dim;
  readonly got: Dim;
  readonly argument: ArgumentValue;
}

const marked = (variable: string) => `'${variable}`;

/** Marks the signature's variables, to distinguish them from the caller's. */
export function mark(dim: Dim): Dim {
  if (constantOf(dim) !== null) return dim;
  if (dim.variable !== null) return variableDim(marked(dim.variable));
  return substitute(dim, new Map([...variablesOf(dim)].map((name) => [name, variableDim(marked(name))])));
}

export class WidthSolver {
  private readonly elaboration: Elaboration;
  private readonly signature: Signature;
  private readonly known = new Map<string, Dim>();
  /** The argument that determined each variable. */
  private readonly knownBy = new Map<string, ArgumentValue>();

  constructor(elaboration: Elaboration, signature: Signature) {
    this.elaboration = elaboration;
    this.signature = signature;
  }

  /** The solution by variable, marked with `'` so that it isn't confused with a variable of the caller. */
  get solution(): ReadonlyMap<string, Dim> {
    return this.known;
  }

  /** `by` is the argument that determines it, for messages about other arguments. */
  set(variable: string, dim: Dim, by: ArgumentValue | null): void {
    this.known.set(marked(variable), dim);
    if (by !== null) this.knownBy.set(marked(variable), by);
  }

  /** False if a mistake was reported. */
  solve(argumentValues: readonly ArgumentValue[]): boolean {
    const open = this.signature.parameters.flatMap(({ pattern, name, span }, i) => {
      const argument = argumentValues[i]!;
      if (pattern?.kind !== "tensor" || !isTensor(argument.value)) return [];
      const { width, list } = argument.value.type;
      const common = { name, span, argument };
      const ofWidth: Equation = { ...common, what: "width", pattern: pattern.width, got: width };
      if (pattern.list === null || list === null) return [ofWidth];
      return [ofWidth, { ...common, what: "length", pattern: pattern.list, got: list } satisfies Equation];
    });
    while (open.length > 0) {
      const next = open.findIndex(({ pattern }) => this.unsolved(pattern).length <= 1);
      // The remaining equations need the length of a history, which `Matcher` reports.
      if (next < 0) return true;
      const [item] = open.splice(next, 1);
      const { pattern, argument, got } = item!;
      const [variable] = this.unsolved(pattern);
      const expected = substitute(mark(pattern), this.known);
      if (isOvergrown(expected)) {
        this.elaboration.report(widthTooComplex, limits, argument.span, {
          related: [at(item!.span, "the parameter")],
        });
        return false;
      }
      if (variable !== undefined) {
        const solved = solveDim(expected, marked(variable), got);
        if (solved !== null) {
          this.set(variable, solved, argument);
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
      if (!this.known.has(marked(variable))) unsolved.push(variable);
    return unsolved;
  }

  private widthMismatch(item: Equation, expected: Dim | null): void {
    const { value, span } = item.argument;
    if (!isTensor(value)) return;
    const pattern = printDim(item.pattern);
    const shown =
      expected === null || printDim(expected) === pattern ? pattern : `${pattern} = ${printDim(expected)}`;
    const got = printDim(item.got);
    const variables = [...variablesOf(item.pattern)].flatMap((variable) => {
      const by = this.knownBy.get(marked(variable));
      const dim = this.known.get(marked(variable));
      return by === undefined || dim === undefined
        ? []
        : [at(by.span, `so \`${variable}\` is ${printDim(dim)}`)];
    });
    const origins = item.what === "width" ? widthOrigins([{ value, span }]) : [];
    const names = { parameter: item.name, block: this.signature.block.name.name };
    this.elaboration.report(
      item.what === "width" ? argumentWidth : argumentLength,
      { ...names, pattern: shown, got, unsolvable: expected === null ? pattern : null },
      span,
      {
        related: [...origins, ...variables, at(item.span, "the parameter")],
      },
    );
  }
}
