// Every op on every back end: `npm test` has one kind of rows an op where TensorFlow or ONNX Runtime computes,
// which take long to start a Graph. What differs in how a back end runs is in op-variants.test.ts.

import { describe, expect, test } from "vitest";
import { lanes } from "../../compiler/backends/wasm/lanes.ts";
import type { OpName } from "../../compiler/middle/graph/attributes.ts";
import { isElementwise, ops } from "../../compiler/middle/ops/registry.ts";
import { sweepKinds } from "../support/how-often.ts";
import { casesOf, describeOps } from "./op-suite.ts";
import { isVariant, runners } from "./runners.ts";

// One that Python computes is tested elsewhere (see `runners`), and vitest fails an empty suite.
const here = Object.entries(runners).filter(([, ways]) => ways.length > 0);

describe.each(here)("%s", (name, ways) => {
  const startsSlowly = name === "tensorflow" || name === "onnx";
  for (const way of ways.filter((each) => !isVariant(each)))
    describeOps(way, startsSlowly ? sweepKinds(casesOf(way), ({ op }) => op) : casesOf(way));
});

test("WebAssembly computes four numbers at a time of every op that works number by number, and of no other", () => {
  const elementwise = (Object.keys(ops) as OpName[]).filter(isElementwise);
  // Only a training step has these two; its loops compute them (`wasm/members.ts`).
  const ofTraining = ["dropout", "sigmoid_gradient"];
  expect([...Object.keys(lanes), ...ofTraining].sort()).toEqual(elementwise.sort());
});
