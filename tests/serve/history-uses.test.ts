// However a network uses a history, by one field, by places alone, within a search, or not at all, every target that ranks
// gives the reference's scores: of lists and of columns, in a session, and by the vectors of two towers.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { graphForms } from "../../compiler/backends/contract/emit-options.ts";
import { referenceOf } from "../../compiler/backends/golden/reference.ts";
import type { RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { itemModel } from "../../compiler/backends/two-tower/items.ts";
import { Random } from "../../compiler/common/random.ts";
import { scorerOf } from "../onnx/compiled.ts";
import { emittedBy } from "../support/emitted.ts";
import { historySpecs, historyUses, towerSpecs, towerUses } from "../support/history-uses.ts";
import { runs } from "../support/how-often.ts";
import { type Compiled, compiled, compiledFrom, type Generated, type Ranker, trainedOf } from "./compiled.ts";
import { loadModule } from "./load-module.ts";

const shapes = [
  { candidates: 3, steps: () => 0, unseen: 0 },
  { candidates: 5, steps: () => 1, unseen: 0.3 },
  { candidates: 40, steps: (max: number) => max, unseen: 0.1 },
  { candidates: 2, steps: (max: number) => max + 3, unseen: 1 },
];

function requestsOf({ model, fitted }: Compiled["trained"], seed: string): RawRequest[] {
  const sampler = new RequestSampler(model, fitted, Random.of(5, seed));
  return shapes.map((shape) => sampler.make(shape));
}

/** As a share of what is allowed. */
function farthest(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  const shares = Array.from(wanted, (x, i) => Math.abs(found[i]! - x) / (2e-5 + 1e-5 * Math.abs(x)));
  return shares.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(0, ...shares);
}

/** By every engine of the module, and by onnxruntime. */
async function checkRanking(spec: string): Promise<void> {
  const subject = await compiled(spec);
  const requests = requestsOf(subject.trained, spec);
  const wanted = requests.map((request) => subject.reference(request).get("click")!);
  for (const backend of ["auto", "simd", "typescript"] as const) {
    const ranker = await subject.module.createRanker({ weights: subject.weights, backend, stats: true });
    for (const [i, request] of requests.entries()) {
      const logits = ranker.logits(request) as Float32Array;
      expect(farthest(logits, wanted[i]!), backend).toBeLessThan(1);
      const history = "encodeHistory" in ranker ? ranker.encodeHistory(request.history) : {};
      const columns = { columns: ranker.encodeCandidates(request.candidates), rows: logits.length };
      expect(ranker.logits({ ...request, history, candidates: columns })).toEqual(logits);
      expect(ranker.user(request).logits(request.candidates)).toEqual(logits);
      // Scored again after others: nothing of them is left.
      expect(ranker.logits(requests[0])).toEqual(ranker.logits(requests[0]));
    }
    expect(ranker.stats()!.requests).toBeGreaterThan(0);
  }
  const fast = await compiledFrom(subject.trained, { mode: "fast" });
  expect(fast.ranker.verify()).toBeLessThan(0.05);
  for (const form of graphForms) {
    const scorer = await scorerOf(subject.trained, form);
    for (const [i, request] of requests.entries())
      expect(farthest((await scorer.scores(request)).get("click")!.logits, wanted[i]!), form).toBeLessThan(1);
    await scorer.close();
  }
}

/** The module for the user, with the vectors of items by the references. */
async function checkTowers(spec: string): Promise<void> {
  const trained = trainedOf(spec);
  const { files } = await emittedBy("two-tower", trained);
  const module = await loadModule<Generated>(files.get("model.js") as string);
  const ranker = (await module.createRanker({
    ...{ weights: files.get("model.weights.bin"), verify: true },
  })) as Ranker & { userVector(request: unknown): Float32Array };
  const items = itemModel(trained.model, trained.predict, trained.calibration);
  const ofItems = referenceOf({ ...trained, model: items.model, predict: items.predict });
  const whole = referenceOf(trained);
  for (const request of requestsOf(trained, spec)) {
    const numbers = [...ofItems({ ...request, history: {} }).values()];
    const vectors = request.candidates.map((_, i) => numbers.map((column) => column[i]!));
    const wanted = whole(request).get("click")!;
    const vector = Float32Array.from(vectors.flat());
    const scores = ranker.logits({ ...request, candidates: { columns: { vector } } });
    expect(farthest(scores as Float32Array, wanted)).toBeLessThan(1);
    const user = ranker.userVector(request);
    const products = vectors.map((each) => each.reduce((sum, x, k) => sum + x * user[k]!, 0));
    expect(farthest(products, wanted)).toBeLessThan(1);
  }
}

describe("each use", () => {
  test.each(historyUses)("%s", (_, spec) => checkRanking(spec));
  test.each(towerUses)("of two towers: %s", (_, spec) => checkTowers(spec));
});

describe("several uses of two histories", () => {
  test("rank as the reference", async () => {
    await fc.assert(fc.asyncProperty(historySpecs, checkRanking), { numRuns: runs(4) });
  });

  test("are towers as the reference", async () => {
    await fc.assert(fc.asyncProperty(towerSpecs, checkTowers), { numRuns: runs(4) });
  });
});

test("a history whose steps are only counted is given as columns by how many there are", async () => {
  const { ranker, trained } = await compiled(new Map(historyUses).get("a history for places")!);
  const [request] = requestsOf(trained, "counted").slice(1);
  const steps = [{}, {}, {}];
  const history = ranker.encodeHistory({ clicks: steps });
  expect(history).toEqual({ clicks: { columns: {}, rows: 3 } });
  const by = (clicks: unknown) => ranker.logits({ ...request, history: { clicks } });
  expect(by({ columns: {}, rows: Int32Array.of(5, 9, 2) })).toEqual(by(steps));
  expect(() => by({ columns: {} })).toThrow(
    expect.objectContaining({ name: "RankerInputError", field: "history.clicks.rows" }),
  );
  expect(() => ranker.logits({ ...request, history: {} })).toThrow(
    expect.objectContaining({ name: "RankerInputError", field: "history.clicks" }),
  );
});
