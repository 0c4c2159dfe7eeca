// A model of two towers: the inner product of its vectors is the whole model's logit, the module for the user
// ranks as the model does, and a model that mixes both is refused at the place.

import { describe, expect, test } from "vitest";
import { referenceOf } from "../../compiler/backends/golden/reference.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { itemModel } from "../../compiler/backends/two-tower/items.ts";
import { userModel } from "../../compiler/backends/two-tower/package.ts";
import { Random } from "../../compiler/common/random.ts";
import { textOf } from "../../compiler/common/source-file.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Generated, Ranker } from "../serve/compiled.ts";
import { trainedOf } from "../serve/compiled.ts";
import { loadModule } from "../serve/load-module.ts";
import { emittedBy } from "../support/emitted.ts";
import { mixed, oneSided, towers } from "./specs.ts";

interface UserRanker extends Ranker {
  userVector(request: unknown): Float32Array;
}

describe.each(Object.entries(towers))("%s", (name, text) => {
  const trained = trainedOf(text);
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(1, name));
  const requests = [0, 3, 9].map((steps) => sampler.make({ candidates: 7, steps: () => steps, unseen: 0.1 }));
  const whole = referenceOf(trained);
  const items = itemModel(trained.model, trained.predict, trained.calibration);
  const ofItems = referenceOf({ ...trained, model: items.model, predict: items.predict });
  const vectorsOf = (request: (typeof requests)[number]) => {
    const columns = [...ofItems({ ...request, history: {} }).values()];
    return request.candidates.map((_, i) => columns.map((column) => column[i]!));
  };

  test("the inner product of both vectors is the model's logit", () => {
    const { model, vector, width } = userModel(trained);
    const tower = referenceOf(model);
    for (const request of requests) {
      const vectors = vectorsOf(request);
      expect(vectors[0]).toHaveLength(width);
      const candidates = request.candidates.map((candidate, i) => ({ ...candidate, [vector]: vectors[i]! }));
      const found = tower({ ...request, candidates }).get("click")!;
      for (const [i, logit] of whole(request).get("click")!.entries()) expect(found[i]).toBeCloseTo(logit, 6);
    }
  });

  test("the generated module scores vectors as the model does, and gives the user's", async () => {
    const { files } = await emittedBy("two-tower", trained);
    const module = await loadModule<Generated>(files.get("model.js") as string);
    const weights = files.get("model.weights.bin");
    const ranker = (await module.createRanker({ weights, verify: true })) as UserRanker;
    for (const request of requests) {
      const vectors = vectorsOf(request);
      const columns = { vector: Float32Array.from(vectors.flat()) };
      const logits = ranker.logits({ ...request, candidates: { columns } }) as Float32Array;
      const user = ranker.userVector(request);
      for (const [i, logit] of whole(request).get("click")!.entries()) {
        expect(Math.abs(logits[i]! - logit)).toBeLessThan(2e-5 + 1e-5 * Math.abs(logit));
        const product = vectors[i]!.reduce((sum, x, k) => sum + x * user[k]!, 0);
        expect(Math.abs(product - logit)).toBeLessThan(2e-5 + 1e-5 * Math.abs(logit));
      }
    }
  });
});

function refusalOf(text: string) {
  try {
    userModel(trainedOf(text));
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics[0]!;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("is refused", () => {
  test.each(Object.entries(mixed))("%s, at the place that mixes", (_, [text, place]) => {
    const { name, location } = refusalOf(text);
    expect(name).toBe("two-tower-mixed");
    expect(location.kind === "text" ? textOf(location.span) : null).toBe(place);
  });

  test.each(Object.entries(oneSided))("what depends on the %s alone", (side, text) => {
    const { name, message } = refusalOf(text);
    expect(name).toBe("two-tower-one-sided");
    expect(message).toContain(`on the ${side} alone`);
  });
});
