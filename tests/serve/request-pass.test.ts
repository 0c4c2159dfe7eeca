// The pass from examples to a request: the same numbers, with what the user alone decides computed once.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { referenceOf } from "../../compiler/backends/golden/reference.ts";
import { type RawRequest, RequestEncoder } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { candidateAxis } from "../../compiler/middle/graph/batch-axis.ts";
import type { Graph, Node } from "../../compiler/middle/graph/graph.ts";
import { requestLayout } from "../../compiler/middle/graph/layout.ts";
import { outputNames } from "../../compiler/middle/graph/outputs.ts";
import { rankingPasses, runPasses } from "../../compiler/middle/passes/pipeline.ts";
import { toRequest } from "../../compiler/middle/passes/request.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import { sweep } from "../support/how-often.ts";
import { trainedOf } from "./compiled.ts";
import { specs } from "./specs.ts";

type Trained = ReturnType<typeof trainedOf>;

const isItem =
  ({ model }: Trained) =>
  (input: string) =>
    model.features.get(input)?.scope === "item";

/** Logits of a ranking program: inputs of the request once, those of candidates for each. */
function rank(graph: Graph, trained: Trained, request: RawRequest): ReadonlyMap<string, Float64Array> {
  const { model, fitted, parameters, tables } = trained;
  const { examples, lengths, columns, rowOf } = new RequestEncoder(model, fitted).encode(request);
  const once = (input: string, values: Float64Array) => {
    if (isItem(trained)(input)) return values;
    return values.subarray(0, values.length / examples);
  };
  const axis = model.requests === null ? null : candidateAxis(model.requests.by);
  const layout = requestLayout({
    candidates: examples,
    steps: {
      ...Object.fromEntries([...lengths].map(([history, [steps]]) => [history, steps ?? 0])),
      ...(axis === null ? {} : { [axis]: examples }),
    },
    tables: Object.fromEntries([...tables].map(([name, { values, width }]) => [name, values.length / width])),
    elements: Object.fromEntries(
      [...rowOf].map(([set, { length }]) => [set, isItem(trained)(set) ? length : length / examples]),
    ),
  });
  const feeds = {
    inputs: Object.fromEntries([
      ...columns.map(({ input, values }) => [input, once(input, values)] as const),
      ...[...rowOf].map(([set, rows]) => [inputNames.rowOf(set), once(set, rows)] as const),
      ...(axis === null
        ? []
        : [[inputNames.batch(axis), Float64Array.from(Array(examples).keys())] as const]),
    ]),
    parameters: Object.fromEntries(parameters),
    tables: Object.fromEntries([...tables].map(([name, { values }]) => [name, values])),
  };
  return evaluate(graph, feeds, layout).outputs;
}

describe.each(Object.entries(specs))("%s", (_, spec) => {
  const trained = trainedOf(spec);
  const plain = validate(toRequest(trained.predict, isItem(trained)));
  const optimised = rankingProgram(trained.model, trained.predict);
  const reference = referenceOf(trained);
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(5, "request pass"));

  test.each([
    ["plain", plain],
    ["optimised", optimised],
  ])("%s: equal to the Graph over examples in f64", (_, graph) => {
    for (const steps of [0, 1, 6]) {
      const request = sampler.make({ candidates: 4, steps: () => steps, unseen: 0.2 });
      const found = rank(graph, trained, request);
      for (const [label, expected] of reference(request)) {
        const logits = found.get(outputNames.logit(label))!;
        // A score that no candidate changes still has one row for each.
        expect(logits.length).toBe(4);
        for (const [i, logit] of logits.entries())
          expect(Math.abs(logit - expected[i]!)).toBeLessThan(1e-12 * Math.max(1, Math.abs(logit)));
      }
    }
  });
});

const zoo = join(import.meta.dirname, "../../examples/zoo");

describe.each(sweep(readdirSync(zoo).filter((name) => name.endsWith(".din"))))("%s", (name) => {
  const trained = trainedOf(readFileSync(join(zoo, name), "utf8"));
  const plain = validate(toRequest(trained.predict, isItem(trained)));
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(7, name));
  const requests = [0, 1, 5].map((steps) => sampler.make({ candidates: 3, steps: () => steps, unseen: 0.2 }));

  function expectSame(graph: Graph, allowed: number): void {
    for (const request of requests) {
      const expected = rank(plain, trained, request);
      for (const [label, logits] of rank(validate(graph), trained, request))
        for (const [i, logit] of logits.entries()) {
          const wanted = expected.get(label)![i]!;
          expect(Math.abs(logit - wanted)).toBeLessThan(allowed * Math.max(1, Math.abs(wanted)));
        }
    }
  }

  test.each(rankingPasses.map(({ name }) => name))("%s keeps scores, alone and left out", (pass) => {
    expectSame(rankingPasses.find((each) => each.name === pass)!.run(plain), 1e-10);
    expectSame(runPasses(plain, rankingPasses, new Set([pass])), 1e-10);
  });

  test("all passes keep scores", () => {
    expectSame(runPasses(plain, rankingPasses), 1e-10);
  });
});

test("BST asks one query of a candidate, and projects each click once for all of them", () => {
  const trained = trainedOf(readFileSync(join(zoo, "bst.din"), "utf8"));
  const graph = rankingProgram(trained.model, trained.predict);
  expect(rowsOf(graph, "attention")).toEqual(["each candidate"]);
  expect(new Set(rowsOf(graph, "matmul"))).toEqual(
    new Set(["steps request", "each candidate", "each request"]),
  );
});

/** Rows of the nodes with this op. */
function rowsOf(graph: Graph, op: Node["op"]): string[] {
  return graph.nodes
    .filter((node) => node.op === op)
    .map(({ type: { rows } }) => ("per" in rows ? `${rows.kind} ${rows.per}` : rows.kind));
}

describe("what is computed once", () => {
  test("histories are looked up for the request, candidates for each", () => {
    const trained = trainedOf(specs.din);
    const lookups = rowsOf(rankingProgram(trained.model, trained.predict), "lookup");
    expect(lookups.filter((rows) => rows === "steps request")).toHaveLength(2);
    expect(lookups.filter((rows) => rows === "each candidate")).toHaveLength(2);
    expect(lookups.filter((rows) => rows === "each request")).toHaveLength(3);
    expect(lookups).not.toContain("steps candidate");
  });

  test("a model that looks at the user only ranks with one row", () => {
    const trained = trainedOf(specs["candidates that do not matter"]);
    const graph = rankingProgram(trained.model, trained.predict);
    const perCandidate = graph.nodes.filter(
      ({ type: { rows } }) => "per" in rows && rows.per === "candidate",
    );
    expect(perCandidate.map(({ op }) => op)).toEqual(["repeat_candidates"]);
  });

  test("after the operands are split, no product with a step's weights is repeated for each candidate", () => {
    const trained = trainedOf(specs.din);
    const graph = rankingProgram(trained.model, trained.predict);
    const products = rowsOf(graph, "matmul");
    expect(products).toContain("steps request");
  });

  test("statistics of a batch cannot be ranked with", () => {
    const trained = trainedOf(specs.din);
    const forward = lower(trained.model);
    expect(() => toRequest(forward, isItem(trained))).toThrow(/batch_mean mixes the rows/);
  });
});
