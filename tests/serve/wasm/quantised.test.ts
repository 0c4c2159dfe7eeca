// Products in 16-bit integers: the bound that kernels/quantised.ts states, for any rows and weights, sums
// that come as near to 2³¹ as they may, and models that are compiled with them.

import { basename } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { ModuleBuilder } from "../../../compiler/backends/code/builder.ts";
import { i32 } from "../../../compiler/backends/code/expressions.ts";
import {
  packedLength,
  packWeights,
  quantisedMatmul,
  quantisedScratch,
  rangesOf,
} from "../../../compiler/backends/code/kernels/quantised.ts";
import { machines } from "../../../compiler/backends/code/machine.ts";
import { RequestSampler } from "../../../compiler/backends/golden/sample-requests.ts";
import { encode, fusedOffsets } from "../../../compiler/backends/wasm/encode.ts";
import { Random } from "../../../compiler/common/random.ts";
import { FAST_TOLERANCE } from "../../../compiler/serve/golden.ts";
import { relaxedForm } from "../../../compiler/serve/wasm.ts";
import { emittedBy } from "../../support/emitted.ts";
import { runs } from "../../support/how-often.ts";
import { specFiles } from "../../support/spec-files.ts";
import { exportsOf } from "../../support/webassembly.ts";
import { byLabel, type Compiled, compiledFrom, trainedOf } from "../compiled.ts";

const forms = ["simd", "relaxed"] as const;
type Form = (typeof forms)[number];

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly pack: () => void;
  readonly multiply: (rows: number) => void;
}

interface Sizes {
  readonly inner: number;
  readonly outer: number;
}

/** x w by the kernel. x [rows, inner], w [inner, outer]. */
type Product = (x: Float32Array, w: Float32Array) => Float32Array;

const MOST_ROWS = 9;
/** What lies behind each value, as another's numbers may: it must not be read as part of it. */
const BEHIND = Number.NaN;

async function productOf({ inner, outer }: Sizes, form: Form): Promise<Product> {
  let end = 0;
  const reserve = (numbers: number) => {
    const at = end;
    end = Math.ceil((at + 4 * numbers + 16) / 64) * 64;
    return at;
  };
  const [x, w, out] = [
    reserve(MOST_ROWS * inner),
    reserve(inner * outer),
    reserve(MOST_ROWS * outer),
  ] as const;
  const packed = reserve(packedLength(inner, outer));
  const scratch = reserve(quantisedScratch(inner));
  const module = new ModuleBuilder(scratch, machines.wasm);
  const at = (address: number) => i32.const(address);
  const pack = module.function(0, (f) => packWeights(f, at(packed), at(w), inner, outer));
  const multiply = module.function(1, (f) =>
    quantisedMatmul(f, at(out), at(x), at(packed), f.parameter(0), inner, outer),
  );
  module.export("pack", pack);
  module.export("multiply", multiply);
  const encoded = encode(module, Math.ceil(end / 65536));
  const bytes = form === "simd" ? encoded.plain : relaxedForm(encoded.plain, fusedOffsets(encoded));
  const { memory, ...run } = await exportsOf<Exports>(bytes);
  const numbers = new Float32Array(memory.buffer);
  return (rows, weights) => {
    const count = rows.length / inner;
    numbers.fill(BEHIND);
    numbers.set(rows, x / 4);
    numbers.set(weights, w / 4);
    run.pack();
    run.multiply(count);
    const scores = numbers.slice(out / 4, out / 4 + count * outer);
    expect(numbers[out / 4 + count * outer], "a number after the result").toBeNaN();
    return scores;
  };
}

const sizes: readonly Sizes[] = [
  { inner: 16, outer: 24 },
  { inner: 17, outer: 25 },
  { inner: 32, outer: 80 },
  { inner: 21, outer: 30 },
  { inner: 80, outer: 40 },
  { inner: 103, outer: 31 },
  { inner: 1024, outer: 28 },
];

