// What calls and names ask of the walk over a spec's expressions that they are part of, beyond what functions ask.

import type { Span } from "../../common/source-file.ts";
import type { Details } from "../../diagnostics/diagnostic.ts";
import type { BlockItem, Expression, Let } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import type { UnparsedNames } from "../syntax/unparsed-names.ts";
import type { Dim } from "../values/dims.ts";
import type { Callable, Elaboration, Environment, Value } from "../values/values.ts";
import type { Declarations } from "./declarations.ts";
import type { Path } from "./path.ts";
import type { Signature } from "./signatures.ts";

/** A block being walked at one of its uses. */
export interface BlockUse {
  readonly block: BlockItem;
  readonly span: Span;
}

export interface Walk extends Elaboration {
  readonly declarations: Declarations;
  /** Names of features and histories that were read. */
  readonly usedNames: Set<string>;
  /** Where new parameters are named. */
  readonly path: Path;
  /** Blocks being walked where they are used, outermost first. */
  readonly uses: BlockUse[];
  settled: boolean;
  /** `let`s of the net, with their places, for "used before it is defined". */
  readonly later: ReadonlyMap<string, Span>;
  /** Those of them that were read too early. */
  readonly usedEarly: Set<string>;
  /** Blocks that give another type than their signature says. */
  readonly wrongSignatures: ReadonlySet<BlockItem>;
  /** Blocks whose body has an error or uses itself: it is not walked; calls go by the signature where it is full. */
  readonly brokenBlocks: Set<BlockItem>;
  readonly unparsed: UnparsedNames;
  /** See `Reporter.known`. */
  known(names: () => Iterable<string>): readonly string[];
  didYouMean(...asked: Parameters<Reporter["didYouMean"]>): Details;
  signature(block: BlockItem): Signature | null;
  callableNamed(name: string): Callable | null;
  /** Of everything that can be called, for suggestions. */
  callableNames(): string[];
  evaluate(expression: Expression, environment: Environment): Value;
  /** Evaluates `let`s into `environment`, each under its own path. */
  lets(lets: readonly Let[], environment: Environment): void;
  /** What `evaluate` gives, with the parameters made meanwhile named after `name`. While only checking there are none. */
  within(name: string, evaluate: () => Value): Value;
  /** Whether `value` is a Vec or Seq and no probability. */
  isVector(value: Value): boolean;
  /** Whether there may be a weight with so many numbers; reported where not. */
  mayHaveWeight(dims: readonly Dim[], span: Span): boolean;
}
