// Every correct spec of tests/good and every model of the zoo, as ONNX in both forms: onnx's own checker
// accepts it and infers the types that dinc declares, and onnxruntime, which shares no code with dinc, gives
// the logits of the f64 reference.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { graphForms } from "../../compiler/backends/contract/emit-options.ts";
import { referenceOf } from "../../compiler/backends/golden/reference.ts";
import { RequestSampler, type RequestShape } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { trainedOf } from "../serve/compiled.ts";
import { specs } from "../serve/specs.ts";
import { sweep } from "../support/how-often.ts";
import { checkModels } from "./checker.ts";
import { type Scores, scorerOf } from "./compiled.ts";

const good = join(import.meta.dirname, "../good");
const zoo = join(import.meta.dirname, "../../examples/zoo");
const written = mkdtempSync(join(tmpdir(), "dinc-onnx-"));
afterAll(() => rmSync(written, { recursive: true, force: true }));

const dinFiles = (kind: string, folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".din"))
    .map((name) => ({ name: `${kind}.${name}`, text: readFileSync(join(folder, name), "utf8") }));
const models = sweep([
  ...dinFiles("good", good),
  ...dinFiles("zoo", zoo),
  ...Object.entries(specs).map(([name, text]) => ({ name: `meeting.${name}`, text })),
]);

const shapes: readonly RequestShape[] = [
  { candidates: 1, steps: () => 0, unseen: 0 },
  { candidates: 3, steps: () => 1, unseen: 0.1 },
  { candidates: 3, steps: (max) => Math.min(max, 50) + 2, unseen: 0 },
  { candidates: 3, steps: (max) => Math.min(max, 5), unseen: 1 },
  { candidates: 200, steps: (max) => Math.min(max, 4), unseen: 0.1 },
];

describe("onnxruntime gives the reference's scores", () => {
  test.each(models)("$name", async ({ name, text }) => {
    const trained = trainedOf(text);
    const reference = referenceOf(trained);
    const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(3, name));
    const cases = shapes.map((shape) => {
      const request = sampler.make(shape);
      return { shape, request, expected: reference(request) };
    });
    for (const form of graphForms) {
      const scorer = await scorerOf(trained, form);
      writeFileSync(join(written, `${name}.${form}.onnx`), scorer.bytes);
      for (const { shape, request, expected } of cases)
        expect(
          worst(await scorer.scores(request), expected),
          `${form}, ${shape.candidates} candidates`,
        ).toBeLessThan(1);
      await scorer.close();
    }
  });
});

test("onnx's checker accepts every one of these models, and infers the types that they declare", async () => {
  const files = readdirSync(written).sort();
  expect(files).toEqual(
    models.flatMap(({ name }) => graphForms.map((form) => `${name}.${form}.onnx`)).sort(),
  );
  const results = await checkModels(files.map((file) => join(written, file)));
  expect(results).toHaveLength(files.length);
  for (const [i, { wrong, values, sizes }] of results.entries()) {
    expect(wrong, files[i]).toEqual([]);
    expect(values, files[i]).toBeGreaterThan(0);
    // Widths, at least.
    expect(sizes, files[i]).toBeGreaterThanOrEqual(values / 2);
  }
}, 600_000);

/** The largest |logit − reference| as a share of what is allowed, which probabilities must fit too. */
function worst(found: Scores, expected: ReadonlyMap<string, ArrayLike<number>>): number {
  let largest = 0;
  for (const [label, reference] of expected) {
    const { width, logits, probabilities } = found.get(label)!;
    expect(logits).toHaveLength(reference.length);
    if (probabilities !== null) expect(probabilities).toHaveLength(reference.length);
    for (const [i, logit] of logits.entries()) {
      const off = Math.abs(logit - reference[i]!) / (2e-5 + 1e-5 * Math.abs(reference[i]!));
      largest = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(largest, off);
      const own = Array.from(logits.subarray(i - (i % width), i - (i % width) + width));
      const others = width === 1 ? [0, logit] : own;
      const share = 1 / others.reduce((sum, other) => sum + Math.exp(other - logit), 0);
      if (probabilities !== null) expect(Math.abs(probabilities[i]! - share)).toBeLessThan(1e-6);
    }
  }
  return largest;
}
