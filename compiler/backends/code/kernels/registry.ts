// The twin of every kernel that a ranking program calls. A twin in `rows.ts` or `search.ts`, and
// that of an elementwise op, needs no line here.

import { InternalError } from "../../../common/internal-error.ts";
import type { KernelName } from "../../../serve/kernels.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32 } from "../code.ts";
import type { KernelTwin } from "../kernel.ts";
import { attention, lastQueries } from "./attention.ts";
import { dots } from "./dots.ts";
import { twins } from "./elementwise.ts";
import { facedSteps } from "./facing.ts";
import { matmul } from "./products.ts";
import * as rows from "./rows.ts";
import * as search from "./search.ts";

export type TwinValue = I32 | boolean | readonly number[];

/** Why a kernel has no twin. */
type Without =
  /** Only gradients and training steps call it. */
  | "training"
  /** It reads tables in their trained form, which stay in JavaScript. */
  | "gather"
  /** Only explanations call it. */
  | "explain";

const kernels: { readonly [K in KernelName]: KernelTwin<K> | Without } = {
  ...twins,
  attention,
  dots,
  facedSteps,
  matmul,
  ...rows,
  ...search,
  sumOfElements: "gather",
  weightedSumOfElements: "gather",
  weightedSumOfRows: "gather",
  maxOfElements: "gather",
  listOfElements: "gather",
  countElements: "gather",
  idNumber: "gather",
  lookupRows: "gather",
  sumOfRows: "gather",
  maxOfRows: "gather",
  listOfRows: "gather",
  listedRowsGradient: "training",
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
};

/** Tells whether a ranking program may call it in code. */
export function hasTwin(kernel: KernelName): boolean {
  return typeof kernels[kernel] !== "string";
}

/** Emits the kernel with these values, in the order of its parameters. */
export function emitKernel(f: FunctionBuilder, kernel: KernelName, values: readonly TwinValue[]): void {
  const twin = kernels[kernel];
  if (typeof twin === "string") throw new InternalError(`${kernel} in a ranking program: it is for ${twin}`);
  emitTwin(f, twin, values);
}

/** Emits attention of the queries from `first` on. */
export function emitLastQueries(f: FunctionBuilder, first: I32, values: readonly TwinValue[]): void {
  emitTwin(f, lastQueries(first), values);
}

function emitTwin(f: FunctionBuilder, twin: object, values: readonly TwinValue[]): void {
  (twin as unknown as (f: FunctionBuilder, ...values: readonly TwinValue[]) => void)(f, ...values);
}
