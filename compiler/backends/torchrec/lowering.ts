// The type of a lowering from an op of a forward Graph to a Python expression. Rows are examples, steps and
// the values of sets are packed: the first axis of a tensor, except of what is known once, which has none.
// dims follow.

import type { OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import type { Lowering } from "../contract/lowering.ts";
import type { Python } from "./python.ts";

/** A value that an expression reads. */
export interface Operand extends Python {
  readonly type: TensorType;
  /** Where it is the same number everywhere and known already. */
  readonly constant: number | null;
}

/** Files of a package that functions are imported from. */
export type PythonFile = "ops" | "recurrence" | "layers";

export interface TorchEmitter {
  /** A function of the package, imported where it is used. */
  function(file: PythonFile, name: string): string;
  /** The steps of a history, or of an axis that follows from one. */
  steps(history: string): string;
  /** `F` of `torch.nn`. */
  functional(name: string): string;
  /** Whether the layer is training: `self.training`. */
  readonly training: string;
  /**
   * The numbers of `operand` as a tensor: a constant needs one beside it, whose device and type it gets.
   * Elsewhere it is written as a number.
   */
  tensor(operand: Operand, beside: Operand): Python;
  /** Any tensor of numbers in sight, for what is made of constants alone. */
  some(): Operand;
  /** An operand that the expression reads twice: it gets a name before. */
  named(operand: Operand): Operand;
  /** A function of one step, defined before the expression: the state and what changes from step to step come in. */
  cell(scan: OpAttributes["scan"], operands: readonly Operand[], changing: readonly number[]): string;
}

type Before = [emit: TorchEmitter, inputs: readonly Operand[]];

export type TorchLowering<A> = Lowering<A, Python, Before>;

/** Why an op has no form here: no forward Graph over examples has it. */
export type NotForward =
  /** The rules of gradients make it; autograd has its own. */
  | "of gradients"
  /** Rows of a ranking program. */
  | "of ranking"
  /** It is given to the network: features, weights, what the tables have. */
  | "given";

type OpsOfGradients =
  | "lookup_gradient"
  | "scatter_positions"
  | "scatter_steps"
  | "scatter_list"
  | "attention_gradient"
  | "sigmoid_gradient"
  | "sum_rows"
  | "count_rows"
  | "contract_rows"
  | "pad";
type OpsOfRanking = "repeat_candidates" | "sum_candidates" | "dots";
type OpsGiven = "input" | "parameter" | "table" | "constant";

export type TorchLowerings = {
  readonly [N in OpName]: N extends OpsOfGradients
    ? "of gradients"
    : N extends OpsOfRanking
      ? "of ranking"
      : N extends OpsGiven
        ? "given"
        : TorchLowering<OpAttributes[N]>;
};

/** The place of a type's first dim among the axes of its tensor. */
export function firstAxis({ rows }: TensorType): number {
  return rows.kind === "once" ? 0 : 1;
}
