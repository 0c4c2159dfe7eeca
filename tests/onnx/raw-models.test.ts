// Every correct spec of tests/good and every model of the zoo with `--inputs raw`: onnx's own checker accepts the model, and
// onnxruntime gives the scores that the same model gives for encoded inputs, for known and unknown values, for missing
// ones, and for histories of all lengths.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { RequestSampler, type RequestShape } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { trainedOf } from "../serve/compiled.ts";
import { specs } from "../serve/specs.ts";
import { historyUses } from "../support/history-uses.ts";
import { sweep } from "../support/how-often.ts";
import { checkModels } from "./checker.ts";
import { scorerOf } from "./compiled.ts";
import { rawScorerOf } from "./raw.ts";

const written = mkdtempSync(join(tmpdir(), "dinc-onnx-raw-"));
afterAll(() => rmSync(written, { recursive: true, force: true }));

const dinFiles = (kind: string, folder: string) =>
  readdirSync(join(import.meta.dirname, folder))
    .filter((name) => name.endsWith(".din"))
    .map((name) => ({
      name: `${kind}.${name}`,
      text: readFileSync(join(import.meta.dirname, folder, name), "utf8"),
    }));
const models = [
  ...sweep([...dinFiles("good", "../good"), ...dinFiles("zoo", "../../examples/zoo")]),
  ...[...Object.entries(specs), ...historyUses].map(([name, text]) => ({ name: `meeting.${name}`, text })),
];

const shapes: readonly RequestShape[] = [
  { candidates: 1, steps: () => 0, unseen: 0 },
  { candidates: 3, steps: (max) => Math.min(max, 50) + 2, unseen: 0.1 },
  { candidates: 3, steps: (max) => Math.min(max, 5), unseen: 1 },
  { candidates: 50, steps: (max) => Math.min(max, 4), unseen: 0.1 },
];

describe("raw inputs give the scores of encoded ones", () => {
  test.each(models)("$name", async ({ name, text }) => {
    const trained = trainedOf(text);
    const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(3, name));
    const [encoded, raw] = await Promise.all([scorerOf(trained, "optimised"), rawScorerOf(trained)]);
    writeFileSync(join(written, `${name.replaceAll("/", " ")}.onnx`), raw.bytes);
    for (const shape of shapes) {
      const request = sampler.make(shape);
      const expected = await encoded.scores(request);
      const found = await raw.scores(raw.feeds(request));
      for (const [label, { logits }] of expected) expect(found.get(label)!.logits).toEqual(logits);
    }
    await Promise.all([encoded.close(), raw.close()]);
  });
});

test("onnx's checker accepts every one of these models, and infers the types that they declare", async () => {
  const files = readdirSync(written).sort();
  expect(files).toHaveLength(models.length);
  const results = await checkModels(files.map((file) => join(written, file)));
  for (const [i, { wrong }] of results.entries()) expect(wrong, files[i]).toEqual([]);
}, 600_000);
