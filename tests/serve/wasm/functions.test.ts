// WebAssembly's exp, decay, sigmoid, tanh, log, softplus, sin and cos against f64, over all of f32: what
// math.ts promises of each, in both forms.

import { beforeAll, describe, expect, test } from "vitest";
import { type FunctionBuilder, ModuleBuilder } from "../../../compiler/backends/code/builder.ts";
import type { Vector } from "../../../compiler/backends/code/code.ts";
import { i32, store, vector } from "../../../compiler/backends/code/expressions.ts";
import { machines } from "../../../compiler/backends/code/machine.ts";
import { cos, decay, exp, log, sigmoid, sin, softplus, tanh } from "../../../compiler/backends/code/math.ts";
import { encode, fusedOffsets } from "../../../compiler/backends/wasm/encode.ts";
import { relaxedForm } from "../../../compiler/serve/wasm.ts";
import { exportsOf } from "../../support/webassembly.ts";

const BLOCK = 4096;
/** Of which sin and cos promise what they promise. */
const MOST_ANGLE = 8192;
/** Half the distance of the smallest numbers that f32 has. */
const TINY = 2 ** -150;

interface Subject {
  readonly name: string;
  readonly emit: (f: FunctionBuilder, x: Vector) => Vector;
  readonly exact: (x: number) => number;
  /** How far from `exact` it may be. */
  readonly allowed: (exact: number) => number;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const subjects: readonly Subject[] = [
  {
    name: "exp",
    emit: exp,
    exact: Math.exp,
    allowed: (y) => 2.5e-7 * y + TINY,
    points: [
      [88.73, Number.POSITIVE_INFINITY],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      [-104.1, 0],
      [Number.NEGATIVE_INFINITY, 0],
    ],
  },
  {
    name: "decay",
    emit: (f, x) => decay(f, vector.pmin(x, f.constant(0))),
    exact: (x) => Math.exp(Math.min(x, 0)),
    allowed: () => 2e-7,
    points: [
      [-87.1, 0],
      [Number.NEGATIVE_INFINITY, 0],
    ],
  },
  {
    name: "sigmoid",
    emit: sigmoid,
    exact: (x) => 1 / (1 + Math.exp(-x)),
    allowed: () => 1.2e-7,
    points: [
      [0, 0.5],
      [-0, 0.5],
      [40, 1],
      [Number.POSITIVE_INFINITY, 1],
    ],
  },
  {
    name: "tanh",
    emit: tanh,
    exact: Math.tanh,
    allowed: (y) => 5e-7 * Math.abs(y),
    points: [
      [Number.POSITIVE_INFINITY, 1],
      [Number.NEGATIVE_INFINITY, -1],
    ],
  },
  {
    name: "log",
    emit: log,
    exact: Math.log,
    allowed: (y) => 1e-7 * Math.abs(y),
    points: [
      [1, 0],
      [0, Number.NEGATIVE_INFINITY],
      [-0, Number.NEGATIVE_INFINITY],
      [-1, Number.NaN],
      [-1e-45, Number.NaN],
      [Number.NEGATIVE_INFINITY, Number.NaN],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ],
  },
  {
    name: "softplus",
    emit: softplus,
    exact: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    allowed: (y) => 4e-7 * y + TINY,
    points: [
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      [Number.NEGATIVE_INFINITY, 0],
      [1e30, Math.fround(1e30)],
    ],
  },
  ...(["sin", "cos"] as const).map(
    (name): Subject => ({
      name,
      emit: (f, x) =>
        ({ sin, cos })[name](f, vector.pmin(vector.pmax(x, f.constant(-MOST_ANGLE)), f.constant(MOST_ANGLE))),
      exact: (x) => Math[name](Math.min(Math.max(x, -MOST_ANGLE), MOST_ANGLE)),
      allowed: () => 1.5e-7,
      points: [
        [0, Math[name](0)],
        [MOST_ANGLE, Math.fround(Math[name](MOST_ANGLE))],
      ],
    }),
  ),
];

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly apply: (vectors: number) => void;
}

/** Applies the function to all of `x`, which is a multiple of BLOCK long. */
type Apply = (x: Float32Array) => Float32Array;

