// Products of training over shapes drawn at random (tails of rows, of columns and of lanes, more columns than any tile has) give
// WebAssembly's bits in C for vectors of every width, and touch nothing between the places of their values.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModuleBuilder } from "../../compiler/backends/code/builder.ts";
import type { CodeModule } from "../../compiler/backends/code/code.ts";
import { i32 } from "../../compiler/backends/code/expressions.ts";
import { productOfRows, productOverRows } from "../../compiler/backends/code/kernels/gemm.ts";
import { type Machine, machines } from "../../compiler/backends/code/machine.ts";
import { encode } from "../../compiler/backends/wasm/encode.ts";
import {
  compileModule,
  functionsOf,
  MOST_PAGES,
  newMemory,
} from "../../compiler/backends/wasm/training/machine.ts";
import { compilerNames, differencesInC, recorded } from "../support/c-code.ts";
import { runs, seed } from "../support/how-often.ts";

const sizes = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom(15, 16, 17, 31, 32, 33, 47, 48, 49));
const shapes = fc.record({ rows: fc.integer({ min: 0, max: 60 }), inner: sizes, outer: sizes });
type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

/** Bytes beyond the end of a value that a kernel may read; it touches nothing further. */
const ROOM = 64;
const GAP = 256;
const PAGES = 8;

/** The factors and results of A·B and of Aᵀ·B, each followed by its gap. */
function placesOf({ rows, inner, outer }: Shape) {
  let end = GAP;
  const gaps: (readonly [number, number])[] = [[0, GAP]];
  const place = (numbers: number) => {
    const at = end;
    gaps.push([at + 4 * numbers + ROOM, at + 4 * numbers + ROOM + GAP]);
    end += 4 * numbers + ROOM + GAP;
    return i32.const(at);
  };
  const [a, weights, b] = [place(rows * inner), place(inner * outer), place(rows * outer)];
  return { ...{ a, weights, b, product: place(rows * outer), over: place(inner * outer) }, gaps };
}

function codeOf(shape: Shape, machine: Machine): CodeModule {
  const { rows, inner, outer } = shape;
  const { a, weights, b, product, over } = placesOf(shape);
  const module = new ModuleBuilder(0, machine);
  module.export(
    "run",
    module.function(0, (f) => {
      f.call(productOfRows(module, inner, outer), product, a, weights, i32.const(rows));
      // Overwritten, then added to.
      for (const first of [1, 0])
        f.call(productOverRows(module, inner, outer), over, a, b, i32.const(rows), i32.const(first));
    }),
  );
  return module;
}

describe.skipIf(compilerNames.length === 0)("products of any shape", () => {
  const drawn = fc.sample(shapes, runs(10));
  test.each(compilerNames)(
    "%s",
    async (name) => {
      const found = [];
      for (const shape of drawn) {
        const memory = newMemory(PAGES, false);
        new Float32Array(memory.buffer).forEach((_, i, all) => {
          all[i] = Math.sin(i + seed);
        });
        const [recording] = await recorded(() => {
          const bytes = encode(codeOf(shape, machines.wasm), { shared: false, mostPages: MOST_PAGES }).plain;
          const program = { kind: "wasm", module: compileModule(bytes) } as const;
          functionsOf(program, memory)["run"]!();
        });
        const { gaps } = placesOf(shape);
        const calls = recording!.runs.map((run) => ({ ...run, gaps }));
        for (const machine of [machines.sse2, machines.avx2, machines.avx512])
          found.push({ code: codeOf(shape, machine), runs: calls });
      }
      const options = ["-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover"];
      expect(differencesInC(found, { name, options })).toEqual([]);
    },
    600_000,
  );
});
