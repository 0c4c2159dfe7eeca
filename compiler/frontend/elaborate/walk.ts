// The interface of the walk for calls and names, which need more of it than functions do.

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
  /** Where new parameters are named. */
  readonly path: Path;
  /** `let`s of the net, with their places, for "used before it is defined". */
  readonly later: ReadonlyMap<string, Span>;
  /** Runs `walk` in the present mode with these changes. */
  inMode<T>(change: Partial<WalkModeFacts>, walk: () => T): T;
  /** Blocks that give another type than their signature says. */
  readonly wrongSignatures: ReadonlySet<BlockItem>;
  /** Blocks whose body has an error or uses itself: it is not walked; calls go by the signature where it is full. */
  readonly brokenBlocks: Set<BlockItem>;
  /** As `report`, of what an analysis of the text has found. */
  reportAs(problem: Diagnostic): void;
  /** See `Reporter.known`. */
  known(names: () => Iterable<string>): readonly string[];
  didYouMean(...asked: Parameters<Reporter["didYouMean"]>): Details;
  evaluate(expression: Expression, environment: Environment): Value;
  /** As `evaluate`, but a feature stays one until something is computed from it. */
  given(expression: Expression, environment: Environment): Value;
  /** Evaluates `let`s into `environment`, each under its own path, and declares layers. */
  locals(locals: readonly Local[], environment: Environment): void;
  /** The calls of layers that are being walked, the outermost first. */
  readonly layerCalls: readonly LayerCall[];
  /** The part of the spec that nodes are made for; null where nobody reads it. */
  readonly parts: Parts | null;
  /** As `Elaboration.emit`, for the part of that path: a layer, or the whole network. */
  emit<N extends OpName>(
    op: N,
    inputs: readonly (NodeId | null)[],
    attributes: OpAttributes[N],
    span: Span,
    path?: string,
  ): NodeId | null;
  /** What `evaluate` gives, with the parameters made meanwhile named after the part. While only checking there are none. */
  within(part: Omit<Part, "path" | "span">, evaluate: () => Value): Value;
  /** Whether `value` is a Vec or Seq and no probability. */
  isVector(value: Value): boolean;
}
