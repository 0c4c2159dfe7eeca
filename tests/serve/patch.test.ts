// Patches of weights: applied to the file that they lead from they give the bits of the other one, and anything else is refused.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type TensorArray, weightsFile } from "../../compiler/backends/serving/weights-file.ts";
import { weightsPatch } from "../../compiler/backends/serving/weights-patch.ts";
import { PATCH_CHECKSUM, PATCH_PREFIX, patchedWeights } from "../../compiler/serve/patch.ts";
import { crc32, RankerWeightsError, WeightsFile } from "../../compiler/serve/weights.ts";

const words = fc.array(fc.string({ unit: "binary" }), { maxLength: 20 });
const bits = (type: (buffer: ArrayBuffer) => TensorArray, width: number) =>
  fc
    .array(fc.integer({ min: 0, max: 255 }), { maxLength: 200 })
    .map((bytes) => type(Uint8Array.from(bytes.slice(0, bytes.length - (bytes.length % width))).buffer));
const numbers = fc
  .array(fc.float({ noNaN: true }), { maxLength: 60 })
  .map((list): TensorArray => Float32Array.from(list));
const tensor = fc.oneof(
  numbers,
  bits((buffer) => new Float32Array(buffer), 4),
  bits((buffer) => new Uint16Array(buffer), 2),
  bits((buffer) => new Int8Array(buffer), 1),
);
const names = fc.constantFrom("table.a", "scale.a", "net.b", "net.c", "__proto__");
const logits = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5 });
const file = fc
  .record({
    run: fc.option(fc.string()),
    tensors: fc.array(fc.tuple(names, tensor), { maxLength: 5 }),
    vocabulary: words,
    golden: fc.array(logits, { maxLength: 3 }),
  })
  .map(({ run, tensors, vocabulary, golden }) =>
    weightsFile({
      ...{ program: "p", run, tensors: new Map(tensors) },
      fitted: {
        vocabularies: new Map([["item", vocabulary]]),
        transforms: new Map([["n", [logitsOf(golden)]]]),
      },
      golden: golden.map((list, i) => ({ request: { at: i }, logits: [["click", list]] })),
    }),
  );

function logitsOf(golden: readonly (readonly number[])[]): readonly number[] {
  return golden.flat().slice(0, 2);
}

interface Day {
  readonly run: string;
  readonly program?: string;
  readonly rows?: number;
  readonly shift?: (i: number) => number;
}

/** A table of which few rows change, a layer of which all numbers do, and ids that come. */
function day({ run, program = "p", rows = 1000, shift = () => 0 }: Day): Uint8Array {
  const width = 8;
  return weightsFile({
    ...{ program, run },
    tensors: new Map<string, TensorArray>([
      ["net.k", Float32Array.from({ length: 64 }, (_, i) => Math.sin(i) + shift(0) * Math.cos(i))],
      [
        "table.item",
        Float32Array.from({ length: rows * width }, (_, i) => Math.sin(7 * i) + shift(Math.floor(i / width))),
      ],
    ]),
    fitted: {
      vocabularies: new Map([["item", Array.from({ length: rows - 2 }, (_, i) => `item-${i * i}`)]]),
      transforms: new Map(),
    },
    golden: [{ request: { user: run }, logits: [["click", [shift(0)]]] }],
  });
}

const monday = day({ run: "monday" });
const tuesday = day({ run: "tuesday", rows: 1010, shift: (row) => (row % 50 === 0 ? 1e-3 : 0) });
const wednesday = day({ run: "wednesday", rows: 1010, shift: (row) => (row % 50 === 1 ? 1e-3 : 0) });
const patch = weightsPatch(monday, tuesday).bytes;

test("a patch gives the bits of the file that it leads to", () => {
  fc.assert(
    fc.property(file, file, (a, b) => {
      expect(Buffer.from(patchedWeights(a, weightsPatch(a, b).bytes))).toEqual(Buffer.from(b));
    }),
    { numRuns: 200 },
  );
});

test("a patch has the rows that changed", () => {
  const { header, changed } = weightsPatch(monday, tuesday);
  expect([header.from.run, header.to.run]).toEqual(["monday", "tuesday"]);
  expect(changed).toEqual([
    { name: "net.k", length: 64, changed: 64 },
    { name: "table.item", length: 8080, changed: 20 * 8 + 10 * 8 },
  ]);
  expect(patch.length / tuesday.length).toBeLessThan(0.06);
});

test("text that repeats takes hardly any room", () => {
  const golden = [{ request: { user: "u".repeat(1_000_000) }, logits: [] }];
  const fitted = { vocabularies: new Map(), transforms: new Map() };
  const long = weightsFile({ program: "p", run: "long", tensors: new Map(), fitted, golden });
  const { bytes } = weightsPatch(monday, long);
  expect(bytes.length).toBeLessThan(1000);
  expect(Buffer.compare(patchedWeights(monday, bytes), long)).toBe(0);
});

test("patches follow one another", () => {
  const next = weightsPatch(tuesday, wednesday).bytes;
  expect(Buffer.from(patchedWeights(patchedWeights(monday, patch), next))).toEqual(Buffer.from(wednesday));
});

