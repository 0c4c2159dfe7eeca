// Every op with samples seventeen times as wide, on the back ends whose kernels are dinc's own.

import { expect, test } from "vitest";
import { sweep } from "../support/how-often.ts";
import { describeWideOps, wideCasesOf } from "./op-suite.ts";
import { runners } from "./runners.ts";

const ways = Object.values(runners).flat();

for (const way of ways) describeWideOps(way, sweep(wideCasesOf(way)));

test("WebAssembly is tried, in training and in ranking", () => {
  const tried = ways.filter((way) => wideCasesOf(way).length > 0).map(({ name }) => name);
  expect(tried).toEqual(expect.arrayContaining(["wasm", "simd"]));
});
