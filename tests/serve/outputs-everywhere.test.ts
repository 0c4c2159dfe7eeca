// One spec with outputs of every kind: a number, a vector, a probability and the parts of a distribution of candidates,
// and a vector and a number of the user alone. Every target has the numbers of the reference. PyTorch's are in
// tests/torchrec/models.test.ts, and those of Go, Rust and Java in tests/serve/bindings/packages.test.ts.

import { afterAll, describe, expect, test } from "vitest";
import { graphForms } from "../../compiler/backends/contract/emit-options.ts";
import { referenceOf } from "../../compiler/backends/golden/reference.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { itemModel } from "../../compiler/backends/two-tower/items.ts";
import { Random } from "../../compiler/common/random.ts";
import { scorerOf } from "../onnx/compiled.ts";
import { isThere } from "../support/c-code.ts";
import { CModule } from "../support/c-module.ts";
import { emittedBy } from "../support/emitted.ts";
import { byLabel, compiledFrom, type Generated, trainedOf, worstDifference } from "./compiled.ts";
import { loadModule } from "./load-module.ts";

const SPEC = `model everywhere
features user {
  user_id : id  embed 4
  age     : number |> standardize
}
features item {
  item_id : id  embed 4
  price   : number |> log1p
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
label spent : number |> log1p
net {
  let user           = concat(user_id, age, mean(clicks)) |> mlp([6], tanh)
  let item           = concat(item_id, price) |> dense(6)
  let mean           = concat(user, item) |> dense(1)
  let spread         = 0.1 + softplus(concat(user, item) |> dense(1))
  predict click      = dot(user, item) |> sigmoid
  predict spent      = mean
  output user_vector = user
  output warmth      = dot(user, user)
  output margin      = mean / spread
  output bounds      = concat(mean - spread, mean + spread)
  output sure        = concat(user, item) |> dense(1) |> sigmoid
  output chances     = concat(user, item) |> dense(3) |> softmax
  loss likely        = (spent - mean) * (spent - mean) / spread + log(spread)
  loss others        = 0 - log(sure) - total(log(chances))
}`;

/** The numbers of each output for n candidates. */
const sizes = (n: number) => ({
  ...{ user_vector: 6, warmth: 1, margin: n, bounds: 2 * n, sure: n, chances: 3 * n },
});

const trained = trainedOf(SPEC);
const reference = referenceOf(trained);
const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(1, "everywhere"));
const requests = [0, 2, 7].map((steps) => sampler.make({ candidates: 4, steps: () => steps, unseen: 0.2 }));
const names = Object.keys(sizes(1));

/** The largest |found − expected| as a share of what is allowed. */
function worst(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Array.from(expected, (x, i) => Math.abs(found[i]! - x) / (2e-5 + 1e-5 * Math.abs(x))).reduce(
    (a, b) => Math.max(a, b),
  );
}

test("the reference has every output", () => {
  const found = reference(requests[0]!);
  expect(Object.fromEntries(names.map((name) => [name, found.get(name)!.length]))).toEqual(sizes(4));
});

test("the module in TypeScript has their numbers, on each of its back ends", async () => {
  const subject = await compiledFrom(trained);
  for (const backend of ["auto", "typescript"] as const) {
    const ranker = await subject.module.createRanker({ weights: subject.weights, backend });
    for (const request of requests) {
      expect(worstDifference({ ...subject, ranker }, request)).toBeLessThan(1);
      const found = byLabel(subject, ranker.rank(request));
      for (const name of names)
        expect(worst(found.get(name)!, reference(request).get(name)!)).toBeLessThan(1);
    }
  }
});

describe.skipIf(!isThere("gcc"))("the library in C", () => {
  const modules: CModule[] = [];
  afterAll(() => {
    for (const module of modules) module.remove();
  });

  test("has their numbers, by its golden requests", async () => {
    const module = await CModule.of(trained);
    modules.push(module);
    expect(module.golden("gcc", "-std=c99", "-O0")).toMatchObject({ code: 0, err: "" });
    // It compares those of the request too.
    expect(String(module.compiled.files.get("test.c"))).toContain("everywhere_outputs(session, scores");
  });
});

test.each(graphForms)("the graph of ONNX has their numbers, %s", async (form) => {
  const scorer = await scorerOf(trained, form);
  for (const request of requests) {
    const found = await scorer.scores(request);
    for (const [name, expected] of reference(request))
      expect(worst(found.get(name)!.logits, expected), name).toBeLessThan(1);
  }
  await scorer.close();
});

test("the user's half of two towers has those of the request, beside scores by vectors", async () => {
  const { files } = await emittedBy("two-tower", trained);
  const module = await loadModule<Generated>(files.get("model.js") as string);
  const ranker = await module.createRanker({ weights: files.get("model.weights.bin") });
  const items = itemModel(trained.model, trained.predict, trained.calibration);
  const vectorsOf = referenceOf({ ...trained, model: items.model, predict: items.predict });
  for (const request of requests) {
    const columns = [...vectorsOf({ ...request, history: {} }).values()];
    const vector = Float32Array.from(request.candidates.flatMap((_, i) => columns.map((each) => each[i]!)));
    const given = { ...request, candidates: { columns: { vector } } };
    const found = ranker.logits(given) as Readonly<Record<string, Float32Array>>;
    expect(Object.keys(found).toSorted()).toEqual(["click", "user_vector", "warmth"]);
    for (const [name, numbers] of Object.entries(found))
      expect(worst(numbers, reference(request).get(name)!), name).toBeLessThan(1);
    const none = ranker.rank({ ...request, candidates: { columns: { vector: new Float32Array(0) } } });
    expect((none as typeof found)["warmth"]).toEqual(found["warmth"]);
  }
});
