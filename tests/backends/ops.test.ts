// Every op on every back end, and in every way in which that runs.

import { describe, expect, test } from "vitest";
import { lanes } from "../../compiler/backends/wasm/lanes.ts";
import type { OpName } from "../../compiler/middle/graph/attributes.ts";
import { isElementwise, ops } from "../../compiler/middle/ops/registry.ts";
import { describeOps } from "./op-suite.ts";
import { runners } from "./runners.ts";

// One that Python computes is tested elsewhere (see `runners`), and vitest fails an empty suite.
const here = Object.entries(runners).filter(([, ways]) => ways.length > 0);

describe.each(here)("%s", (_, ways) => {
  for (const way of ways) describeOps(way);
});

test("WebAssembly computes four numbers at a time of every op that works number by number, and of no other", () => {
  const elementwise = (Object.keys(ops) as OpName[]).filter(isElementwise);
  expect(Object.keys(lanes).sort()).toEqual(elementwise.sort());
});
