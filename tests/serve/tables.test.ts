// Embedding tables that are not floats of the weights file: 16-bit floats, bytes with scales, rows of a store. What is
// computed with is 32-bit floats, and golden scores are those of the tables as they are written.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EmitOptions } from "../../compiler/backends/contract/emit-options.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { halfOf, scaledBytes, storageFor } from "../../compiler/backends/typescript/compact-tables.ts";
import { readmeText } from "../../compiler/backends/typescript/package-files.ts";
import { Random } from "../../compiler/common/random.ts";
import { ByteTable, type EmbeddingSource, HalfTable } from "../../compiler/serve/tables.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { type Compiled, compiledFrom, trainedOf, worstDifference } from "./compiled.ts";
import { specs } from "./specs.ts";

const run = promisify(execFile);
const good = (name: string) => readFile(join(import.meta.dirname, "../good", name), "utf8");
const all = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

describe("16-bit floats", () => {
  const numbers = new Float32Array(0x10000);
  new HalfTable(Uint16Array.from(all(0x10000)), 1).gather(numbers, 0, all(0x10000), 0x10000);
  const finite = Array.from(all(0x10000)).filter((bits) => (bits & 0x7c00) !== 0x7c00);

  test("are the numbers of IEEE 754, each with its bits", () => {
    for (const [bits, x] of [
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x0400, 2 ** -14],
      [0x0001, 2 ** -24],
      [0x3555, 0.333251953125],
      [0x8000, -0],
    ] as const)
      expect(numbers[bits]).toBe(x);
    for (const bits of finite) expect(halfOf(numbers[bits]!)).toBe(bits);
  });

  test("are the nearest to what they stand for, the even one of two", () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -65504, max: 65504 });
    const small = float.map((x) => Math.fround(x * 2 ** -24));
    const between = fc
      .constantFrom(...finite.filter((bits) => (bits & 0x7fff) < 0x7bff))
      .map((bits) => Math.fround((numbers[bits]! + numbers[bits + 1]!) / 2));
    fc.assert(
      fc.property(fc.oneof(float, small, between), (x) => {
        const bits = halfOf(x);
        const distance = Math.abs(numbers[bits]! - x);
        for (const other of [bits - 1, bits + 1].filter((each) => finite.includes(each))) {
          const further = Math.abs(numbers[other]! - x);
          expect(further).toBeGreaterThanOrEqual(distance);
          if (further === distance) expect(bits % 2).toBe(0);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("bytes", () => {
  test("are at most half a step from what they stand for", () => {
    const row = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(row, (given) => {
        const values = Float32Array.from(given);
        const { bytes, scales } = scaledBytes(values, 3);
        const back = new Float32Array(6);
        new ByteTable(bytes, scales, 3).gather(back, 0, Int32Array.of(0, 1), 2);
        for (const [i, x] of values.entries())
          expect(Math.abs(back[i]! - x)).toBeLessThanOrEqual(
            // Where numbers are so small that 32 bits hold few digits of them, so do they of scales.
            scales[Math.floor(i / 3)]! * 0.50001 + 1e-40,
          );
      }),
    );
  });

  test("of zeros are zeros", () => {
    const { bytes, scales } = scaledBytes(new Float32Array(4), 2);
    expect([...bytes, ...scales]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

test("a table stays as it is where nothing would be saved, or a number not be held", () => {
  const table = (width: number, largest: number) => ({ width, values: Float32Array.of(0, largest) });
  expect(storageFor(table(1, 1), "i8")).toBe("f32");
  expect(storageFor(table(2, 1), "i8")).toBe("i8");
  expect(storageFor(table(1, 65504), "f16")).toBe("f16");
  expect(storageFor(table(1, -65505), "f16")).toBe("f32");
});

const subjects = {
  din: specs.din,
  "several labels": specs["several labels"],
  sets: await good("sets-and-texts.din"),
  "sets in steps": await good("sets-in-steps.din"),
  crosses: await good("crosses.din"),
  options: await good("table-options.din"),
};

describe.each(Object.entries(subjects))("%s", (name, spec) => {
  const trained = trainedOf(spec);
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(8, name));
  const requests = [() => 0, () => 3, (max: number) => Math.min(max, 40) + 2].map((steps) =>
    sampler.make({ candidates: 70, steps, unseen: 0.2 }),
  );

  let floats: Compiled;
  beforeAll(async () => {
    floats = await compiledFrom(trained, { projectedTables: 0 });
  });

  test.each(["f16", "i8"] as const)(
    "as %s: exact for the tables that were written, near to those of training",
    async (type) => {
      const fewer = await compiledFrom(trained, { tables: type });
      expect(fewer.weights.length).toBeLessThan(floats.weights.length);
      expect(fewer.ranker.verify()).toBeLessThan(1e-4);
      const { bytes, bytesAsFloats, logit, probability } = fewer.compacted!;
      expect(bytes / bytesAsFloats).toBeLessThan(type === "f16" ? 0.51 : 0.7);
      // Not the tables of training, or nothing would have been saved; but near them.
      expect(logit).toBeGreaterThan(0);
      expect(probability).toBeGreaterThan(0);
      expect(probability).toBeLessThan(0.05);
      for (const request of requests) {
        const difference = worstDifference(fewer, request);
        expect(difference * 2e-5).toBeLessThan(type === "f16" ? 0.05 : 0.5);
      }
    },
  );

  test("rows of a store score as those of the file do", async () => {
    const { ranker } = floats;
    const without = new Set(trained.tables.keys());
    const asked = new Map<string, number>();
    const source = (table: string): EmbeddingSource => ({
      lookup: (ids, count, out, width) => {
        asked.set(table, (asked.get(table) ?? 0) + 1);
        expect([ids.length, out.length]).toEqual([count, count * width]);
        const { values } = trained.tables.get(table)!;
        for (const [i, id] of ids.entries())
          out.set(values.subarray(id * width, (id + 1) * width), i * width);
      },
    });
    const tables = Object.fromEntries([...without].map((table) => [table, source(table)]));
    const stored = await compiledFrom(trained, { withoutTable: [...without] }, tables);
    for (const request of requests) expect(stored.ranker.logits(request)).toEqual(ranker.logits(request));
    expect(stored.ranker.verify()).toBe(ranker.verify());
    expect(asked.size).toBeGreaterThan(0);
    expect(stored.files.get("model.weights.bin")!.length).toBeLessThan(floats.weights.length);
  });
});

describe("a store", () => {
  const trained = trainedOf(specs.din);
  const { values } = trained.tables.get("item_id")!;
  const right: EmbeddingSource = {
    lookup: (ids, count, out, width) => {
      for (let i = 0; i < count; i++)
        out.set(values.subarray(ids[i]! * width, (ids[i]! + 1) * width), i * width);
    },
  };
  const options: EmitOptions = { tables: "i8", withoutTable: ["item_id"] };
  let stored: Compiled;
  beforeAll(async () => {
    stored = await compiledFrom(trained, options, { item_id: right });
  });
  const request = {
    user: { user_id: 7, gender: "f" },
    context: { hour: 3 },
    history: { clicks: [{ item_id: 3, cate_id: 1 }] },
    candidates: [{ item_id: 5, cate_id: 2, price: 1 }],
  };
  const rankWith = async (lookup: unknown) =>
    (await stored.module.createRanker({ weights: stored.weights, tables: { item_id: { lookup } } })).rank(
      request,
    );

  test("may have one table while others are bytes of the file", () => {
    expect(stored.ranker.verify()).toBeLessThan(1e-4);
    expect(stored.files.get("table.item_id.bin")).toHaveLength(4 * values.length);
  });

  test("that fails fails the request, with its own error", async () => {
    const error = new TypeError("no connection");
    await expect(
      rankWith(() => {
        throw error;
      }),
    ).rejects.toBe(error);
  });

  test.each([
    ["nothing", () => {}, "gave no number at 0 of 8 for id 4"],
    [
      "too little",
      (_: unknown, __: unknown, out: Float32Array) => out.fill(1, 0, 5),
      "gave no number at 5 of 8",
    ],
    ["a promise", async () => {}, "gave no number at 0 of 8"],
    [
      "what is no number",
      (_: unknown, __: unknown, out: Float32Array) => out.fill(Number.POSITIVE_INFINITY),
      "gave Infinity at 0 of 8",
    ],
  ])("that writes %s is told", async (_, lookup, message) => {
    await expect(rankWith(lookup)).rejects.toThrow(
      expect.objectContaining({ name: "RankerInputError", field: "tables.item_id" }),
    );
    await expect(rankWith(lookup)).rejects.toThrow(message);
  });

  test("that writes too much is told by the array", async () => {
    await expect(
      rankWith((_: unknown, count: number, out: Float32Array, width: number) =>
        out.set(new Float32Array(count * width + 1)),
      ),
    ).rejects.toThrow(RangeError);
  });

  test.each([
    [
      "is missing",
      undefined,
      "tables.item_id must have a lookup: the rows of this table are not in the weights file",
    ],
    ["has no lookup", { item_id: {} }, "tables.item_id must have a lookup"],
    [
      "is for another table too",
      { item_id: right, cate_id: right },
      "tables.cate_id isn't a table that this module was compiled without",
    ],
  ])("that %s is told when the ranker is made", async (_, tables, message) => {
    await expect(stored.module.createRanker({ weights: stored.weights, tables })).rejects.toThrow(message);
  });

  test("for a table that is in the weights file is not ignored", async () => {
    const { module, weights } = await compiledFrom(trained);
    await expect(module.createRanker({ weights, tables: { item_id: right } })).rejects.toThrow(
      "tables.item_id isn't a table that this module was compiled without",
    );
  });
});

describe("the folder", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dinc-tables-"));
    const trained = trainedOf(specs.din);
    const { files } = await compiledFrom(
      trained,
      { tables: "i8", withoutTable: ["item_id"] },
      {
        item_id: { lookup: () => {} },
      },
    );
    await writeFolder(join(folder, "din"), files, false);
    // The example of a folder with more bytes of weights than Node's readFile takes.
    const floats = await compiledFrom(trained);
    const { requests } = JSON.parse(floats.files.get("model.golden.json") as string);
    const readme = readmeText(trained.model, "1.0.0", {
      ...{ bytes: 2 ** 31, stored: [], example: requests[0].request },
      ...{ explains: true, type: "f32", isFast: false, isSingleFile: false, calibration: null },
    });
    await writeFolder(join(folder, "large"), new Map([...floats.files, ["README.md", readme]]), false);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("has the rows that were left out, and tests itself with them", async () => {
    expect(await readFile(join(folder, "din/model.test.js"), "utf8")).toContain("table.item_id.bin");
    const { stdout } = await run(process.execPath, ["--test", "model.test.js"], { cwd: join(folder, "din") });
    expect(stdout).toMatch(/# pass 33\n# fail 0/);
  });

  test.each(["din", "large"])("%s: the README's example reads files of any size", async (name) => {
    const readme = await readFile(join(folder, name, "README.md"), "utf8");
    const example = /```js\n([\s\S]*?)```/.exec(readme)![1]!;
    expect(example).toContain("readSync");
    await writeFile(join(folder, name, "example.mjs"), example);
    const { stdout } = await run(process.execPath, ["example.mjs"], { cwd: join(folder, name) });
    expect(stdout).toMatch(/Float32Array\(3\)/);
  });
});
