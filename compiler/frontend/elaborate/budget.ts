// Counts how much of the limits one walk uses. The checking walk asks here before it unfolds anything, and
// reports an excess. Lowering walks a checked spec, which is within the limits.

import type { Span } from "../../common/source-file.ts";
import {
  tooManyElements,
  tooManyElementsTogether,
  tooManyNumbers,
  tooManyOperations,
  unfoldsTooDeep,
  widthTooComplex,
} from "../../diagnostics/catalog/budget.ts";
import { unfoldsTooFar } from "../../diagnostics/catalog/expressions.ts";
import type { Details, DiagnosticKind } from "../../diagnostics/diagnostic.ts";
import { constantOf, type Dim, isOvergrown } from "../values/dims.ts";
import { limits } from "../values/limits.ts";
import { ERROR } from "../values/types.ts";
import type { Elaboration, Value } from "../values/values.ts";
import type { BlockUse, BlockUses } from "./block-uses.ts";

export class Budget {
  private readonly elaboration: Pick<Elaboration, "isChecking" | "report">;
  private readonly uses: BlockUses;
  private readonly used = { expressions: 0, nodes: 0, elements: 0, vectors: 0, weights: 0, depth: 0 };
  /** Where the number of operations exceeded its limit, with the blocks being walked there. */
  private crowded: { readonly span: Span; readonly uses: readonly BlockUse[] } | null = null;
  private exhausted = false;

  constructor(elaboration: Pick<Elaboration, "isChecking" | "report">, uses: BlockUses) {
    this.elaboration = elaboration;
    this.uses = uses;
  }

  /** True if the walk stopped early, so that unused names are unknown. */
  get isExhausted(): boolean {
    return this.exhausted;
  }

  /**
   * Evaluates one more expression. Exceeding the budget is reported once, and nothing is walked after that.
   */
  expression(span: Span, evaluate: () => Value): Value {
    if (this.exhausted) return ERROR;
    if (++this.used.expressions > limits.expressions) {
      // Reported at the outermost use, which is the one that asks for too much.
      const { outermost } = this.uses;
      return this.uses.as([], () =>
        this.exhaust(unfoldsTooFar, { most: limits.expressions }, outermost ?? span),
      );
    }
    const value = this.deeper(1, span, evaluate);
    return this.exhausted ? ERROR : this.withinLimits(value, span);
  }

  /** Evaluates `levels` deeper, unless that is too deep. */
  deeper(levels: number, span: Span, evaluate: () => Value): Value {
    if (this.used.depth + levels > limits.depth)
      return this.exhaust(unfoldsTooDeep, { most: limits.depth }, span);
    this.used.depth += levels;
    const value = evaluate();
    this.used.depth -= levels;
    return value;
  }

  /** Counts one more operation. An excess is reported at the end, at the location that repeats. */
  node(span: Span): void {
    if (++this.used.nodes > limits.nodes) this.crowded ??= { span, uses: this.uses.now };
  }

  /** Walks with every operation counted `times` times. */
  repeated<T>(times: number, span: Span, walk: () => T): T {
    const { nodes } = this.used;
    const value = walk();
    this.used.nodes += (this.used.nodes - nodes) * (times - 1);
    if (this.used.nodes > limits.nodes) this.crowded ??= { span, uses: this.uses.now };
    return value;
  }

  /** Reports what is known only for the whole network. */
  finish(): void {
    if (this.crowded === null || this.exhausted) return;
    const { span, uses } = this.crowded;
    this.uses.as(uses, () => this.exhaust(tooManyOperations, { most: limits.nodes }, span));
  }

  /** Tells whether a weight may have this many numbers, and reports it if not. */
  weight(dims: readonly Dim[], span: Span): boolean {
    if (!this.elaboration.isChecking) return true;
    this.node(span);
    this.used.weights += dims.reduce((product, dim) => product * (constantOf(dim) ?? 1), 1);
    const numbers = this.used.weights;
    if (numbers <= limits.weights) return true;
    const what = "the weights up to this layer are";
    this.exhaust(tooManyNumbers, { what, numbers, most: limits.weights }, span);
    return false;
  }

  /**
   * Tells whether `operation` may make a list of `length`, and reports it if not. The elements are separate
   * values, or vectors that form one value.
   */
  list(operation: string, length: number, of: "vectors" | "elements", span: Span): boolean {
    if (!this.elaboration.isChecking) return true;
    const isOfPairs = operation === "`pairs`" || operation === "`product`";
    const longest = isOfPairs ? limits.pairs : limits[of];
    if (length > longest) {
      const details = isOfPairs ? { help: tooManyElements.helps.pairs() } : {};
      this.elaboration.report(tooManyElements, { operation, length, most: longest }, span, details);
      return false;
    }
    this.used[of] += length;
    const most = of === "vectors" ? limits.allVectors : limits.allElements;
    if (this.used[of] <= most) return true;
    this.exhaust(tooManyElementsTogether, { most }, span);
    return false;
  }

  /** Reports that this exceeds the budget. A checked model never does. */
  private exhaust<P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details?: Details): Value {
    if (!this.elaboration.isChecking) return ERROR;
    if (!this.exhausted) this.elaboration.report(kind, parameters, span, details);
    this.exhausted = true;
    return ERROR;
  }

  /** Returns `value` if its size is within the limits. */
  private withinLimits(value: Value, span: Span): Value {
    if (!this.elaboration.isChecking) return value;
    const { type } = value;
    if (type.kind === "int") return isOvergrown(type.value) ? this.tooComplex(span) : value;
    if (type.kind !== "tensor") return value;
    const { width, list } = type;
    if (isOvergrown(width) || (list !== null && isOvergrown(list))) return this.tooComplex(span);
    if (list === null) return value;
    const numbers = (constantOf(width) ?? 1) * (constantOf(list) ?? 1);
    if (numbers <= limits.numbers) return value;
    const what = "in each row this is";
    this.elaboration.report(tooManyNumbers, { what, numbers, most: limits.numbers }, span);
    return ERROR;
  }

  private tooComplex(span: Span): Value {
    this.elaboration.report(widthTooComplex, limits, span);
    return ERROR;
  }
}
