// The interface of the walk for calls and names, which need more of it than functions do.

import type { Span } from "../../common/source-file.ts";
import type { Details } from "../../diagnostics/diagnostic.ts";
import type { BlockItem, Expression, Let } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import type { UnparsedNames } from "../syntax/unparsed-names.ts";
import type { Elaboration, Environment, Value } from "../values/values.ts";
import type { BlockUses } from "./block-uses.ts";
import type { Budget } from "./budget.ts";
import type { Callables } from "./callables.ts";
import type { Declarations } from "./declarations.ts";
import type { Path } from "./path.ts";

export interface Walk extends Elaboration {
  readonly declarations: Declarations;
  readonly callables: Callables;
  readonly budget: Budget;
  readonly uses: BlockUses;
  readonly unparsed: UnparsedNames;
  /** Where new parameters are named. */
  readonly path: Path;
  settled: boolean;
  /** Names of features and histories that were read. */
  readonly usedNames: Set<string>;
  /** `let`s of the net, with their places, for "used before it is defined". */
  readonly later: ReadonlyMap<string, Span>;
  /** Those of them that were read too early. */
  readonly usedEarly: Set<string>;
  /** Blocks that give another type than their signature says. */
  readonly wrongSignatures: ReadonlySet<BlockItem>;
  /** Blocks whose body has an error or uses itself: it is not walked; calls go by the signature where it is full. */
  readonly brokenBlocks: Set<BlockItem>;
  /** See `Reporter.known`. */
  known(names: () => Iterable<string>): readonly string[];
  didYouMean(...asked: Parameters<Reporter["didYouMean"]>): Details;
  evaluate(expression: Expression, environment: Environment): Value;
  /** Evaluates `let`s into `environment`, each under its own path. */
  lets(lets: readonly Let[], environment: Environment): void;
  /** What `evaluate` gives, with the parameters made meanwhile named after `name`. While only checking there are none. */
  within(name: string, evaluate: () => Value): Value;
  /** Whether `value` is a Vec or Seq and no probability. */
  isVector(value: Value): boolean;
}
