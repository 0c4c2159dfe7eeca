// Vectors of 8 and 16 lanes in C give the bits that four give in WebAssembly, at the same addresses: the calls that
// WebAssembly computed are computed again by code for other machines. Rows of every width up to 40 have all tails.
// (Models: c-zoo.test.ts.)

import { describe, expect, test } from "vitest";
import { ModuleBuilder } from "../../compiler/backends/code/builder.ts";
import type { CodeModule } from "../../compiler/backends/code/code.ts";
import { i32 } from "../../compiler/backends/code/expressions.ts";
import { packWeights, quantisedMatmul } from "../../compiler/backends/code/kernels/quantised.ts";
import { emitKernel } from "../../compiler/backends/code/kernels/registry.ts";
import { type Machine, machines } from "../../compiler/backends/code/machine.ts";
import { encode } from "../../compiler/backends/wasm/encode.ts";
import {
  compileModule,
  functionsOf,
  MOST_PAGES,
  newMemory,
} from "../../compiler/backends/wasm/training/machine.ts";
import { compilerNames, differencesInC, recorded } from "../support/c-code.ts";

/** With the registers of this machine. */
const ways = compilerNames.map((name) => ({ name, options: ["-O1", "-march=native"] }));

describe.skipIf(ways.length === 0)("rows of every width", () => {
  test.each(ways)("$name $options", async (way) => {
    const memory = newMemory(PAGES, false);
    new Float32Array(memory.buffer).forEach((_, i, all) => {
      all[i] = Math.sin(i) * 3;
    });
    const modules = await recorded(() => {
      const bytes = encode(rowsOfWidths(machines.wasm), { shared: false, mostPages: MOST_PAGES }).plain;
      const { run } = functionsOf({ kind: "wasm", module: compileModule(bytes) }, memory) as {
        run: () => void;
      };
      run();
    });
    const wide = modules.flatMap(({ runs }) =>
      [machines.avx2, machines.avx512].map((machine) => ({ code: rowsOfWidths(machine), runs })),
    );
    expect(wide.flatMap(({ runs }) => runs)).toHaveLength(2);
    expect(differencesInC(wide, way)).toEqual([]);
  });
});

const PAGES = 16;
/** Behind all results. */
const SCRATCH = 15 * 2 ** 16;
const WIDEST = 40;

/** Kernels whose loops go along a row or by its columns, for rows of each width. */
function rowsOfWidths(machine: Machine): CodeModule {
  const module = new ModuleBuilder(SCRATCH, machine);
  const [x, w, first] = [0, 2 ** 16, 2 ** 17].map((address) => i32.const(address));
  const [rows, steps] = [i32.const(5), i32.const(15)];
  const of = (width: number) =>
    module.function(0, (f) => {
      const size = i32.const(width);
      // Results are apart, so that a number too many would be seen.
      let out = first!.constant! + width * 16384;
      const next = () => {
        out += 1024;
        return i32.const(out - 1024);
      };
      emitKernel(f, "exp", [next(), x!, size]);
      emitKernel(f, "sumSteps", [next(), x!, rows, steps, size]);
      emitKernel(f, "takeStep", [next(), x!, rows, steps, i32.const(1), size]);
      emitKernel(f, "sumWidth", [next(), x!, rows, size]);
      emitKernel(f, "matmul", [next(), x!, w!, rows, i32.const(7), size, false]);
      emitKernel(f, "softmaxSteps", [next(), x!, i32.const(1), rows, size]);
      emitKernel(f, "dots", [next(), x!, w!, rows, rows, rows, size]);
      // Some of them have each tail of words and of columns.
      if (width % 7 !== 5) return;
      const packed = i32.const(out + 1024);
      packWeights(f, packed, w!, width, width);
      quantisedMatmul(f, next(), x!, packed, rows, width, width);
    });
  const functions = Array.from({ length: WIDEST }, (_, i) => of(i + 1));
  module.export(
    "run",
    module.function(0, (f) => {
      for (const each of functions) f.call(each);
    }),
  );
  return module;
}
