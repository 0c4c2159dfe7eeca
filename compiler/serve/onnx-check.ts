// Checks this folder: golden requests, damaged vocabularies. Run: npm install && node --test model.test.js

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { createEncoder, type Request } from "./model/onnx-inputs.ts";
import { OUTPUTS } from "./model/onnx-outputs.ts";

interface Golden {
  readonly tolerance: { readonly absolute: number; readonly relative: number };
  readonly requests: readonly {
    readonly request: Request;
    readonly logits: readonly (readonly [string, readonly number[]])[];
  }[];
}

const data = readFileSync(new URL("./inputs.bin", import.meta.url));
const golden = JSON.parse(readFileSync(new URL("./model.golden.json", import.meta.url), "utf8")) as Golden;
const encoder = createEncoder(data);
const session = await InferenceSession.create(fileURLToPath(new URL("./model.onnx", import.meta.url)));

async function scores(request: Request): Promise<Record<string, Float32Array>> {
  const feeds = Object.entries(encoder.feeds(request)).map(
    ([name, { type, data: values, dims }]) => [name, new Tensor(type, values as never, dims)] as const,
  );
  const results = await session.run(Object.fromEntries(feeds));
  return Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]),
  );
}

function isClose(found: number, expected: number): boolean {
  const { absolute, relative } = golden.tolerance;
  return Math.abs(found - expected) <= absolute + relative * Math.abs(expected);
}

for (const [i, { request, logits }] of golden.requests.entries()) {
  test(`golden request ${i}`, async () => {
    const found = await scores(request);
    for (const [label, expected] of logits) {
      const { own, probability, width, per } = OUTPUTS.find((output) => output.label === label)!;
      const values = found[own]!;
      assert.equal(values.length, (per === "request" ? 1 : request.candidates.length) * width);
      for (const [i, value] of expected.entries()) {
        const score = values[i]!;
        assert.ok(
          isClose(score, value),
          `candidate ${Math.floor(i / width)}: logit ${score} for ${label} instead of ${value}`,
        );
        if (probability === null) continue;
        const classes = values.subarray(i - (i % width), i - (i % width) + width);
        const others =
          width === 1
            ? 1 + Math.exp(-score)
            : classes.reduce((sum, other) => sum + Math.exp(other - score), 0);
        assert.ok(Math.abs(found[probability]![i]! - 1 / others) < 1e-6);
      }
    }
  });
}

test("changed vocabularies are refused", () => {
  const changed = new Uint8Array(data);
  changed[changed.length - 1]! ^= 1;
  assert.throws(() => createEncoder(changed), { name: "RankerWeightsError" });
  assert.throws(() => createEncoder(data.subarray(0, 20)), { name: "RankerWeightsError" });
});