async function compiledForms({ emit }: Pick<Subject, "emit">): Promise<Record<"simd" | "relaxed", Apply>> {
  const module = new ModuleBuilder(0, machines.wasm);
  const body = module.function(1, (f) => {
    const address = f.local(i32.const(0));
    f.repeat(f.parameter(0), () => {
      f.do(store.vector(address, emit(f, vector.load(address))));
      f.advance(address, 16);
    });
  });
  module.export("apply", body);
  const encoded = encode(module, 1);
  expect(encoded.firsts.length, "both forms differ").toBeGreaterThan(0);
  const apply = async (bytes: Uint8Array): Promise<Apply> => {
    const { memory, apply } = await exportsOf<Exports>(bytes);
    const block = new Float32Array(memory.buffer, 0, BLOCK);
    return (x) => {
      const y = new Float32Array(x.length);
      for (let from = 0; from < x.length; from += BLOCK) {
        block.set(x.subarray(from, from + BLOCK));
        apply(BLOCK / 4);
        y.set(block, from);
      }
      return y;
    };
  };
  const { plain } = encoded;
  return { simd: await apply(plain), relaxed: await apply(relaxedForm(plain, fusedOffsets(encoded))) };
}

/** Every 4,099th number of f32, negative and denormal ones among them; no NaN. */
function overall(): Float32Array {
  const bits = Uint32Array.from({ length: 2 ** 20 }, (_, i) => (i * 4099) >>> 0);
  return new Float32Array(bits.buffer).map((x) => (Number.isNaN(x) ? 0 : x));
}

/** Where something happens: −110 to 110, and around 1. */
function dense(): Float32Array {
  return Float32Array.from({ length: 2 ** 20 }, (_, i) =>
    i % 2 === 0 ? (i / 2 ** 20) * 220 - 110 : 1 + (i / 2 ** 19 - 1) ** 3 / 2,
  );
}

function padded(values: readonly number[]): Float32Array {
  const x = new Float32Array(BLOCK);
  x.set(values);
  return x;
}

describe.each(subjects)("$name", (subject) => {
  let forms: Awaited<ReturnType<typeof compiledForms>>;
  beforeAll(async () => {
    forms = await compiledForms(subject);
  });

  describe.each(["simd", "relaxed"] as const)("%s", (form) => {
    test.each([
      ["all of f32", overall],
      ["where it changes", dense],
    ])("is as close to f64 as it promises over %s", (_, inputs) => {
      const x = inputs();
      const y = forms[form](x);
      let worst = 0;
      let at = 0;
      for (let i = 0; i < x.length; i++) {
        const exact = subject.exact(x[i]!);
        // What f32 cannot hold is infinite, and log is NaN below 0.
        if (Object.is(Math.fround(exact), y[i])) continue;
        const share = Math.abs(y[i]! - exact) / subject.allowed(exact);
        if (share <= worst) continue;
        worst = Number.isNaN(share) ? Number.POSITIVE_INFINITY : share;
        at = x[i]!;
        if (worst === Number.POSITIVE_INFINITY) break;
      }
      expect(worst, `at ${at}`).toBeLessThanOrEqual(1);
      expect(worst).toBeGreaterThan(0.1);
    });

    test("has its value at ±0, ±∞ and where it saturates", () => {
      const y = forms[form](padded(subject.points.map(([x]) => x)));
      expect([...y.subarray(0, subject.points.length)]).toEqual(subject.points.map(([, value]) => value));
    });

    test("keeps NaN, whatever its bits", () => {
      const bits = Uint32Array.of(
        0x7fc00000,
        0xffc00000,
        0x7fc00001,
        0xffc001ff,
        0x7fffffff,
        0xffffffff,
        0x7f800001,
      );
      const x = padded([]);
      new Uint32Array(x.buffer).set(bits);
      const y = forms[form](x);
      expect([...y.subarray(0, bits.length)]).toEqual([...bits].map(() => Number.NaN));
      expect(y[bits.length]).not.toBeNaN();
    });
  });
});

describe.each([
  { name: "sin", emit: sin },
  { name: "cos", emit: cos },
])("$name of an angle that is too large", (subject) => {
  test.each(["simd", "relaxed"] as const)("%s: a number from −1 to 1, and NaN of infinity", async (form) => {
    const forms = await compiledForms(subject);
    const y = forms[form](
      padded([1e5, -3e7, 1e20, -3e38, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]),
    );
    for (const value of y.subarray(0, 4)) expect(Math.abs(value)).toBeLessThanOrEqual(1);
    expect([...y.subarray(4, 6)]).toEqual([Number.NaN, Number.NaN]);
  });
});
