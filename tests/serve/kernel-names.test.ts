// A kernel is called as the op that it computes, so that one name finds an op in the Graph, in generated code and in WebAssembly.

import { expect, test } from "vitest";
import { ops } from "../../compiler/middle/ops/registry.ts";
import * as kernels from "../../compiler/serve/kernels.ts";

/** Kernels that several ops share, that are one form of an op, or a part of one. */
const shared = [
  ...["repeatRows", "takeStep", "writeStep", "attend", "facedSteps"],
  ...[
    "lookupRows",
    "sumOfElements",
    "weightedSumOfElements",
    "maxOfElements",
    "listOfElements",
    "listOfRows",
    "sumOfRows",
    "weightedSumOfRows",
    "maxOfRows",
  ],
];

test("kernels are called as their ops", () => {
  const inCamelCase = (op: string) => op.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const named = new Set(Object.keys(ops).map(inCamelCase));
  const others = Object.keys(kernels).filter((kernel) => !named.has(kernel));
  expect(others.sort()).toEqual([...shared].sort());
});