test("bytes at any address, and memory that threads share", () => {
  const shifted = new Uint8Array(monday.length + 1);
  shifted.set(monday, 1);
  const shared = new Uint8Array(new SharedArrayBuffer(monday.length));
  shared.set(monday);
  const buffer = Buffer.from(shifted.buffer, 1, monday.length);
  for (const weights of [shifted.subarray(1), buffer, shared, monday.slice().buffer])
    expect(Buffer.from(patchedWeights(weights, patch))).toEqual(Buffer.from(tuesday));
  const into = patchedWeights(monday, patch, (size) => new Uint8Array(new SharedArrayBuffer(size)));
  expect(into.buffer).toBeInstanceOf(SharedArrayBuffer);
});

describe("16-bit deltas", () => {
  const near = weightsPatch(monday, tuesday, "16-bit");
  const patched = patchedWeights(monday, near.bytes);

  test("change neither file", () => {
    const [from, to] = [Buffer.from(monday), Buffer.from(tuesday)];
    weightsPatch(from, to, "16-bit");
    expect([from, to]).toEqual([Buffer.from(monday), Buffer.from(tuesday)]);
  });

  test("lead near the file, and are smaller", () => {
    expect(near.header.deltas).toBe("16-bit");
    expect(near.bytes.length).toBeLessThan(patch.length);
    const [got, wanted, before] = [patched, tuesday, monday].map((each) => {
      return new WeightsFile(each, "p").parameter("net.k", 64);
    });
    for (const [i, number] of wanted!.entries()) {
      const delta = Math.abs(number - before![i]!);
      expect(Math.abs(got![i]! - number)).toBeLessThanOrEqual(delta / 256 + Math.abs(number) * 2 ** -23);
    }
  });

  test("name the weights that they lead to, so that an exact patch of the same day does not fit them", () => {
    expect(near.header.to.hash).not.toBe(weightsPatch(monday, tuesday).header.to.hash);
    expect(() => patchedWeights(patched, weightsPatch(tuesday, wednesday).bytes)).toThrow(
      "leads from run tuesday",
    );
    const next = weightsPatch(patched, wednesday).bytes;
    expect(Buffer.from(patchedWeights(patched, next))).toEqual(Buffer.from(wednesday));
  });
});

describe("refused", () => {
  test.each([
    [
      "an older day's weights",
      wednesday,
      patch,
      /^the patch leads from run monday \(\w{12}\) to run tuesday \(\w{12}\), but these are the weights of run wednesday \(\w{12}\)$/,
    ],
    ["applied twice", tuesday, patch, /^the patch was applied before: these are the weights of run tuesday/],
    [
      "another model's weights",
      day({ run: "monday", program: "q" }),
      patch,
      /^the patch belongs to another model/,
    ],
    ["weights as a patch", monday, tuesday, /^these bytes are not a patch of weights of dinc$/],
    [
      "more bytes than a patch has",
      monday,
      Buffer.concat([patch, Buffer.of(0)]),
      /^the patch has \d+ bytes instead of \d+$/,
    ],
    ["a patch as weights", patch, patch, /^these bytes are not a weights file of dinc$/],
  ])("%s", (_, weights, bytes, message) => {
    expect(() => patchedWeights(weights, bytes)).toThrow(message);
  });

  test("a patch that ends anywhere", () => {
    for (let length = 0; length < patch.length; length++)
      expect(() => patchedWeights(monday, patch.subarray(0, length))).toThrow(
        new RegExp(`^the patch ends after ${length} `),
      );
  });

  test("a patch with one other bit anywhere", () => {
    for (let at = 0; at < patch.length; at++) {
      const damaged = patch.slice();
      damaged[at]! ^= 1 << (at % 8);
      expect(() => patchedWeights(monday, damaged)).toThrow(RankerWeightsError);
    }
  });

  test("a patch that asks for more text than it can hold, before memory is taken for it", () => {
    const body = PATCH_PREFIX + new DataView(patch.buffer).getUint32(12, true);
    const { header } = weightsPatch(monday, tuesday);
    const text = Buffer.from(JSON.stringify({ ...header, headerLength: 2 ** 32 - 1 }));
    const forged = Uint8Array.from(
      Buffer.concat([patch.subarray(0, PATCH_PREFIX), text, patch.subarray(body)]),
    );
    const view = new DataView(forged.buffer);
    view.setUint32(12, text.length, true);
    view.setFloat64(16, forged.length, true);
    const checksum = crc32(forged, PATCH_PREFIX, forged.length, crc32(forged, 0, PATCH_CHECKSUM));
    view.setUint32(PATCH_CHECKSUM, checksum, true);
    expect(() => patchedWeights(monday, forged)).toThrow("the patch was changed: it has too little text");
  });

  test("weights that were changed, although the patch is theirs", () => {
    const damaged = monday.slice();
    damaged[damaged.length - 200]! ^= 1;
    expect(() => patchedWeights(damaged, patch)).toThrow("the checksum of table.item does not match");
  });

  test("the patch of two files of different programs", () => {
    expect(() => weightsPatch(monday, day({ run: "monday", program: "q" }))).toThrow(
      "the two weights files are for different programs",
    );
  });
});
