// Every correct spec of tests/good and every model of the zoo, as ONNX in both forms: onnxruntime, which shares no code with
// dinc, gives the logits of the f64 reference.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TrainedModel } from "../../runtime/compile/compile-model.ts";
import { RequestMaker, type RequestShape } from "../../runtime/compile/made-up-requests.ts";
import { referenceOf } from "../../runtime/compile/reference.ts";
import { Random } from "../../runtime/random.ts";
import { trainedOf } from "../serve/compiled.ts";
import { specs } from "../serve/specs.ts";
import { forms, type Scorer, scorerOf } from "./compiled.ts";

const good = join(import.meta.dirname, "../good");
const zoo = join(import.meta.dirname, "../../examples/zoo");
const dinFiles = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(".din"));

const shapes: readonly RequestShape[] = [
  { candidates: 1, steps: () => 0, unseen: 0 },
  { candidates: 3, steps: () => 1, unseen: 0.1 },
  { candidates: 3, steps: (max) => max + 2, unseen: 0 },
  { candidates: 3, steps: (max) => Math.min(max, 5), unseen: 1 },
  { candidates: 200, steps: (max) => Math.min(max, 20), unseen: 0.1 },
];

describe("a spec of tests/good", () => {
  test.each(dinFiles(good))("%s", async (name) => {
    await holds(trainedOf(readFileSync(join(good, name), "utf8")), name);
  });
});

describe("a model of the zoo", () => {
  test.each(dinFiles(zoo))("%s", async (name) => {
    await holds(trainedOf(readFileSync(join(zoo, name), "utf8")), name);
  });
});

describe("a way in which users, histories and candidates meet", () => {
  test.each(Object.keys(specs))("%s", async (name) => {
    await holds(trainedOf(specs[name as keyof typeof specs]), name);
  });
});

async function holds(trained: TrainedModel, name: string): Promise<void> {
  const { model, fitted } = trained;
  const reference = referenceOf(trained);
  for (const form of forms) {
    const scorer = await scorerOf(trained, form);
    const maker = new RequestMaker(model, fitted, Random.of(3, name));
    for (const shape of shapes) {
      const request = maker.make(shape);
      const expected = reference(request);
      expect(await worst(scorer, request, expected), `${form}, ${shape.candidates} candidates`).toBeLessThan(
        1,
      );
    }
    await scorer.close();
  }
}

/** The largest |logit − reference| as a share of what is allowed, which probabilities must fit too. */
async function worst(
  scorer: Scorer,
  request: unknown,
  expected: ReadonlyMap<string, ArrayLike<number>>,
): Promise<number> {
  const found = await scorer.scores(request);
  let largest = 0;
  for (const [label, logits] of expected) {
    const scores = found.get(label)!;
    expect(scores.logits).toHaveLength(logits.length);
    expect(scores.probabilities).toHaveLength(logits.length);
    for (let i = 0; i < logits.length; i++) {
      const logit = scores.logits[i]!;
      const share = Math.abs(logit - logits[i]!) / (2e-5 + 1e-5 * Math.abs(logits[i]!));
      largest = Number.isNaN(share) ? Number.POSITIVE_INFINITY : Math.max(largest, share);
      expect(Math.abs(scores.probabilities[i]! - 1 / (1 + Math.exp(-logit)))).toBeLessThan(1e-6);
    }
  }
  return largest;
}