/** What the kernel's file promises of row `r` and column `c`. */
function boundOf(x: Float32Array, w: Float32Array, { inner, outer }: Sizes, r: number, c: number): number {
  const smallest = 2 ** -40;
  let [mostX, mostW, sumX, sumW, both] = [smallest, smallest, 0, 0, 0];
  for (let k = 0; k < inner; k++) {
    const [a, b] = [Math.abs(x[r * inner + k]!), Math.abs(w[k * outer + c]!)];
    mostX = Math.max(mostX, a);
    mostW = Math.max(mostW, b);
    sumX += a;
    sumW += b;
    both += a * b;
  }
  const most = Math.min(2 ** 15 - 1, Math.floor(Math.sqrt(2 ** 31 / inner)));
  const scaleX = mostX / most;
  const scaleW = Math.max(sumW / (Math.floor((2 ** 31 - 1) / most) - inner), mostW / (2 ** 15 - 1));
  return 0.51 * (scaleX * sumW + scaleW * sumX) + 0.27 * inner * scaleX * scaleW + 2 ** -20 * both;
}

/** The largest |product − Σ x w| as a share of the bound. */
function worstShare(product: Product, x: Float32Array, w: Float32Array, size: Sizes): number {
  const { inner, outer } = size;
  const found = product(x, w);
  let worst = 0;
  for (let r = 0; r < x.length / inner; r++)
    for (let c = 0; c < outer; c++) {
      let exact = 0;
      for (let k = 0; k < inner; k++) exact += x[r * inner + k]! * w[k * outer + c]!;
      const share = Math.abs(found[r * outer + c]! - exact) / boundOf(x, w, size, r, c);
      worst = Number.isNaN(share) ? Number.POSITIVE_INFINITY : Math.max(worst, share);
    }
  return worst;
}

/** Numbers as networks have them: of any size, some 0, some far larger than others, all of one sign or not. */
const shapes = fc.record({
  rows: fc.integer({ min: 1, max: MOST_ROWS }),
  seed: fc.integer(),
  sizeOfX: fc.integer({ min: -45, max: 30 }),
  sizeOfW: fc.integer({ min: -30, max: 20 }),
  zeros: fc.constantFrom(0, 0.2, 0.95),
  spread: fc.constantFrom(0, 6, 40),
  negative: fc.constantFrom(0, 0.5, 1),
});

describe.each(sizes)("$inner × $outer", (size) => {
  const { inner, outer } = size;
  const products = new Map<Form, Product>();
  beforeAll(async () => {
    for (const form of forms) products.set(form, await productOf(size, form));
  });

  test.each(forms)("%s keeps to the bound", (form) => {
    fc.assert(
      fc.property(shapes, ({ rows, seed, sizeOfX, sizeOfW, zeros, spread, negative }) => {
        const random = Random.of(seed, "quantised");
        const draw = (length: number, exponent: number) =>
          Float32Array.from({ length }, () => {
            const sign = random.next() < negative ? -1 : 1;
            const own = 2 ** (exponent - spread * random.next());
            return random.next() < zeros ? 0 : sign * random.next() * own;
          });
        const [x, w] = [draw(rows * inner, sizeOfX), draw(inner * outer, sizeOfW)];
        expect(worstShare(products.get(form)!, x, w, size)).toBeLessThanOrEqual(1);
      }),
      { numRuns: runs(50) },
    );
  });

  test.each(forms)("%s comes to more than half of 2³¹ and has no overflow", (form) => {
    const { x: most, sum } = rangesOf(inner);
    // As many as make a whole sum of the largest numbers, all of one sign; or of half the weights far larger
    // than the others.
    for (const [a, b] of [
      [1, 1],
      [1, -1],
      [-3, 0.7],
    ] as const)
      for (const of of [1, 2, 7]) {
        const x = new Float32Array(5 * inner).fill(a);
        const w = Float32Array.from({ length: inner * outer }, (_, i) =>
          Math.floor(i / outer) % of === 0 ? b : b / 1024,
        );
        expect(worstShare(products.get(form)!, x, w, size)).toBeLessThanOrEqual(1);
      }
    expect(most * Math.min(sum, inner * (2 ** 15 - 1))).toBeGreaterThan(2 ** 30);
    expect(most * (sum + 0.51 * inner)).toBeLessThan(2 ** 31);
  });

  test("what is no number stays so, in its row alone", () => {
    const x = new Float32Array(MOST_ROWS * inner).fill(0.5);
    x[2 * inner + 7] = Number.NaN;
    const w = new Float32Array(inner * outer).fill(0.25);
    const found = products.get("simd")!(x, w);
    const isNumber = Array.from({ length: MOST_ROWS }, (_, r) => !Number.isNaN(found[r * outer]!));
    expect(isNumber).toEqual(Array.from({ length: MOST_ROWS }, (_, r) => r !== 2));
  });
});

