// Products that skip the zeros of a relu: the bits of the product of all numbers, whatever the share of zeros.

import { describe, expect, test } from "vitest";
import { ModuleBuilder } from "../../../compiler/backends/code/builder.ts";
import { i32 } from "../../../compiler/backends/code/expressions.ts";
import { matmul } from "../../../compiler/backends/code/kernels/products.ts";
import { sparseMatmul, sparseScratch } from "../../../compiler/backends/code/kernels/sparse.ts";
import { machines } from "../../../compiler/backends/code/machine.ts";
import { RequestSampler } from "../../../compiler/backends/golden/sample-requests.ts";
import { encode, fusedOffsets } from "../../../compiler/backends/wasm/encode.ts";

import { Random } from "../../../compiler/common/random.ts";
import { relaxedForm } from "../../../compiler/serve/wasm.ts";
import { specFiles } from "../../support/spec-files.ts";
import { exportsOf } from "../../support/webassembly.ts";
import { compiledFrom, trainedOf, worstDifference } from "../compiled.ts";

const ROWS = 37;
const widths = [
  [16, 48],
  [19, 51],
  [200, 80],
  [64, 65],
] as const;

interface Products {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly all: (rows: number) => void;
  readonly sparse: (rows: number) => void;
}

describe.each(widths)("%i × %i", (inner, outer) => {
  const places = { x: 4 * sparseScratch(inner) + 64, w: 0, all: 0, sparse: 0, end: 0 };
  places.w = places.x + 4 * ROWS * inner + 64;
  places.all = places.w + 4 * inner * outer + 64;
  places.sparse = places.all + 4 * ROWS * outer + 64;
  places.end = places.sparse + 4 * ROWS * outer + 64;
  const module = new ModuleBuilder(0, machines.wasm);
  const [x, w] = [i32.const(places.x), i32.const(places.w)];
  const all = module.function(1, (f) =>
    matmul(f, i32.const(places.all), x, w, f.parameter(0), i32.const(inner), i32.const(outer), false),
  );
  const sparse = module.function(1, (f) =>
    sparseMatmul(f, i32.const(places.sparse), x, w, f.parameter(0), inner, outer),
  );
  module.export("all", all);
  module.export("sparse", sparse);
  const encoded = encode(module, Math.ceil(places.end / 65536));

  test.each([0, 0.2, 0.4, 0.5, 0.9, 1])("a share of %f is 0", async (share) => {
    for (const bytes of [encoded.plain, relaxedForm(encoded.plain, fusedOffsets(encoded))]) {
      const products = (await exportsOf(bytes)) as unknown as Products;
      const random = Random.of(4, `${inner} ${outer} ${share}`);
      const floats = (at: number, length: number) => new Float32Array(products.memory.buffer, at, length);
      const numbers = floats(places.x, ROWS * inner);
      for (let i = 0; i < numbers.length; i++)
        numbers[i] = random.next() < share ? 0 : Math.abs(random.normal());
      for (const [i] of floats(places.w, inner * outer).entries())
        floats(places.w, inner * outer)[i] = random.normal();
      for (const rows of [0, 1, 15, 16, 17, ROWS]) {
        for (const at of [places.all, places.sparse]) floats(at, ROWS * outer).fill(7);
        products.all(rows);
        products.sparse(rows);
        expect(floats(places.sparse, ROWS * outer)).toEqual(floats(places.all, ROWS * outer));
      }
    }
  });
});

test("a DeepFM with a layer that is wide enough scores as in f64", async () => {
  const [, spec] = specFiles("tests/bench/rank").find(([path]) => path.endsWith("/deepfm.din"))!;
  const subject = await compiledFrom(trainedOf(spec));
  const { model, fitted } = subject.trained;
  const sampler = new RequestSampler(model, fitted, Random.of(5, "sparse"));
  for (const candidates of [1, 3, 16, 300]) {
    const request = sampler.make({ candidates, steps: () => 0, unseen: 0.1 });
    for (const backend of ["auto", "simd", "typescript"] as const) {
      const ranker = await subject.module.createRanker({ weights: subject.weights, backend });
      expect(worstDifference({ ...subject, ranker }, request)).toBeLessThan(1);
    }
  }
});
