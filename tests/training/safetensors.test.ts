// The weights' format: what is written is read back, also by the format's definition, and no broken file gets far.

import { constants } from "node:buffer";
import { mkdtemp, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeFlushed } from "../../runtime/files/atomic.ts";
import { readSafetensors, SafetensorsError, writePieces } from "../../runtime/run/safetensors.ts";
import type { Tensor } from "../../runtime/run/safetensors-bytes.ts";
import { safetensorsPieces } from "../../runtime/run/safetensors-bytes.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-safetensors-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function roundTrip(tensors: ReadonlyMap<string, Tensor>): Promise<Map<string, Tensor>> {
  const path = join(folder, "weights.safetensors");
  await writeFlushed(path, (file) => writePieces(file, safetensorsPieces(tensors)));
  return (await readSafetensors(path)).tensors;
}

test("any tensors come back bit for bit, in their order", async () => {
  const tensor = fc.array(fc.nat({ max: 4 }), { maxLength: 3 }).chain((dims) =>
    fc
      .array(fc.float(), {
        minLength: dims.reduce((a, b) => a * b, 1),
        maxLength: dims.reduce((a, b) => a * b, 1),
      })
      .map((values): Tensor => ({ dims, values: Float32Array.from(values) })),
  );
  const name = fc.string({ unit: "grapheme" }).filter((text) => text !== "__metadata__");
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(name, tensor), { selector: ([text]) => text, maxLength: 5 }),
      async (entries) => {
        // A JSON object orders names that are whole numbers first.
        const tensors = new Map(entries.map(([text, value]) => [`t.${text}`, value]));
        const read = await roundTrip(tensors);
        expect([...read.keys()]).toEqual([...tensors.keys()]);
        for (const [key, { dims, values }] of tensors) {
          expect(read.get(key)!.dims).toEqual(dims);
          expect(new Uint8Array(read.get(key)!.values.buffer)).toEqual(new Uint8Array(values.buffer));
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("the layout is the standard's: length, JSON padded with spaces to 8 bytes, little-endian data", async () => {
  await roundTrip(
    new Map([
      ["table.item_id", { dims: [2, 1], values: Float32Array.of(1, -2) }],
      ["net.click.dense_1.bias", { dims: [1], values: Float32Array.of(0.5) }],
    ]),
  );
  const bytes = await readFile(join(folder, "weights.safetensors"));
  const length = Number(bytes.readBigUInt64LE(0));
  expect(length % 8).toBe(0);
  expect(JSON.parse(bytes.toString("utf8", 8, 8 + length))).toEqual({
    "table.item_id": { dtype: "F32", shape: [2, 1], data_offsets: [0, 8] },
    "net.click.dense_1.bias": { dtype: "F32", shape: [1], data_offsets: [8, 12] },
  });
  expect([0, 4, 8].map((at) => bytes.readFloatLE(8 + length + at))).toEqual([1, -2, 0.5]);
  expect(bytes.length).toBe(8 + length + 12);
});

function file(header: unknown, data: Uint8Array, claimed?: bigint): Buffer {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed ?? BigInt(text.length));
  return Buffer.concat([length, text, data]);
}
const eight = new Uint8Array(8);
const entry = (over: object) => ({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...over } });

describe("a broken file is refused with its reason", () => {
  test.each<[string, Buffer, RegExp]>([
    ["empty", Buffer.alloc(0), /too short for a header/],
    ["a header longer than the file", file({}, eight, 1_000_000n), /claims a header of 1000000 bytes/],
    ["a header of 2⁶³ bytes", file({}, eight, 1n << 63n), /claims a header/],
    ["a header that is not JSON", file("{a}", eight), /not JSON/],
    [
      "a header that is not UTF-8",
      Buffer.concat([file("", eight, 2n).subarray(0, 8), Buffer.from([0xff, 0xfe])]),
      /not JSON/,
    ],
    ["a list as header", file([], eight), /not an object/],
    ["another type", file(entry({ dtype: "F16" }), eight), /"a" of type F16/],
    ["a negative size", file(entry({ shape: [-2] }), eight), /without a valid shape/],
    ["a huge shape", file(entry({ shape: [2 ** 40, 2 ** 40] }), eight), /of shape .* in 8 bytes/],
    ["offsets that run backwards", file(entry({ data_offsets: [8, 0] }), eight), /without valid offsets/],
    [
      "offsets beyond the file",
      file(entry({ shape: [4], data_offsets: [0, 16] }), eight),
      /should hold 16 bytes/,
    ],
    ["data cut short", file(entry({}), eight.subarray(0, 5)), /should hold 8 bytes of tensors and holds 5/],
    ["data too long", file(entry({}), new Uint8Array(9)), /should hold 8 bytes of tensors and holds 9/],
    ["null for an entry", file({ a: null }, eight), /of type undefined/],
    [
      "tensors that overlap",
      file({ ...entry({}), b: { dtype: "F32", shape: [1], data_offsets: [4, 8] } }, eight),
      /a gap or an overlap before tensor "b"/,
    ],
  ])("%s", async (_name, bytes, reason) => {
    const path = join(folder, "broken.safetensors");
    await writeFile(path, bytes);
    const read = readSafetensors(path);
    await expect(read).rejects.toThrow(SafetensorsError);
    await expect(read).rejects.toThrow(reason);
  });

  test.runIf(constants.MAX_LENGTH < 2 ** 40)(
    "with a tensor that is larger than an array can be",
    async () => {
      const path = join(folder, "large.safetensors");
      const count = constants.MAX_LENGTH / 4 + 2;
      const header = file(
        { a: { dtype: "F32", shape: [count], data_offsets: [0, 4 * count] } },
        new Uint8Array(0),
      );
      await writeFile(path, header);
      // Without a byte on the disk.
      await truncate(path, header.length + 4 * count);
      await expect(readSafetensors(path)).rejects.toThrow(
        /of 4294967304 bytes, and Node v.* at most 4294967296/,
      );
    },
  );

  test("cut anywhere, it is never read as if it were whole", async () => {
    await roundTrip(new Map([["a", { dims: [3], values: Float32Array.of(1, 2, 3) }]]));
    const path = join(folder, "weights.safetensors");
    const { length } = await readFile(path);
    for (let size = length - 1; size >= 0; size--) {
      const handle = await open(path, "r+");
      await handle.truncate(size);
      await handle.close();
      await expect(readSafetensors(path)).rejects.toThrow(SafetensorsError);
    }
  });
});
