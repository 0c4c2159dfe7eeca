// All kernels: plain functions over typed arrays, which generated code contains. The lowering of an op to
// TypeScript names a kernel and its arguments, in the order of the function's parameters.

import type * as attention from "./kernels/attention.ts";
import type * as elementwise from "./kernels/elementwise.ts";
import type * as ids from "./kernels/ids.ts";
import type * as positions from "./kernels/positions.ts";
import type * as products from "./kernels/products.ts";
import type * as rows from "./kernels/rows.ts";
import type * as search from "./kernels/search.ts";
import type * as sets from "./kernels/sets.ts";

export * from "./kernels/attention.ts";
export * from "./kernels/elementwise.ts";
export * from "./kernels/ids.ts";
export * from "./kernels/positions.ts";
export * from "./kernels/products.ts";
export * from "./kernels/rows.ts";
export * from "./kernels/search.ts";
export * from "./kernels/sets.ts";

export type KernelName =
  | keyof typeof attention
  | keyof typeof elementwise
  | keyof typeof ids
  | keyof typeof positions
  | keyof typeof products
  | keyof typeof rows
  | keyof typeof search
  | keyof typeof sets;
