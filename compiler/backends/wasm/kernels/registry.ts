// The WebAssembly twin of every kernel that a ranking program calls.

import { InternalError } from "../../../common/internal-error.ts";
import type { OpName } from "../../../middle/graph/attributes.ts";
import type { KernelName } from "../../../serve/kernels.ts";
import type { FunctionBuilder } from "../../code/builder.ts";
import type { I32, V128 } from "../../code/code.ts";
import type { WasmKernel } from "../kernel.ts";
import { lanes as ofOps } from "../lanes.ts";
import { attention } from "./attention.ts";
import { dots } from "./dots.ts";
import { broadcastLike, one, three, two } from "./elementwise.ts";
import { matmul } from "./products.ts";
import * as rows from "./rows.ts";
import { gatherSteps, selectSteps } from "./search.ts";

export type TwinValue = I32 | boolean | readonly number[];

/** Why a kernel has no twin. */
type Without =
  /** Only gradients and training steps call it. */
  | "training"
  /** It reads tables in their trained form, which stay in JavaScript. */
  | "gather"
  /** Only explanations call it. */
  | "explain";

const kernels: { readonly [K in KernelName]: WasmKernel<K> | Without } = {
  matmul,
  attention,
  dots,
  add: two(lanes("add")),
  subtract: two(lanes("subtract")),
  multiply: two(lanes("multiply")),
  divide: two(lanes("divide")),
  maximum: two(lanes("maximum")),
  equal: two(lanes("equal")),
  greater: two(lanes("greater")),
  choose: three(lanes("choose")),
  negate: one(lanes("negate")),
  exp: one(lanes("exp")),
  log: one(lanes("log")),
  sqrt: one(lanes("sqrt")),
  sin: one(lanes("sin")),
  cos: one(lanes("cos")),
  sigmoid: one(lanes("sigmoid")),
  tanh: one(lanes("tanh")),
  relu: one(lanes("relu")),
  step: one(lanes("step")),
  softplus: one(lanes("softplus")),
  broadcastLike,
  repeatRows: rows.repeatRows,
  repeatCandidates: rows.repeatCandidates,
  sumSteps: rows.sumSteps,
  maxSteps: rows.maxSteps,
  softmaxSteps: rows.softmaxSteps,
  takeStep: rows.takeStep,
  writeStep: rows.writeStep,
  shiftSteps: rows.shiftSteps,
  countSteps: rows.countSteps,
  sumWidth: rows.sumWidth,
  concat: rows.concat,
  slice: rows.slice,
  pad: rows.pad,
  gatherList: rows.gatherList,
  transpose: rows.transpose,
  resizeSteps: rows.resizeSteps,
  lastStep: rows.lastStep,
  scatterLastStep: rows.scatterLastStep,
  gatherPositions: rows.gatherPositions,
  selectSteps,
  gatherSteps,
  lookup: rows.lookup,
  sumOfElements: "gather",
  maxOfElements: "gather",
  countElements: "gather",
  idNumber: "gather",
  lookupRows: "gather",
  sumOfRows: "gather",
  maxOfRows: "gather",
  attend: "explain",
  contractRows: "training",
  attentionGradient: "training",
  lookupGradient: "training",
  sigmoidGradient: "training",
  dropout: "training",
  sumCandidates: "training",
  sumRows: "training",
  countRows: "training",
  batchMean: "training",
  scatterList: "training",
  scatterPositions: "training",
  scatterSteps: "training",
};

/** Tells whether a ranking program may call it in WebAssembly. */
export function hasTwin(kernel: KernelName): boolean {
  return typeof kernels[kernel] !== "string";
}

/** Emits the kernel with these values, in the order of its parameters. */
export function emitKernel(f: FunctionBuilder, kernel: KernelName, values: readonly TwinValue[]): void {
  const twin = kernels[kernel];
  if (typeof twin === "string") throw new InternalError(`${kernel} in a ranking program: it is for ${twin}`);
  (twin as unknown as (f: FunctionBuilder, ...values: readonly TwinValue[]) => void)(f, ...values);
}

function lanes(op: OpName): (f: FunctionBuilder, ...operands: V128[]) => V128 {
  return (f, ...operands) => ofOps[op]!(f, operands);
}
