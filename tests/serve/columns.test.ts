// Candidates and histories as columns of what was encoded before: the same scores to the last bit, and no column that is
// read without being looked at.

import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { sweep } from "../support/how-often.ts";
import { type Compiled, compiled, type Ranker } from "./compiled.ts";
import { specs } from "./specs.ts";

const run = promisify(execFile);
const good = join(import.meta.dirname, "../good");
const goodSpecs = (await readdir(good)).filter((name) => name.endsWith(".din"));

/** A request with all that can be in columns. */
const inColumns = (ranker: Ranker, request: RawRequest) => ({
  ...request,
  ...("encodeHistory" in ranker ? { history: ranker.encodeHistory(request.history) } : {}),
  candidates: { columns: ranker.encodeCandidates(request.candidates), rows: request.candidates.length },
});

describe("columns score as lists do", () => {
  test.each(sweep([...Object.keys(specs), ...goodSpecs]))("%s", async (name) => {
    const spec = (specs as Record<string, string>)[name] ?? (await readFile(join(good, name), "utf8"));
    const { ranker, trained } = await compiled(spec);
    const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(4, name));
    for (const steps of [() => 0, () => 1, (max: number) => Math.min(max, 40) + 2]) {
      const request = sampler.make({ candidates: 70, steps, unseen: 0.2 });
      const columns = inColumns(ranker, request);
      expect(ranker.logits(columns)).toEqual(ranker.logits(request));
      // Some of them, one twice, by their places; and the first few.
      const places = [request.candidates.length - 1, 3, 3, 0, 10];
      expect(ranker.user(columns).rank({ ...columns.candidates, rows: Int32Array.from(places) })).toEqual(
        ranker.user(request).rank(places.map((place) => request.candidates[place])),
      );
      expect(ranker.user(request).rank({ ...columns.candidates, rows: 5 })).toEqual(
        ranker.user(columns).rank(request.candidates.slice(0, 5)),
      );
    }
  });
});

