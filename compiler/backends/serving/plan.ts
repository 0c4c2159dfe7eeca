// The plan of a ranking program, as plain data: the phase and the buffer of each value, and the calls of
// kernels. `planner.ts` makes a plan; `program.ts` writes it as TypeScript, backends/code as code.

import { invariant, unreachable } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import { isCandidateAxis } from "../../middle/graph/batch-axis.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import {
  type ElementsRows,
  perOf,
  type Rows,
  type StepsRows,
  type TensorType,
} from "../../middle/graph/types.ts";
import type { PairValue, SummedPairs } from "../../middle/pairs/values.ts";
import type { KernelName } from "../../serve/kernels.ts";
import type { TableType } from "../contract/emit-options.ts";
import type { FusedLeaf, Fusion } from "./fuse.ts";
import type { Phase, Slot } from "./slots.ts";

export type TableStorage = TableType | "source";

/** Where a value is stored. */
export type ValueLocation =
  | { readonly kind: "slot"; readonly slot: Slot }
  /** Indices into `Plan.parameters` and `Plan.tables`. */
  | { readonly kind: "parameter"; readonly index: number }
  | { readonly kind: "table"; readonly index: number };

/** A node's value, or a temporary value of the loop that computes a node. */
export type ValueKey = `${NodeId}` | `${NodeId}/${number}`;

export type PlannedArgument =
  /** `stride`: see `Plan.middle`. */
  | {
      readonly kind: "value";
      readonly location: ValueLocation;
      readonly stride: number | null;
      /** Which value the location holds: a buffer holds several, one after the other. */
      readonly value: ValueKey;
    }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "numbers"; readonly values: readonly number[] }
  | { readonly kind: "flag"; readonly value: boolean }
  | { readonly kind: "count"; readonly rows: Rows; readonly times: number }
  /** The loop variable of the surrounding loop. */
  | { readonly kind: "time" };

export interface PlannedCall {
  readonly kind: "call";
  readonly kernel: KernelName;
  readonly arguments: readonly PlannedArgument[];
  /** Whether an operand is a relu's output, many of whose numbers are 0. */
  readonly hasZeros: boolean;
  /** The node's location in the spec. */
  readonly origin: Span | null;
}

/** Calls that run for each step of a history in turn. */
export interface PlannedLoop {
  readonly kind: "loop";
  readonly over: StepsRows;
  readonly reverse: boolean;
  readonly origin: Span | null;
  readonly calls: readonly PlannedCall[];
}

/** A loop of elementwise ops, in a plan with fusions. */
export interface PlannedFusion {
  readonly kind: "fused";
  readonly fusion: Fusion;
  readonly output: ValueLocation;
  readonly stride: number | null;
  readonly leaves: ReadonlyMap<NodeId, PlannedLeaf>;
}

export interface PlannedLeaf {
  readonly location: ValueLocation;
  readonly stride: number | null;
  readonly by: FusedLeaf["by"];
  /** Where the ids that select its rows are stored. */
  readonly ids: Pick<PlannedLeaf, "location" | "stride"> | null;
  readonly type: TensorType;
  /** The value of a constant. */
  readonly constant: number | null;
}

/** A sum over pairs of steps, in a plan with fusions. */
export interface PlannedPairs {
  readonly kind: "pairs";
  readonly values: readonly PairValue[];
  readonly summed: SummedPairs;
  readonly output: ValueLocation;
  /** Values without pairs that it is computed from. */
  readonly leaves: ReadonlyMap<NodeId, Pick<PlannedLeaf, "location" | "stride" | "type">>;
  readonly origin: Span | null;
}

export type PlannedStep = PlannedCall | PlannedLoop | PlannedFusion | PlannedPairs;

/**
 * A value that exists before a phase computes anything: an input, or rows of a table. Ids are ports if calls
 * read them.
 */
export interface PlannedPort {
  readonly id: NodeId;
  readonly slot: Slot;
}

export interface PlannedInput {
  readonly name: string;
  readonly rows: Rows;
  readonly slot: Slot;
}

export interface PlannedOutput {
  readonly name: string;
  readonly rows: Rows;
  readonly size: number;
  readonly location: ValueLocation;
}

