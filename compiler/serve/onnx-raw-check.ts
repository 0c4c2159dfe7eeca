// Checks this folder: the tensors of golden requests give their logits. Run: npm install && node --test model.test.js

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { OUTPUTS } from "./model/onnx-outputs.ts";

interface Given {
  readonly type: "string" | "int64" | "double" | "float" | "int32";
  readonly dims: readonly number[];
  readonly data: readonly (string | number | null)[];
}

interface Golden {
  readonly tolerance: { readonly absolute: number; readonly relative: number };
  readonly requests: readonly {
    readonly tensors: Readonly<Record<string, Given>>;
    readonly logits: readonly (readonly [string, readonly number[]])[];
  }[];
}

const golden = JSON.parse(readFileSync(new URL("./model.golden.json", import.meta.url), "utf8")) as Golden;
const session = await InferenceSession.create(fileURLToPath(new URL("./model.onnx", import.meta.url)));

/** JSON has no NaN, for which null stands. */
function tensorOf({ type, dims, data }: Given): Tensor {
  const numbers = () => data.map((value) => (value === null ? Number.NaN : Number(value)));
  switch (type) {
    case "string":
      return new Tensor("string", data.map(String), dims);
    case "int64":
      return new Tensor("int64", BigInt64Array.from(numbers(), BigInt), dims);
    case "double":
      return new Tensor("float64", Float64Array.from(numbers()), dims);
    case "float":
      return new Tensor("float32", Float32Array.from(numbers()), dims);
    case "int32":
      return new Tensor("int32", Int32Array.from(numbers()), dims);
  }
}

for (const [i, { tensors, logits }] of golden.requests.entries()) {
  test(`golden request ${i}`, async () => {
    const given = Object.entries(tensors).map(([name, each]) => [name, tensorOf(each)] as const);
    const results = await session.run(Object.fromEntries(given));
    const { absolute, relative } = golden.tolerance;
    for (const [label, expected] of logits) {
      const { own } = OUTPUTS.find((output) => output.label === label)!;
      const found = results[own]!.data as Float32Array;
      assert.equal(found.length, expected.length);
      for (const [at, value] of expected.entries())
        assert.ok(
          Math.abs(found[at]! - value) <= absolute + relative * Math.abs(value),
          `number ${at}: logit ${found[at]} for ${label} instead of ${value}`,
        );
    }
  });
}
