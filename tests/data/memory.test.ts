// An event log gives the same rows, learns the same and makes the same batches whatever memory there is (example rows in
// example-memory.test.ts; how much memory data take in peak-memory.test.ts).

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { tableUses } from "../../compiler/middle/programs/table-uses.ts";
import { memoryRowsOf, occurrencesIn } from "../../runtime/data/batches/row-source.ts";
import { SourceBatches } from "../../runtime/data/batches/source-batches.ts";
import { readSplit, readTraining } from "../../runtime/data/read-data.ts";
import { Prepared } from "../../runtime/driver/prepare.ts";
import { Scratch } from "../../runtime/files/scratch.ts";
import { runs } from "../support/how-often.ts";
import { eventsOf, TestFolder } from "./files.ts";
import { dinModel } from "./models.ts";
import { configOf, events, model } from "./rich-events.ts";

/** All of it in files, and all of it in memory. */
const [NOTHING, PLENTY] = [0, 1e9];

describe("an event log that does not fit into memory", () => {
  it("gives the same rows, fitted numbers and batches as one that does", async () => {
    const folder = new TestFolder();
    await fc.assert(
      fc.asyncProperty(events, fc.integer({ min: 0, max: 50 }), async (log, limit) => {
        const config = configOf(folder, log);
        const options = limit === 0 ? {} : { limit };
        const [small, large] = [
          await readTraining(model, { ...config, memory: NOTHING }, options),
          await readTraining(model, { ...config, memory: PLENTY }, options),
        ];
        expect(small.train.events.item.kind).toBe("file");
        expect(large.train.events.item.kind).toBe("memory");
        expect(small.train.events.events.vectors.get("place")!.kind).toBe("file");
        expect(large.train.events.events.vectors.get("place")!.kind).toBe("memory");
        expect(small.fitted).toEqual(large.fitted);
        expect(memoryRowsOf(small.train)).toEqual(memoryRowsOf(large.train));
        expect(memoryRowsOf(small.test!)).toEqual(memoryRowsOf(large.test!));
        expect([small.test!.labels, small.test!.groups]).toEqual([large.test!.labels, large.test!.groups]);

        const whole = memoryRowsOf(large.train);
        const program = trainingProgram(lower(model), model);
        const tables = tablesOf(model, large.fitted);
        for (const { name, rows } of tables) {
          const uses = tableUses(program.step).filter(({ table }) => table === name);
          const counts = occurrencesIn([{ ids: rows, uses }], whole)[0]!;
          expect(occurrencesIn([{ ids: rows, uses }], small.train)).toEqual([counts]);
          expect(occurrencesIn([{ ids: rows, uses }], large.train)).toEqual([counts]);
        }
        const builder = new SourceBatches(planBatches(program.step, tables));
        const order = Int32Array.from({ length: whole.rows }, (_, i) => (i * 7 + 3) % whole.rows);
        const expected = [...builder.batches(whole, order, 5)];
        expect(expected).toHaveLength(Math.ceil(whole.rows / 5));
        for (const { size, inputs } of expected) {
          expect(inputs.get(inputNames.label("click"))).toHaveLength(size);
          expect([...inputs.keys()]).toContain(inputNames.feature("slot"));
        }
        expect([...builder.batches(small.train, order, 5)]).toEqual(expected);
        expect([...builder.batches(large.train, order, 5)]).toEqual(expected);
        for (const split of ["train", "test"] as const) {
          const again = await readSplit(model, small.fitted, { ...config, memory: NOTHING }, split, options);
          expect(memoryRowsOf(again!)).toEqual(memoryRowsOf(large[split]!));
        }
      }),
      { numRuns: runs(3) },
    );
  });

  it("leaves no folder: the next reading removes what a killed process left", async () => {
    const left = join(tmpdir(), "dinc-scratch-99999999-0");
    mkdirSync(left, { recursive: true });
    const folder = new TestFolder();
    const log = Array.from({ length: 12 }, (_, i) => ({ user: i % 2, item: i % 5, t: i, n: i, words: [] }));
    const { train } = await readTraining(model, { ...configOf(folder, log), memory: NOTHING });
    expect(existsSync(left)).toBe(false);
    const { item } = train.events;
    expect(item.kind === "file" && existsSync(item.path)).toBe(true);
  });

  it("keeps the files of prepared data until they are closed", async () => {
    const folder = new TestFolder();
    const log = Array.from({ length: 12 }, (_, i) => ({ user: i % 2, item: i % 5, t: i, n: i, words: [] }));
    const source = { ...configOf(folder, log), memory: NOTHING };
    const columns = new Scratch();
    const data = await readTraining(model, source, { columns });
    const asked = { model, source: null, rows: null, from: null, expected: null };
    const read = { data, truth: null, titles: async () => null, baseline: async () => null };
    const prepared = new Prepared(asked, read, 0, columns);
    expect(readdirSync(columns.path).length).toBeGreaterThan(0);
    prepared.close();
    expect(existsSync(columns.path)).toBe(false);
    prepared.close();
  });
});

describe("where there is no room", () => {
  const LOG = Array.from({ length: 12 }, (_, i) => ({ user: i % 2, item: i % 5, t: i, n: i, words: [] }));

  it("says which folder what does not fit could not be put into", async () => {
    const folder = new TestFolder();
    const config = { ...configOf(folder, LOG), memory: NOTHING };
    vi.stubEnv("TMPDIR", join(folder.path, "absent", "tmp"));
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    writeFileSync(join(folder.path, "absent"), "");
    expect(await folder.said(() => readTraining(model, config))).toMatchInlineSnapshot(`
      "error[DIN0603 scratch-unwritable]: data beyond \`data.memory\` cannot be written to absent/tmp: a part of the path isn't a folder
        = help: set TMPDIR to a folder with enough space, or raise \`data.memory\`
      "
    `);
  });

  it("says that a log which DuckDB cannot unpack needs more memory", async () => {
    const folder = new TestFolder();
    const log = await folder.parquet(
      "log.parquet",
      "SELECT i % 50 AS user_id, i % 7 AS item_id, i AS t, repeat(md5(i::VARCHAR), 30) AS cate_id FROM range(150000) r(i)",
    );
    const config = { ...configOf(folder, LOG), ...eventsOf(log), users: null, memory: NOTHING };
    expect(await folder.said(() => readTraining(dinModel(), config))).toMatchInlineSnapshot(`
      "error[DIN0602 memory-too-small]: it cannot be read with 0 MB of memory
       --> log.parquet
        = help: raise \`data.memory\` in dinc.yaml
      "
    `);
  });
});
