// The type of a kernel's twin in code, which has the parameters of the kernel in compiler/serve/kernels
// at compile time: buffers are addresses, counts are i32 and may be constants, flags and lists of numbers are
// constants.

import type * as kernels from "../../serve/kernels.ts";
import type { KernelName } from "../../serve/kernels.ts";
import type { FunctionBuilder } from "./builder.ts";
import type { I32 } from "./code.ts";

type Twin<P> = P extends Float32Array | Int32Array
  ? I32
  : P extends number
    ? I32
    : P extends readonly number[]
      ? readonly number[]
      : P extends boolean
        ? boolean
        : never;

type Twins<P extends readonly unknown[]> = { [I in keyof P]: Twin<P[I]> };

export type KernelTwin<K extends KernelName> = (
  f: FunctionBuilder,
  ...values: Twins<Parameters<(typeof kernels)[K]>>
) => void;
