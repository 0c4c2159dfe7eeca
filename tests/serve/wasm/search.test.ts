// WebAssembly's kernels of a search over long histories, against the plain ones: scores of queries and keys,
// and the best of them, in ascending, falling and equal order, in both forms.

import { describe, expect, test } from "vitest";
import { ModuleBuilder } from "../../../compiler/backends/code/builder.ts";
import type { I32 } from "../../../compiler/backends/code/code.ts";
import { i32 } from "../../../compiler/backends/code/expressions.ts";
import { emitKernel } from "../../../compiler/backends/code/kernels/registry.ts";
import { machines } from "../../../compiler/backends/code/machine.ts";
import { encode, fusedOffsets } from "../../../compiler/backends/wasm/encode.ts";

import { Random } from "../../../compiler/common/random.ts";
import * as kernels from "../../../compiler/serve/kernels.ts";
import { relaxedForm } from "../../../compiler/serve/wasm.ts";
import { exportsOf } from "../../support/webassembly.ts";

const PAGES = 16;
const constant = (number: number): I32 => i32.const(number);

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly run: (...counts: number[]) => void;
}

/** A kernel over buffers at these places of the memory, counts as parameters, then sizes that are known when compiling. */
async function compiled(
  name: "selectSteps" | "dots",
  places: readonly number[],
  counts: number,
  size: number,
): Promise<readonly Kernel[]> {
  const module = new ModuleBuilder(0, machines.wasm);
  module.export(
    "run",
    module.function(counts, (f) =>
      emitKernel(f, name, [
        ...places.map((place) => i32.const(4 * place)),
        ...Array.from({ length: counts }, (_, i) => f.parameter(i)),
        constant(size),
      ]),
    ),
  );
  const encoded = encode(module, PAGES);
  const forms = [encoded.plain, relaxedForm(encoded.plain, fusedOffsets(encoded))];
  return Promise.all(forms.map((bytes) => exportsOf<Kernel>(bytes)));
}

const STEPS = 403;
const random = Random.of(1, "search");
const orders: Readonly<Record<string, (step: number) => number>> = {
  "in any order": () => random.normal(),
  ascending: (step) => step,
  falling: (step) => -step,
  "with ties": () => random.integer(4),
  "alike but for a few": (step) => (step % 97 === 0 ? 1 : 0),
  "partly none": (step) =>
    step % 5 === 0 ? Number.NaN : step % 3 === 0 ? -3.4028234663852886e38 : random.normal(),
};

describe("the best steps", () => {
  for (const count of [1, 3, 16, 50, 500])
    test(`${count} of rows of every order, as the plain kernel has them`, async () => {
      const rows = 2;
      const from = 4 * rows * count;
      for (const [order, score] of Object.entries(orders)) {
        const scores = Float32Array.from({ length: rows * STEPS }, (_, i) => score(i % STEPS));
        const expected = new Float32Array(rows * count);
        kernels.selectSteps(expected, scores, rows, rows * STEPS, count);
        for (const { memory, run } of await compiled("selectSteps", [0, from], 2, count)) {
          const numbers = new Float32Array(memory.buffer).fill(99);
          numbers.set(scores, from);
          run(rows, rows * STEPS);
          expect([...numbers.subarray(0, rows * count + 1)], order).toEqual([...expected, 99]);
        }
      }
    });
});

describe("inner products", () => {
  for (const width of [1, 4, 16, 33])
    test(`of vectors of ${width}, as the plain kernel has them, and none beyond them`, async () => {
      for (const [groups, asked, told] of [
        [1, 1, 1],
        [1, 6, 7],
        [3, 2, 5],
        [2, 9, 4],
        [1, 0, 3],
        [0, 0, 0],
      ] as const) {
        const [queries, keys] = [groups * asked, groups * told];
        const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
        const [q, k] = [draw(queries * width), draw(keys * width)];
        const expected = new Float32Array(queries * told);
        kernels.dots(expected, q, k, groups, queries, keys, width);
        for (const { memory, run } of await compiled("dots", [0, 1000, 4000], 3, width)) {
          const numbers = new Float32Array(memory.buffer).fill(99);
          numbers.set(q, 1000);
          numbers.set(k, 4000);
          run(groups, queries, keys);
          for (const [i, value] of expected.entries()) expect(numbers[i]).toBeCloseTo(value, 4);
          expect(numbers[expected.length]).toBe(99);
        }
      }
    });
});
