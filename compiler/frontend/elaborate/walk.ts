// The walk's interface for calls and names, which need more of it than functions do.

import type { Span } from "../../common/source-file.ts";
import type { Details, Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import type { BlockItem, Expression, Local } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import type { UnparsedNames } from "../syntax/unparsed-names.ts";
import type { Elaboration, Environment, Value } from "../values/values.ts";
import type { WalkModeFacts } from "../values/walk-mode.ts";
import type { BlockUses } from "./block-uses.ts";
import type { Budget } from "./budget.ts";
import type { Callables } from "./callables.ts";
import type { Declarations } from "./declarations.ts";
import type { LayerCall } from "./own-layers.ts";
import type { Part, Parts } from "./parts.ts";
import type { Path } from "./path.ts";

export interface Walk extends Elaboration {
  readonly declarations: Declarations;
  readonly callables: Callables;
  readonly budget: Budget;
  readonly uses: BlockUses;
  readonly unparsed: UnparsedNames;
  /** The path that new parameters are named after. */
  readonly path: Path;
  /** `let`s of the net, with their places, for "used before it is defined". */
  readonly later: ReadonlyMap<string, Span>;
  /** Runs `walk` in the present mode with these changes. */
  inMode<T>(change: Partial<WalkModeFacts>, walk: () => T): T;
  /** Blocks whose result differs from their signature. */
  readonly wrongSignatures: ReadonlySet<BlockItem>;
  /**
   * Blocks that have an error in their body or use themselves: they are not walked, and calls use the
   * signature if it is full.
   */
  readonly brokenBlocks: Set<BlockItem>;
  /** Like `report`, for a finding of a text analysis. */
  reportAs(problem: Diagnostic): void;
  /** See `Reporter.known`. */
  known(names: () => Iterable<string>): readonly string[];
  didYouMean(...asked: Parameters<Reporter["didYouMean"]>): Details;
  evaluate(expression: Expression, environment: Environment): Value;
  /** Like `evaluate`, but a feature stays a feature until something is computed from it. */
  given(expression: Expression, environment: Environment): Value;
  /** Evaluates `let`s into `environment`, each under its own path, and declares layers. */
  locals(locals: readonly Local[], environment: Environment): void;
  /** The calls of layers that are being walked, the outermost first. */
  readonly layerCalls: readonly LayerCall[];
  /** The parts that nodes are made for; null if nothing reads them. */
  readonly parts: Parts | null;
  /** Like `Elaboration.emit`, for the part with that path: a layer, or the whole network. */
  emit<N extends OpName>(
    op: N,
    inputs: readonly (NodeId | null)[],
    attributes: OpAttributes[N],
    span: Span,
    path?: string,
  ): NodeId | null;
  /** Evaluates with new parameters named after the part. A check makes no parts. */
  within(part: Omit<Part, "path" | "span">, evaluate: () => Value): Value;
  /** Tells whether `value` is a Vec or Seq, and not a probability. */
  isVector(value: Value): boolean;
}