describe("what columns may be", () => {
  let din: Compiled;
  let sets: Compiled;
  beforeAll(async () => {
    din = await compiled(specs.din);
    sets = await compiled(await readFile(join(good, "sets-and-texts.din"), "utf8"));
  });
  const user = { user: { user_id: 7, gender: "f" }, context: { hour: 3 } };
  const item_id = Int32Array.of(1, 2, 41, 3);
  const cate_id = Int32Array.of(9, 1, 1, 5);
  const price = Float32Array.of(0, 1.5, -2, 0);

  test("all rows where nothing says which", () => {
    const session = din.ranker.user({ ...user, history: { clicks: [] } });
    const columns = { item_id, cate_id, price };
    expect(session.rank({ columns })).toEqual(session.rank({ columns, rows: 4 }));
    expect(session.topK({ columns }, 2)).toEqual(
      session.topK({ columns, rows: Int32Array.of(0, 1, 2, 3) }, 2),
    );
  });

  test("a history's steps may be places in the columns of the candidates", () => {
    const columns = { item_id, cate_id, price };
    const clicked = Int32Array.of(3, 0, 3);
    const history = { item_id: Int32Array.of(3, 1, 3), cate_id: Int32Array.of(5, 9, 5) };
    const scores = (clicks: unknown) => din.ranker.user({ ...user, history: { clicks } }).rank({ columns });
    expect(scores({ columns, rows: clicked })).toEqual(scores({ columns: history }));
    // Only the latest 12 of those meant count.
    const long = Int32Array.from({ length: 40 }, (_, i) => i % 3);
    expect(scores({ columns, rows: long })).toEqual(scores({ columns, rows: long.subarray(28) }));
  });

  const wrong: readonly [string, unknown][] = [
    ["candidates must be an array, or have columns", { item_id, cate_id, price }],
    ["candidates.columns.price must be a Float32Array", { columns: { item_id, cate_id } }],
    [
      "candidates.columns.item_id must be an Int32Array",
      { columns: { item_id: [1, 2, 41, 3], cate_id, price } },
    ],
    [
      'candidates.columns.cate_id has 3 rows, but "item_id" has 4',
      { columns: { item_id, cate_id: cate_id.subarray(1), price } },
    ],
    [
      "candidates.columns.item_id[2] is 42, but encoded ids are 1 (unknown) to 41",
      { columns: { item_id: Int32Array.of(1, 2, 42, 3), cate_id, price } },
    ],
    [
      "candidates.columns.item_id[3] is 0, but encoded ids are 1 (unknown) to 41",
      { columns: { item_id: Int32Array.of(1, 2, 3, 0), cate_id, price }, rows: Int32Array.of(0, 3) },
    ],
    [
      "candidates.columns.cate_id[0] is -1, but encoded ids are 1 (unknown) to 41",
      { columns: { item_id, cate_id: Int32Array.of(-1, 1, 1, 1), price } },
    ],
    [
      "candidates.columns.price[1] must be finite, not NaN",
      { columns: { item_id, cate_id, price: Float32Array.of(0, Number.NaN, 0, 0) } },
    ],
    ["candidates.rows is 5, but columns have 4 rows", { columns: { item_id, cate_id, price }, rows: 5 }],
    [
      "candidates.rows must be a whole number from 0 or an Int32Array of places",
      { columns: { item_id, cate_id, price }, rows: -1 },
    ],
    [
      "candidates.rows[1] is 4, but columns have 4 rows, from 0",
      { columns: { item_id, cate_id, price }, rows: Int32Array.of(0, 4) },
    ],
  ];
  test.each(wrong)("%s", (message, candidates) => {
    const session = din.ranker.user({ ...user, history: { clicks: [] } });
    expect(() => session.rank(candidates)).toThrow(
      expect.objectContaining({ name: "RankerInputError", message }),
    );
  });

  test("a history's columns are named as such", () => {
    const clicks = { columns: { item_id, cate_id: Int32Array.of(99, 1, 1, 1) } };
    expect(() => din.ranker.user({ ...user, history: { clicks } })).toThrow(
      /^history\.clicks\.columns\.cate_id\[0\] is 99/,
    );
  });

  test("sets are values and offsets, which are looked at before values are", () => {
    const sampler = new RequestSampler(sets.trained.model, sets.trained.fitted, Random.of(4, "sets"));
    const request = sampler.make({ candidates: 3, steps: () => 2, unseen: 0 });
    const { columns } = inColumns(sets.ranker, request).candidates;
    const session = sets.ranker.user(request);
    const [name, set] = Object.entries(columns).find(([, column]) => "offsets" in column)!;
    const { values } = set as { values: Int32Array };
    const changed =
      (offsets: readonly number[], all = values) =>
      () =>
        session.rank({ columns: { ...columns, [name]: { values: all, offsets: Int32Array.from(offsets) } } });
    const field = `candidates.columns.${name}`;
    expect(changed([0, 0, 0, 0])).not.toThrow();
    expect(changed([0, 0, 0])).toThrow(`${field} has 2 rows`);
    expect(changed([0, 0, values.length + 1, 0])).toThrow(
      `${field} has no values from 0 to ${values.length + 1}`,
    );
    expect(changed([0, 0, 1, 0], Int32Array.of(1))).toThrow(`${field} has no values from 1 to 0 for row 2`);
    expect(changed([-1, 0, 0, 0])).toThrow(`${field} has no values from -1 to 0 for row 0`);
    const many = new Int32Array(1000).fill(1);
    expect(changed([0, 1000, 1000, 1000], many)).toThrow(`${field} has 1000 values in row 0, but at most`);
    expect(changed([0, 1, 1, 1], Int32Array.of(1 << 20))).toThrow(
      `${field}.values[0] is 1048576, but encoded ids are`,
    );
    expect(() => session.rank({ columns: { ...columns, [name]: values } })).toThrow(
      `${field} must have values and offsets, each an Int32Array`,
    );
  });

  test("whatever is given, there are scores or a typed error", () => {
    const ids = fc
      .array(fc.integer({ min: -2, max: 45 }), { maxLength: 4 })
      .map((all) => Int32Array.from(all));
    const anything = fc.oneof(ids, fc.constantFrom(item_id, price, undefined, null, 3, [], {}, "columns"));
    const rows = fc.oneof(fc.integer({ min: -1, max: 5 }), fc.double(), anything);
    const session = din.ranker.user({ ...user, history: { clicks: [] } });
    fc.assert(
      fc.property(anything, anything, anything, rows, (first, second, third, meant) => {
        const given = { columns: { item_id: first, cate_id: second, price: third }, rows: meant };
        try {
          for (const score of session.rank(given) as Float32Array) expect(score).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ name: "RankerInputError" });
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe("memory", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dinc-columns-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("with a buffer for the scores, ranking columns takes none: no array, and nothing on the heap", async () => {
    const { files } = await compiled(specs.din);
    await writeFolder(join(folder, "din"), files, false);
    await writeFile(
      join(folder, "measure.mjs"),
      `import { readFileSync } from "node:fs";
import { createRanker } from "./din/model.js";
const ranker = await createRanker({ weights: readFileSync(new URL("./din/model.weights.bin", import.meta.url)) });
const list = Array.from({ length: 30 }, (_, i) => ({ item_id: i % 50, cate_id: i % 9, price: i }));
const history = { clicks: list.slice(0, 12) };
const session = ranker.user({ user: { user_id: 1, gender: "f" }, context: { hour: 1 }, history });
const columns = ranker.encodeCandidates(list);
const out = new Float32Array(30);
const taken = [];
for (const candidates of [{ columns }, { columns, rows: Int32Array.from(list, (_, i) => 29 - i) }]) {
  for (let i = 0; i < 5000; i++) session.rank(candidates, out);
  const rounds = [];
  for (let round = 0; round < 5; round++) {
    globalThis.gc();
    const before = process.memoryUsage();
    for (let i = 0; i < 1000; i++) session.rank(candidates, out);
    const after = process.memoryUsage();
    rounds.push((after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 1000);
  }
  taken.push(Math.min(...rounds));
}
console.log(JSON.stringify(taken));
`,
    );
    // V8 optimises on another thread, which on a busy machine may not be done by then: code before that takes
    // memory for its numbers.
    const flags = ["--expose-gc", "--no-concurrent-recompilation"];
    const { stdout } = await run(process.execPath, [...flags, "measure.mjs"], { cwd: folder });
    // Asking for the heap's size takes some of it: a call's share of that is less than any object.
    for (const bytes of JSON.parse(stdout) as number[]) expect(bytes).toBeLessThan(16);
  });
});
