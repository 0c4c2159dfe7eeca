// The weights file: what is not exactly what dinc wrote for this module is refused, before memory is taken for it.

import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type TensorArray,
  type WeightsContent,
  weightsFile,
} from "../../compiler/backends/serving/weights-file.ts";
import { crc32, WeightsFile } from "../../compiler/serve/weights.ts";
import { changeOf } from "../support/changed-json.ts";
import { forged } from "../support/forged-weights.ts";
import { type Compiled, compiled, compiledFrom, trainedOf } from "./compiled.ts";
import { specs } from "./specs.ts";

const content: WeightsContent = {
  program: "p",
  tensors: new Map<string, TensorArray>([
    ["net.a", Float32Array.of(1, -2, 3)],
    ["table.item_id", new Float32Array(100).fill(0.5)],
    ["table.half", Uint16Array.of(1, 2, 3)],
    ["table.byte", Int8Array.of(-127, 0, 127)],
    ["empty", new Float32Array(0)],
  ]),
  fitted: {
    vocabularies: new Map([["item_id", ["ü", "\u2028", "\ud800", '"\\', "__proto__"]]]),
    transforms: new Map([["price", [[], [0.1 + 0.2, 1e-300]]]]),
  },
  golden: [],
  run: "0123456789abcdef",
};