const specs = new Map(
  specFiles("tests/bench/rank", "examples/amazon-beauty").map(([path, text]) => [
    basename(path, ".din"),
    text,
  ]),
);

test("a model without such products is the same in both modes", async () => {
  const trained = trainedOf(specs.get("deepfm")!);
  const [exact, fast] = [await emittedBy("ts", trained), await emittedBy("ts", trained, { mode: "fast" })];
  expect(fast.fast).toBeNull();
  // What it was compiled with stands in package.json, for `--weights-only`.
  const codeOf = ({ files }: typeof exact) => new Map([...files].filter(([name]) => name !== "package.json"));
  expect(codeOf(fast)).toEqual(codeOf(exact));
});

/** Models whose candidates have products with their steps that are wide enough. */
const faster: readonly (readonly [name: string, products: readonly string[]])[] = [
  ["din", ["32 × 80", "80 × 40"]],
  ["dien", ["32 × 32", "32 × 32", "32 × 32"]],
  ["din-best", ["32 × 80", "80 × 40"]],
];

describe.each(faster)("%s", (name, products) => {
  let subject: Compiled;
  beforeAll(async () => {
    subject = await compiledFrom(trainedOf(specs.get(name)!), { mode: "fast" });
  });

  test("multiplies candidates with steps in integers, and nothing else", () => {
    const { fast } = subject;
    expect(fast?.products.map(({ inner, outer }) => `${inner} × ${outer}`)).toEqual(products);
    expect(fast?.isClose).toBe(true);
    expect(fast?.largest).toBeGreaterThan(0);
  });

  const logitsOf = async (request: unknown, backend: "auto" | "simd" | "typescript") => {
    const { module, weights } = subject;
    return byLabel(subject, (await module.createRanker({ weights, backend, verify: true })).logits(request));
  };

  test.each([
    ["no steps", 3, 0],
    ["one step, one candidate", 1, 1],
    ["200 candidates", 200, 11],
  ] as const)("%s", async (_, candidates, steps) => {
    const { model, fitted } = subject.trained;
    const sampler = new RequestSampler(model, fitted, Random.of(5, name));
    const request = sampler.make({ candidates, steps: (max) => Math.min(max, steps), unseen: 0.1 });
    const expected = subject.reference(request);
    const f32 = await logitsOf(request, "typescript");
    for (const backend of ["auto", "simd"] as const)
      for (const [label, scores] of await logitsOf(request, backend)) {
        const reference = expected.get(label)!;
        const { absolute, relative } = FAST_TOLERANCE;
        for (const [i, score] of scores.entries())
          expect(Math.abs(score - reference[i]!)).toBeLessThan(absolute + relative * Math.abs(reference[i]!));
        if (steps > 1) expect([...scores]).not.toEqual([...f32.get(label)!]);
      }
  });

  test("sessions that take turns have the scores that each has alone", async () => {
    const { model, fitted } = subject.trained;
    const sampler = new RequestSampler(model, fitted, Random.of(6, name));
    const requests = [1, 2].map(() =>
      sampler.make({ candidates: 7, steps: (max) => Math.min(max, 9), unseen: 0 }),
    );
    const { ranker } = subject;
    const alone = requests.map((request) => ranker.logits(request));
    const sessions = requests.map((request) => ranker.user(request));
    for (const turn of [0, 1, 0, 1])
      expect(sessions[turn]!.logits(requests[turn]!.candidates)).toEqual(alone[turn]);
  });
});
