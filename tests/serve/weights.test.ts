// The weights file: what is not exactly what dinc wrote for this module is refused, before memory is taken for it.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { weightsFile } from "../../runtime/compile/weights-file.ts";
import { crc32, WEIGHTS_PREFIX, WeightsFile } from "../../runtime/serve/weights.ts";
import { type Compiled, compiled, compiledFrom, trainedOf } from "./compiled.ts";
import { specs } from "./specs.ts";

const content = {
  program: "p",
  tensors: new Map([
    ["net.a", Float32Array.of(1, -2, 3)],
    ["table.item_id", new Float32Array(100).fill(0.5)],
    ["empty", new Float32Array(0)],
  ]),
  fitted: {
    vocabularies: new Map([["item_id", ["ü", "\u2028", "\ud800", '"\\', "__proto__"]]]),
    transforms: new Map([["price", [[], [0.1 + 0.2, 1e-300]]]]),
  },
  golden: [],
};

describe("reading what was written", () => {
  test("gives the same numbers and words, on 64-byte boundaries", () => {
    const file = new WeightsFile(weightsFile(content), "p");
    expect([...file.parameter("net.a", 3)]).toEqual([1, -2, 3]);
    expect(file.table("item_id", 18, 5)).toEqual(content.tensors.get("table.item_id"));
    expect(file.vocabulary("item_id")).toEqual(["ü", "\u2028", "\ud800", '"\\', "__proto__"]);
    expect(file.learned("price", 1)).toEqual([0.1 + 0.2, 1e-300]);
    expect(file.header.tensors.every(({ offset }) => offset % 64 === 0)).toBe(true);
  });

  test("takes an ArrayBuffer, and bytes at any address", () => {
    const bytes = weightsFile(content);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const given of [bytes.slice().buffer, shifted.subarray(3)])
      expect([...new WeightsFile(given, "p").parameter("net.a", 3)]).toEqual([1, -2, 3]);
  });

  test("copies nothing where the address allows views", () => {
    const bytes = weightsFile(content);
    expect(new WeightsFile(bytes, "p").parameter("net.a", 3).buffer).toBe(bytes.buffer);
  });

  test("headers of every length", () => {
    for (let i = 0; i < 130; i++) {
      const program = "x".repeat(i);
      const file = new WeightsFile(weightsFile({ ...content, program }), program);
      expect([...file.parameter("net.a", 3)]).toEqual([1, -2, 3]);
    }
  });

  test("the checksum is the CRC-32 of zip", () => {
    expect(crc32(new TextEncoder().encode("123456789"), 0)).toBe(0xcbf43926);
  });
});

describe("what is refused", () => {
  const bytes = weightsFile(content);
  const refused = { name: "RankerWeightsError" };
  const open = (given: Uint8Array) => () => new WeightsFile(given, "p");

  test("a file that ends anywhere before its end", () => {
    for (let length = 0; length < bytes.length; length++)
      expect(open(bytes.slice(0, length))).toThrow(expect.objectContaining(refused));
  });
  test("a file with anything behind its end", () => {
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(open(longer)).toThrow("checksum");
  });
  test("a file with any bit changed", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        // The last four bytes of the prefix are zero and mean nothing.
        fc.pre(at < 20 || at >= WEIGHTS_PREFIX);
        const changed = bytes.slice();
        changed[at]! ^= 1 << bit;
        expect(open(changed)).toThrow(expect.objectContaining(refused));
      }),
    );
  });
  test("lengths that lie, even under a checksum that is right", () => {
    const forged = (edit: (header: { tensors: Record<string, unknown>[] }) => void) => {
      const header = structuredClone(new WeightsFile(bytes, "p").header) as never;
      edit(header);
      const text = new TextEncoder().encode(JSON.stringify(header));
      const file = new Uint8Array(4096);
      file.set(bytes.subarray(0, WEIGHTS_PREFIX));
      file.set(text, WEIGHTS_PREFIX);
      const view = new DataView(file.buffer);
      view.setUint32(12, text.length, true);
      view.setUint32(16, crc32(file, WEIGHTS_PREFIX), true);
      return file;
    };
    for (const wrong of [
      { length: 1e9 },
      { length: -1 },
      { length: 1.5 },
      { length: "3" },
      { offset: 1 },
      { offset: 1e12 },
    ])
      expect(open(forged(({ tensors }) => Object.assign(tensors[0]!, wrong)))).toThrow("does not lie within");
    expect(open(forged((header) => Object.assign(header, { tensors: null })))).toThrow("has no tensors");
    // The forging itself is right: with the offsets that this longer file has, it is taken.
    const moved = forged(({ tensors }) => {
      for (const tensor of tensors) tensor["offset"] = 3072;
    });
    expect(open(moved)).not.toThrow();
  });
  test("other files and other things", () => {
    expect(open(new TextEncoder().encode("PK\u0003\u0004".repeat(99)))).toThrow("not a weights file of dinc");
    expect(() => new WeightsFile("model.weights.bin" as never, "p")).toThrow("must be a Uint8Array");
    const newer = bytes.slice();
    newer[8] = 3;
    expect(open(newer)).toThrow("version 3, this module reads version 2");
  });
  test("tensors of another size", () => {
    const file = new WeightsFile(bytes, "p");
    expect(() => file.parameter("net.a", 4)).toThrow("no net.a of 4 numbers");
    expect(() => file.table("item_id", 19, 5)).toThrow("no table.item_id of 105 numbers");
    expect(() => file.vocabulary("user_id")).toThrow("no vocabulary of user_id");
    expect(() => file.learned("age", 0)).toThrow("nothing learned by transform 0 of age");
    expect(() => file.learned("price", 2)).toThrow("nothing learned by transform 2 of price");
  });
});

describe("createRanker", () => {
  let din: Compiled;
  beforeAll(async () => {
    din = await compiled(specs.din);
  });

  test("refuses the weights of another model", async () => {
    const other = await compiled(specs.softmax);
    await expect(din.module.createRanker({ weights: other.weights })).rejects.toThrow(
      "belong to another model",
    );
  });

  test("takes weights of the same model trained again, with another vocabulary", async () => {
    const again = await compiledFrom(trainedOf(specs.din, 2, 25));
    const ranker = await din.module.createRanker({ weights: again.weights, verify: true });
    expect(ranker.verify()).toBe(again.ranker.verify());
  });

  test("verify finds weights that do not give the golden scores", async () => {
    const { trained, weights } = din;
    const { header } = new WeightsFile(
      weights,
      /"program":"(\w+)"/.exec(Buffer.from(weights).toString("latin1"))![1]!,
    );
    const [name] = [...trained.parameters.keys()];
    const tensors = new Map(
      header.tensors.map(({ name: each, offset, length }) => [
        each,
        new Float32Array(weights.slice(offset, offset + 4 * length).buffer),
      ]),
    );
    tensors.get(name!)![0]! += 0.5;
    const fitted = {
      vocabularies: new Map(header.vocabularies.map(([feature, values]) => [feature, values])),
      transforms: new Map(header.transforms),
    };
    const changed = weightsFile({ program: header.program, tensors, fitted, golden: header.golden });
    await expect(din.module.createRanker({ weights: changed })).resolves.toBeDefined();
    await expect(din.module.createRanker({ weights: changed, verify: true })).rejects.toThrow(
      /^golden request/,
    );
  });
});
