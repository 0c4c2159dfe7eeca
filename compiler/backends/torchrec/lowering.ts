// The type of a lowering from an op of a forward Graph to a Python expression. The first axis of a tensor has
// the rows: examples, packed steps, or set values. A value known once has no such axis. The dims follow.

import type { OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import type { Lowering } from "../contract/lowering.ts";
import type { Python } from "./python.ts";

/** A value that an expression reads. */
export interface Operand extends Python {
  readonly type: TensorType;
  /** Its number if it is the same everywhere and already known. */
  readonly constant: number | null;
}

/** Files of a package that functions are imported from. */
export type PythonFile = "ops" | "recurrence" | "layers";

export interface TorchEmitter {
  /** A function of the package; imports it. */
  function(file: PythonFile, name: string): string;
  /** The steps of a history, or of an axis derived from one. */
  steps(history: string): string;
  /** `F` of `torch.nn`. */
  functional(name: string): string;
  /** Whether the layer is training: `self.training`. */
  readonly training: string;
  /**
   * The numbers of `operand` as a tensor, for where a plain number will not do. A constant takes the device
   * and type of `beside`.
   */
  tensor(operand: Operand, beside: Operand): Python;
  /** Any tensor of numbers in scope, for values made of constants alone. */
  some(): Operand;
  /** An operand that the expression reads twice, assigned to a name first. */
  named(operand: Operand): Operand;
  /**
   * A function of one step, defined before the expression. Its parameters are the state and the values that
   * change from step to step.
   */
  cell(scan: OpAttributes["scan"], operands: readonly Operand[], changing: readonly number[]): string;
}

type Before = [emit: TorchEmitter, inputs: readonly Operand[]];

export type TorchLowering<A> = Lowering<A, Python, Before>;

/** Why an op has no lowering here: no forward Graph over examples contains it. */
export type NotForward =
  /** It occurs in gradients; autograd has its own. */
  | "of gradients"
  /** It is over rows of a ranking program. */
  | "of ranking"
  /** It is an input of the network: features, weights, rows of tables. */
  | "given";

export type TorchLowerings = { readonly [N in OpName]: TorchLowering<OpAttributes[N]> | NotForward };

/** The axis of a tensor that holds the first of its dims. */
export function firstAxis({ rows }: TensorType): number {
  return rows.kind === "once" ? 0 : 1;
}
