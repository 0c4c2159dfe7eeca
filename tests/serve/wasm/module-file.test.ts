// model.wasm as an edge worker gives it: a module that is compiled already. It scores as the code that
// model.ts carries, and one of another program is refused.

import { beforeAll, describe, expect, test } from "vitest";
import type { RawRequest } from "../../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../../compiler/common/random.ts";
import { isClose, TOLERANCE } from "../../../compiler/serve/golden.ts";
import { someBits } from "../../support/bits.ts";
import { compileWasm } from "../../support/webassembly.ts";
import { type Compiled, compiled, type Ranker } from "../compiled.ts";
import { specs } from "../specs.ts";

let din: Compiled;
let request: RawRequest;
beforeAll(async () => {
  din = await compiled(specs.din);
  const sampler = new RequestSampler(din.trained.model, din.trained.fitted, Random.of(1, "module file"));
  request = sampler.make({ candidates: 150, steps: (max) => max, unseen: 0.1 });
});

const wasmOf = ({ files }: Compiled, name: string) => compileWasm(files.get(name) as Uint8Array);
const given = async (wasm: unknown): Promise<Ranker> =>
  din.module.createRanker({ weights: din.weights, wasm, verify: true });

describe("a module that is given", () => {
  test("scores as the code in model.ts does, to the bit, in both forms", async () => {
    const simd = await din.module.createRanker({ weights: din.weights, backend: "simd" });
    const plain = await given(await wasmOf(din, "model.wasm"));
    expect([simd.backend, plain.backend]).toEqual(["simd", "module"]);
    expect(plain.logits(request)).toEqual(simd.logits(request));

    const relaxed = await din.module.createRanker({ weights: din.weights });
    const given2 = await given(await wasmOf(din, "model.relaxed.wasm"));
    expect([relaxed.backend, given2.backend]).toEqual(["relaxed-simd", "module"]);
    expect(given2.logits(request)).toEqual(relaxed.logits(request));
    expect(given2.logits(request)).not.toEqual(simd.logits(request));
  });

  test("serves rankers one after the other: each has a memory of its own", async () => {
    const wasm = await wasmOf(din, "model.wasm");
    const [first, second] = [await given(wasm), await given(wasm)];
    const expected = first.logits(request);
    second.logits({ ...request, history: { clicks: [] } });
    expect(first.logits(request)).toEqual(expected);
  });

  test("is refused where it is another model's, be it ever so similar", async () => {
    const others = [specs.softmax, specs.din.replace("dense(7, dice)", "dense(6, dice)")];
    for (const spec of others) {
      const other = await compiled(spec);
      for (const name of ["model.wasm", "model.relaxed.wasm"])
        await expect(given(await wasmOf(other, name))).rejects.toMatchObject({
          name: "RankerWasmError",
          message: "wasm is another model's: take the model.wasm that was compiled with model.ts",
        });
    }
  });

  test("is refused where its code was changed and scores otherwise", async () => {
    const simd = await din.module.createRanker({ weights: din.weights, backend: "simd" });
    const expected = simd.logits(request) as Float32Array;
    const bytes = Uint8Array.from(din.files.get("model.wasm") as Uint8Array);
    const counts = { refused: 0, same: 0 };
    for (const [at, bit] of someBits(bytes, 150)) {
      bytes[at]! ^= bit;
      const wasm = await compileWasm(bytes).catch(() => null);
      bytes[at]! ^= bit;
      if (wasm === null) continue;
      const ranker = await din.module.createRanker({ weights: din.weights, wasm }).catch((error: Error) => {
        expect(error.name, error.message).toBe("RankerWasmError");
        return null;
      });
      if (ranker === null) counts.refused++;
      else {
        const found = ranker.logits(request) as Float32Array;
        expect(
          found.every((x, i) => isClose(x, expected[i]!, TOLERANCE)),
          `bit ${bit} of byte ${at}`,
        ).toBe(true);
        counts.same++;
      }
    }
    expect(counts.refused).toBeGreaterThan(counts.same);
  });

  test("fits every training of its model: weights are no part of it", async () => {
    const trained = await compiled(specs.din, 2);
    expect(trained.files.get("model.wasm")).toEqual(din.files.get("model.wasm"));
    expect(trained.weights).not.toEqual(din.weights);
  });

  test.each([
    ["its bytes", () => din.files.get("model.wasm")],
    ["an instance's exports", () => ({ memory: {}, request: () => {}, candidates: () => {} })],
    ["nothing", () => null],
    ["a path", () => "model.wasm"],
  ])("is refused where it is no module, but %s", async (_, wasm) => {
    await expect(given(wasm())).rejects.toMatchObject({
      name: "RankerWasmError",
      message: "wasm must be a WebAssembly.Module, compiled from model.wasm",
    });
  });
});
