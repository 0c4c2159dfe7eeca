// Every op in the ways that are variants of another one, and with samples seventeen times as wide where kernels are dinc's own.

import { expect, test } from "vitest";
import { sweep } from "../support/how-often.ts";
import { casesOf, describeOps, describeWideOps, wideCasesOf } from "./op-suite.ts";
import { isVariant, runners } from "./runners.ts";

const ways = Object.values(runners).flat();

for (const way of ways.filter(isVariant)) describeOps(way, sweep(casesOf(way)));
for (const way of ways) describeWideOps(way, sweep(wideCasesOf(way)));

test("WebAssembly is tried, in training and in ranking", () => {
  const tried = ways.filter((way) => wideCasesOf(way).length > 0).map(({ name }) => name);
  expect(tried).toEqual(expect.arrayContaining(["wasm", "simd"]));
});
