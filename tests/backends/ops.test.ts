// Every op on every back end: `npm test` has one kind of rows an op where TensorFlow or ONNX Runtime computes,
// which take long to start a Graph. What differs in how a back end runs is in op-variants.test.ts.

import { describe } from "vitest";
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
