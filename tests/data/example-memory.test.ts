// Example rows give the same rows, teach the same and make the same batches whatever memory there is.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import { columnsOf } from "../../compiler/data/row-stages.ts";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { RowsConfig } from "../../compiler/frontend/config/config.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { tableUses } from "../../compiler/middle/programs/table-uses.ts";
import { memoryRowsOf, occurrencesIn } from "../../runtime/data/batches/row-source.ts";
import { SourceBatches } from "../../runtime/data/batches/source-batches.ts";
import { readRows, readSplit, readTraining } from "../../runtime/data/read-data.ts";
import { BoundsWriter } from "../../runtime/data/storage/set-writer.ts";
import { SpillingStore } from "../../runtime/data/storage/spilling-store.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { runs } from "../support/how-often.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { dinModel, flatModel } from "./models.ts";
import { line, model, type Row, row, WHOLE } from "./rich-rows.ts";

/** All of it in files, some of it, and all of it in memory. */
const [NOTHING, PLENTY] = [0, 1e9];
const SOME = [500, 1000];

describe("example rows that do not fit into memory", () => {
  it("give the same rows, fitted numbers and batches as those that do", async () => {
    const folder = new TestFolder();
    const rows = fc.array(row, { minLength: 12, maxLength: 30 });
    const budget = fc.constantFrom(NOTHING, ...SOME);
    const split = fc.constantFrom("train", "valid", "test");
    let mixed = 0;
    await fc.assert(
      fc.asyncProperty(rows, rows, fc.boolean(), fc.boolean(), budget, split, async (...drawn) => {
        const [some, others, validates, hasBad, memory, split] = drawn;
        const bad = hasBad ? [line(some[0]!).replace(/"click":./, '"click":7')] : [];
        const linesOf = (all: readonly Row[]) =>
          [...[...all, ...WHOLE].map(line), ...bad].reverse().join("\n");
        const train = folder.write("train.jsonl", linesOf(some));
        const test = folder.write("test.jsonl", linesOf(others));
        const validate = validates ? { share: 0.4, seed: 8, by: "user_id", location: noLocation } : null;
        const valid = validates ? null : folder.write("valid.jsonl", linesOf(others.slice(3)));
        const under = (memory: number): RowsConfig => rowsOf(train, { test, valid, validate, memory });
        const reading = () => ({ badRows: new BadRowReport("skip") });

        const large = await readTraining(model, under(PLENTY), reading());
        for (const { stored } of [large.train, large.valid!, large.test!])
          expect(new Set(columnsOf(stored).map(({ kind }) => kind))).toEqual(new Set(["memory"]));
        expect(large.onDisk).toBe(0);
        const whole = memoryRowsOf(large.train);
        expect(whole.rows + (validates ? large.valid!.rows : 0)).toBe(some.length + WHOLE.length);

        const small = await readTraining(model, under(memory), reading());
        const { stored } = small.train;
        if (memory === NOTHING)
          for (const column of [stored.ids.get("item_id")!, stored.histories.get("clicks")!.bounds])
            expect(column.kind).toBe("file");
        mixed += Number([...stored.ids.values()].some(({ kind }) => kind === "memory"));
        expect(small.onDisk).toBeGreaterThan(0);
        expect(small.fitted).toEqual(large.fitted);
        expect(small.fingerprint).toEqual(large.fingerprint);
        for (const split of ["train", "valid", "test"] as const)
          expect(memoryRowsOf(small[split]!)).toEqual(memoryRowsOf(large[split]!));
        for (const split of ["valid", "test"] as const) {
          expect(small[split]!.labels).toEqual(large[split]!.labels);
          expect(small[split]!.groups).toEqual(large[split]!.groups);
        }
        const again = await readSplit(model, large.fitted, under(memory), split, reading());
        expect(memoryRowsOf(again!)).toEqual(memoryRowsOf(large[split]!));

        const program = trainingProgram(lower(model), model);
        const tables = tablesOf(model, large.fitted);
        for (const { name, rows: ids } of tables) {
          const uses = tableUses(program.step).filter(({ table }) => table === name);
          expect(occurrencesIn([{ ids, uses }], small.train)).toEqual(occurrencesIn([{ ids, uses }], whole));
        }
        const builder = new SourceBatches(planBatches(program.step, tables));
        const order = Int32Array.from({ length: whole.rows }, (_, i) => (i * 7 + 3) % whole.rows);
        const expected = [...builder.batches(whole, order, 5)];
        expect(expected).toHaveLength(Math.ceil(whole.rows / 5));
        for (const { size, inputs } of expected) {
          expect(inputs.get(inputNames.label("buy"))).toHaveLength(size);
          expect([...inputs.keys()]).toContain(inputNames.feature("slot"));
        }
        expect([...builder.batches(small.train, order, 5)]).toEqual(expected);
        expect([...builder.batches(large.train, order, 5)]).toEqual(expected);
      }),
      { numRuns: runs(4), endOnFailure: true },
    );
    expect(mixed).toBeGreaterThan(0);
  });

  it("are scored from files, too", async () => {
    const folder = new TestFolder();
    const train = folder.write("train.jsonl", WHOLE.map(line).join("\n"));
    const { fitted } = await readTraining(model, rowsOf(train));
    const [small, large] = [
      await readRows(model, fitted, train, { labels: "required", memory: NOTHING }),
      await readRows(model, fitted, train, { labels: "required" }),
    ];
    const kinds = [small, large].map(({ stored }) => new Set(columnsOf(stored).map(({ kind }) => kind)));
    expect(kinds[0]!.has("file")).toBe(true);
    expect(kinds[1]).toEqual(new Set(["memory"]));
    expect(memoryRowsOf(small)).toEqual(memoryRowsOf(large));
  });

  it("are read up to a limit in the room that one row after the other takes", async () => {
    const folder = new TestFolder();
    // Of 2,000 bytes and more each, so that 40,000 do not fit into what DuckDB has.
    const train = await folder.parquet(
      "train.parquet",
      `SELECT i AS item_id, repeat(chr(65 + (i % 26)::INTEGER), 2000) AS words, (i % 2)::INTEGER AS click
        FROM range(45000) r(i)`,
    );
    const words = flatModel("item_id : id embed 2\n  words : id embed 2", "item_id, words");
    const read = await readTraining(words, rowsOf(train, { memory: NOTHING }), { limit: 40_000 });
    expect(read.train.rows).toBe(40_000);
    const ids = memoryRowsOf(read.train).ids.get("words")!;
    expect([...ids.slice(-2)]).toEqual([...ids.slice(-28, -26)]);
  });

  it("say which folder what does not fit could not be put into", async () => {
    const folder = new TestFolder();
    const train = folder.write("train.jsonl", WHOLE.map(line).join("\n"));
    vi.stubEnv("TMPDIR", join(folder.path, "absent", "tmp"));
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    writeFileSync(join(folder.path, "absent"), "");
    expect(
      await folder.said(() => readTraining(model, rowsOf(train, { memory: NOTHING }))),
    ).toMatchInlineSnapshot(`
      "error[DIN0603 scratch-unwritable]: data beyond \`data.memory\` cannot be written to absent/tmp: a part of the path isn't a folder
        = help: set TMPDIR to a folder with enough space, or raise \`data.memory\`
      "
    `);
    expect((await readTraining(model, rowsOf(train))).onDisk).toBe(0);
  });

  it("say of which file DuckDB cannot unpack a piece", async () => {
    const folder = new TestFolder();
    const train = folder.csv(
      "train.csv",
      "user_id,item_id,cate_id,hist_item_id,hist_cate_id,click",
      "u,a,x,,,1",
    );
    const test = await folder.parquet(
      "test.parquet",
      `SELECT i % 50 AS user_id, i % 7 AS item_id, repeat(md5(i::VARCHAR), 30) AS cate_id, [1] AS hist_item_id,
        [1] AS hist_cate_id, 1 AS click FROM range(150000) r(i)`,
    );
    const config = rowsOf(train, { test, memory: NOTHING });
    expect(await folder.said(() => readTraining(dinModel(), config))).toMatchInlineSnapshot(`
      "error[DIN0602 memory-too-small]: it cannot be read with 0 MB of memory
       --> test.parquet
        = help: raise \`data.memory\` in dinc.yaml
      "
    `);
  });

  it("are refused where a column of lists has more values than can be counted", async () => {
    const bounds = new BoundsWriter(new SpillingStore(PLENTY, () => ""));
    bounds.add(Int32Array.of(3, 2 ** 31 - 2));
    bounds.add(Int32Array.of(1));
    expect(await new TestFolder().said(async () => bounds.add(Int32Array.of(0, 1)))).toMatchInlineSnapshot(`
      "error[DIN0605 too-many-values]: a column of lists has more than 2,147,483,647 values in total, which is the limit
      "
    `);
  });
});
