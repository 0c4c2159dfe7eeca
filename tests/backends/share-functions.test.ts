// Functions that differ only in numbers become one, and compute what they did.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FunctionBuilder, ModuleBuilder } from "../../compiler/backends/code/builder.ts";
import { f32, i32, store, vector } from "../../compiler/backends/code/expressions.ts";
import { machines } from "../../compiler/backends/code/machine.ts";
import { addressAt, copy, save } from "../../compiler/backends/code/vectors.ts";
import { encode } from "../../compiler/backends/wasm/encode.ts";
import {
  compileModule,
  functionsOf,
  MOST_PAGES,
  newMemory,
} from "../../compiler/backends/wasm/training/machine.ts";
import { runs } from "../support/how-often.ts";

interface Lookup {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly width: number;
  readonly factor: number;
}

/** Copies rows in a loop, then a product with a constant, with a branch and a variable of its own. */
function lookup(f: FunctionBuilder, { from, to, rows, width, factor }: Lookup): void {
  const [source, target] = [f.local(i32.add(f.parameter(0), i32.const(from))), f.local(i32.const(to))];
  f.repeat(i32.const(rows), () => {
    copy(f, target, source, width);
    const scaled = vector.mul(vector.splat(f32.load(source)), f.constant(factor));
    f.if(
      i32.gt(i32.load(source), i32.const(from)),
      () => save(f, addressAt(target), scaled, 1),
      () => f.do(store.i32(i32.add(target, i32.const(4)), i32.const(to))),
    );
    f.advance(source, 4 * width);
    f.advance(target, 4 * width);
  });
}

function moduleOf(lookups: readonly Lookup[]): ModuleBuilder {
  const module = new ModuleBuilder(0, machines.wasm);
  const calls = lookups.map((each) => module.function(1, (f) => lookup(f, each), "lookup"));
  const run = module.function(0, (f) => {
    for (const each of calls) f.repeat(i32.const(2), () => f.call(each, i32.const(64)));
  });
  module.export("run", run);
  return module;
}

function memoryAfter(module: ModuleBuilder): Buffer {
  const memory = newMemory(1, false);
  new Float32Array(memory.buffer).forEach((_, i, all) => {
    all[i] = Math.sin(i) * 3;
  });
  const bytes = encode(module, { shared: false, mostPages: MOST_PAGES }).plain;
  const { run } = functionsOf({ kind: "wasm", module: compileModule(bytes) }, memory) as { run: () => void };
  run();
  return Buffer.from(memory.buffer);
}

const shared = (module: ModuleBuilder) => {
  module.share();
  return module;
};

const places = fc.integer({ min: 0, max: 2000 }).map((word) => 4 * word);
const lookups = fc.record({
  ...{ from: places, to: places.map((place) => 16_384 + place) },
  rows: fc.integer({ min: 2, max: 5 }),
  width: fc.constantFrom(3, 8, 40),
  factor: fc.constantFrom(0.5, -0, 2, Number.NaN),
});

describe("functions that differ only in numbers", () => {
  test("are one, with the numbers as parameters", () => {
    const all = [0, 1, 2, 3, 4].map((i) => ({ from: 400 * i + 4, to: 16_384, rows: 2, width: 8, factor: 2 }));
    const module = shared(moduleOf(all));
    expect(module.functions).toHaveLength(2);
    // Where it reads from and what it compares with is one number.
    expect(module.functions[0]).toMatchObject({ parameters: 2, does: "lookup, and 4 more like it" });
    expect(module.exports).toEqual([{ name: "run", index: 1 }]);
  });

  test("are left alone if they are few, or differ in another number than a whole one", () => {
    const one = { from: 4, to: 16_384, rows: 2, width: 8, factor: 2 };
    const all = [one, { ...one, from: 8 }, { ...one, from: 12 }, { ...one, factor: 3 }];
    expect(shared(moduleOf(all)).functions).toHaveLength(5);
    expect(shared(moduleOf([...all, { ...one, from: 16 }])).functions).toHaveLength(3);
  });

  test("compute the same", () => {
    fc.assert(
      fc.property(fc.array(lookups, { minLength: 1, maxLength: 24 }), (all) => {
        expect(memoryAfter(shared(moduleOf(all))).equals(memoryAfter(moduleOf(all)))).toBe(true);
      }),
      { numRuns: runs(20) },
    );
  });
});