describe("reading what was written", () => {
  test("gives the same numbers and words, on 64-byte boundaries", () => {
    const file = new WeightsFile(weightsFile(content), "p");
    expect([...file.parameter("net.a", 3)]).toEqual([1, -2, 3]);
    expect(file.table("item_id", 18, 5)).toEqual(content.tensors.get("table.item_id"));
    expect(file.vocabulary("item_id")).toEqual(["ü", "\u2028", "\ud800", '"\\', "__proto__"]);
    expect(file.learned("price", 1)).toEqual([0.1 + 0.2, 1e-300]);
    expect([...file.tensor("table.half", "f16", 3)]).toEqual([1, 2, 3]);
    expect([...file.tensor("table.byte", "i8", 3)]).toEqual([-127, 0, 127]);
    for (const { name, type, length } of file.header.tensors)
      expect(file.tensor(name, type, length).byteOffset % 64).toBe(0);
  });

  test("takes an ArrayBuffer, and bytes at any address", () => {
    const bytes = weightsFile(content);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const buffer = Buffer.from(shifted.buffer, 3, bytes.length);
    for (const given of [bytes.slice().buffer, shifted.subarray(3), buffer])
      expect([...new WeightsFile(given, "p").parameter("net.a", 3)]).toEqual([1, -2, 3]);
  });

  test("copies nothing where the address allows views", () => {
    const bytes = weightsFile(content);
    expect(new WeightsFile(bytes, "p").parameter("net.a", 3).buffer).toBe(bytes.buffer);
  });

  test("views memory that threads share", () => {
    const bytes = weightsFile(content);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const { buffer } = new WeightsFile(shared, "p").parameter("net.a", 3);
    expect(buffer).toBe(shared.buffer);
  });

  test("headers of every length", () => {
    for (let i = 0; i < 130; i++) {
      const program = "x".repeat(i);
      const file = new WeightsFile(weightsFile({ ...content, program }), program);
      expect([...file.parameter("net.a", 3)]).toEqual([1, -2, 3]);
    }
  });

  test("the checksum is the CRC-32 of zip, whole or in parts", () => {
    expect(crc32(new TextEncoder().encode("123456789"), 0, 9)).toBe(0xcbf43926);
    // gzip ends with the checksum of what it holds, and its length.
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 99 }), fc.nat(99), (bytes, at) => {
        const expected = gzipSync(bytes).readUInt32LE(gzipSync(bytes).length - 8);
        const middle = Math.min(at, bytes.length);
        expect(crc32(bytes, 0, bytes.length)).toBe(expected);
        expect(crc32(bytes, middle, bytes.length, crc32(bytes, 0, middle))).toBe(expected);
      }),
    );
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
  test("a file with anything after its end", () => {
    const longer = new Uint8Array(bytes.length + 64);
    longer.set(bytes);
    expect(open(longer)).toThrow(`${bytes.length + 64} bytes instead of the ${bytes.length}`);
  });
  test("a file with any bit changed", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const changed = bytes.slice();
        changed[at]! ^= 1 << bit;
        expect(open(changed)).toThrow(expect.objectContaining(refused));
      }),
      { numRuns: 1000 },
    );
  });
  test("where tables are not to be read through, one whose length is wrong, but not one that was changed", () => {
    const unread = (given: Uint8Array) => () => new WeightsFile(given, "p", false);
    const { byteOffset } = new WeightsFile(bytes, "p").table("item_id", 18, 5);
    const changed = bytes.slice();
    changed[byteOffset + 8]! ^= 1;
    expect(open(changed)).toThrow("the checksum of table.item_id does not match");
    expect(unread(changed)).not.toThrow();
    expect(unread(changed.subarray(0, bytes.length - 64))).toThrow("bytes instead of the");
    const parameter = bytes.slice();
    parameter[new WeightsFile(bytes, "p").parameter("net.a", 3).byteOffset]! ^= 1;
    expect(unread(parameter)).toThrow("the checksum of net.a does not match");
  });
  test("lengths that lie, even under a checksum that is right", () => {
    const edited = (change: object) =>
      forged(bytes, (header) => {
        Object.assign((header as { tensors: object[] }).tensors[0]!, change);
      });
    for (const wrong of [{ length: 1e9 }, { length: 2 ** 52 }, { length: 17 }, { checksum: 1 }])
      expect(open(edited(wrong))).toThrow(/bytes instead of the|checksum of|bytes, inside/);
    for (const wrong of [{ length: -1 }, { length: 1.5 }, { length: "3" }, { type: "f64" }, { name: 1 }])
      expect(open(edited(wrong))).toThrow("has no tensors, or not as dinc writes them");
    // The forging itself is right.
    expect(open(edited({}))).not.toThrow();
  });
  test("whatever stands in the header, under a checksum that is right: it is used or refused, and nothing else", () => {
    const { header } = new WeightsFile(bytes, "p");
    fc.assert(
      fc.property(changeOf(header), (change) => {
        const given = forged(bytes, change);
        try {
          const file = new WeightsFile(given, "p");
          file.parameter("net.a", 3);
          file.table("item_id", file.vocabulary("item_id").length, 5);
          file.learned("price", 1);
        } catch (error) {
          expect(error).toMatchObject(refused);
        }
      }),
      { numRuns: 3000 },
    );
  });
  test("other files and other things", () => {
    expect(open(new TextEncoder().encode("PK\u0003\u0004".repeat(99)))).toThrow("not a weights file of dinc");
    expect(() => new WeightsFile("model.weights.bin" as never, "p")).toThrow("must be a Uint8Array");
    const newer = bytes.slice();
    newer[8] = 4;
    expect(open(newer)).toThrow("version 4, this module reads version 3");
  });
  test("tensors of another size", () => {
    const file = new WeightsFile(bytes, "p");
    expect(() => file.parameter("net.a", 4)).toThrow("no net.a of 4 numbers (f32)");
    expect(() => file.table("item_id", 19, 5)).toThrow("no table.item_id of 105 numbers (f32)");
    expect(() => file.tensor("net.a", "i8", 3)).toThrow("no net.a of 3 numbers (i8)");
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

  test("whatever stands in the header, it makes a ranker that gives the golden scores or refuses the file", async () => {
    const { header } = new WeightsFile(
      din.weights,
      /"program":"(\w+)"/.exec(Buffer.from(din.weights).toString("latin1"))![1]!,
    );
    // Of the long lists, the beginning will do.
    const short = {
      ...header,
      vocabularies: header.vocabularies.map(([name, values]) => [name, values.slice(0, 2)]),
      golden: header.golden.slice(0, 2),
    };
    await fc.assert(
      fc.asyncProperty(changeOf(short), async (change) => {
        const weights = forged(din.weights, change);
        await din.module.createRanker({ weights, verify: true }).catch((error: unknown) => {
          expect(error).toMatchObject({ name: "RankerWeightsError" });
        });
      }),
      { numRuns: 500 },
    );
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
    const file = new WeightsFile(
      weights,
      /"program":"(\w+)"/.exec(Buffer.from(weights).toString("latin1"))![1]!,
    );
    const { header } = file;
    const [name] = [...trained.parameters.keys()];
    const tensors = new Map(
      header.tensors.map(({ name: each, type, length }) => [each, file.tensor(each, type, length).slice()]),
    );
    tensors.get(name!)![0]! += 0.5;
    const fitted = {
      vocabularies: new Map(header.vocabularies.map(([feature, values]) => [feature, values])),
      transforms: new Map(header.transforms),
    };
    const changed = weightsFile({
      program: header.program,
      run: header.run,
      tensors,
      fitted,
      golden: header.golden,
    });
    await expect(din.module.createRanker({ weights: changed })).resolves.toBeDefined();
    await expect(din.module.createRanker({ weights: changed, verify: true })).rejects.toThrow(
      /^golden request/,
    );
  });
});