/** A projected table: out = table · weights. */
export interface TableProduct {
  readonly out: Slot;
  readonly table: ValueLocation & { readonly kind: "table" };
  readonly weights: ValueLocation;
  /** Widths of the table and of its product. */
  readonly inner: number;
  readonly outer: number;
  readonly call: PlannedCall;
}

export interface Plan {
  readonly parameters: readonly { readonly name: string; readonly dims: readonly number[] }[];
  readonly tables: readonly {
    readonly name: string;
    readonly width: number;
    /** Floats, unless `withStorage` changes it. */
    readonly storage: TableStorage;
  }[];
  /** Histories whose length is needed as a count, in the order of their first use. */
  readonly histories: readonly string[];
  /** Sets whose values are counted as they are read, in the order of their first use. */
  readonly sets: readonly ElementsRows[];
  readonly inputs: readonly PlannedInput[];
  readonly outputs: readonly PlannedOutput[];
  readonly slots: Readonly<Record<Phase, readonly Slot[]>>;
  /** Slots of phase `load` that are filled with a constant. */
  readonly constants: readonly { readonly slot: Slot; readonly value: number }[];
  /** Calls that look up rows of tables by ids, before all other calls of their phase. */
  readonly gathers: Readonly<Record<Phase, readonly PlannedCall[]>>;
  readonly ports: readonly PlannedPort[];
  /** The buffer of each value of the request, if the request keeps them all; empty if values share buffers. */
  readonly kept: ReadonlyMap<NodeId, Slot>;
  readonly calls: Readonly<Record<Phase, readonly PlannedStep[]>>;
  /** Values of phase `load` that are computed after its calls. */
  readonly projections: readonly TableProduct[];
  /**
   * In a plan with fusions: the calls of `candidate` with indices from `from` to `to` − 1 are run for a few
   * candidates at a time. A value with a `stride` has that many numbers per candidate, for all candidates.
   */
  readonly middle: { readonly from: number; readonly to: number } | null;
  /**
   * The most candidates of a request, if they see one another and are computed together; null if candidates may be
   * scored in blocks.
   */
  readonly together: number | null;
  /** Whether every value of a candidate depends on that candidate only. */
  readonly independentCandidates: boolean;
}

/** Throws if candidates would be scored in blocks although a score depends on other candidates. */
export function requireWhole({ together, independentCandidates }: Plan): void {
  invariant(together !== null || independentCandidates, "a candidate's score depends on other candidates");
}

/** The kernels that a step calls; a fusion and pairs call none. */
export function callsOf(step: PlannedStep): readonly PlannedCall[] {
  switch (step.kind) {
    case "call":
      return [step];
    case "loop":
      return step.calls;
    case "fused":
    case "pairs":
      return [];
    default:
      return unreachable(step, "step");
  }
}

/** A description of a step, with the names of kernels and ops. */
export function stepText(step: PlannedStep): string {
  switch (step.kind) {
    case "call":
      return step.kernel;
    case "loop":
      return `for each step of ${step.over.history}: ${step.calls.map(({ kernel }) => kernel).join(", ")}`;
    case "fused": {
      const { members } = step.fusion;
      return `${members.length > 1 ? "one loop: " : ""}${members.map(({ op }) => op).join(", ")}`;
    }
    case "pairs":
      return `a sum over pairs of ${step.summed.queries.history}`;
    default:
      return unreachable(step, "step");
  }
}

/** The locations in the spec; fused ops have several. */
export function originsOf(step: PlannedStep): readonly Span[] {
  const origins = step.kind === "fused" ? step.fusion.members.map(({ origin }) => origin) : [step.origin];
  return origins.filter((origin) => origin !== null);
}

/** The phase of values with such rows. */
export function phaseOfRows(rows: Rows): Phase {
  if (rows.kind === "steps" && isCandidateAxis(rows.history)) return "candidate";
  const per = perOf(rows);
  if (per === null) return "load";
  invariant(per !== "example", "a ranking program has no examples: `toRequest` comes first");
  return per;
}

/** Tells whether a value is known when the weights are loaded. */
export function isWeight(location: ValueLocation): boolean {
  return location.kind !== "slot" || location.slot.phase === "load";
}
