// Validation rows that are taken from the training rows: whose they are, and that nothing of them is learned from.

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { ColumnReader, inMemory } from "../../compiler/data/columns.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { HeldOutPart } from "../../compiler/frontend/config/config.ts";
import { numberAt } from "../../runtime/data/examples/number-at.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { readSplit, readTraining } from "./in-memory.ts";
import { dinModel } from "./models.ts";

const HEADER = "user_id,item_id,cate_id,hist_item_id,hist_cate_id,click";
const validate: HeldOutPart = { share: 0.25, seed: 7, location: noLocation };

/** Two rows a user, far apart; the user's number is the item's. */
function readyRows(users: number): string[] {
  return [0, 1].flatMap((click) =>
    Array.from({ length: users }, (_, user) => `u${user},i${user},x,i${user}|i${user},x|x,${click}`),
  );
}

const groups = (data: MemoryRows) => [...data.groups.get("user_id")!];

describe("of example rows", () => {
  function written() {
    const folder = new TestFolder();
    const train = folder.csv("train.csv", HEADER, ...readyRows(20));
    const test = folder.csv("test.csv", HEADER, "u0,i0,x,,,1");
    const by = { ...validate, by: "user_id" };
    return { folder, by, config: rowsOf(train, { test, validate: by }) };
  }

  it("are all rows of a share of the users, and training uses the others", async () => {
    const { train, valid, test, fingerprint } = await readTraining(dinModel(), written().config);
    expect([train.rows, valid!.rows, test!.rows]).toEqual([34, 6, 1]);
    expect(fingerprint).toMatchObject({
      trainRows: 34,
      validRows: 6,
      testRows: 1,
      parts: { by: "user_id", train: { rows: 34, users: 17 }, valid: { rows: 6, users: 3 }, test: null },
      validate: { share: 0.25, seed: 7, by: "user_id" },
    });
    const [kept, taken] = [new Set(groups(train)), new Set(groups(valid!))];
    expect([kept.size, taken.size]).toEqual([17, 3]);
    for (const user of taken) expect(kept.has(user)).toBe(false);
    expect([...valid!.labels.get("click")!].filter((click) => click === 1)).toHaveLength(3);
  });

  it("have their own vectors", async () => {
    const folder = new TestFolder();
    const rows = readyRows(20).map((line, row) => `${line},${row}|${row + 0.5}`);
    const train = folder.csv("train.csv", `${HEADER},image`, ...rows);
    const spec = `model vectors
features user { user_id : id  embed 4 }
features item { image : vector(2) }
label click : binary
net { predict click = concat(user_id, image) |> dense(1) |> sigmoid }
`;
    const { value: model } = check(sourceFile("vectors.din", spec));
    const config = rowsOf(train, { validate: { ...validate, by: "user_id" } });
    const { train: kept, valid } = await readTraining(model!, config);
    for (const part of [kept, valid!]) {
      const image = part.numbers.get("image")!;
      expect(image).toHaveLength(2 * part.rows);
      for (let row = 0; row < part.rows; row++) expect(image[2 * row + 1]).toBe(image[2 * row]! + 0.5);
    }
  });

  it("are not fitted on: their items are unknown, in columns and histories", async () => {
    const { train, valid, fitted } = await readTraining(dinModel(), written().config);
    expect(fitted.vocabularies.get("item_id")).toHaveLength(17);
    expect(new Set(valid!.ids.get("item_id")!)).toEqual(new Set([1]));
    const { steps, start, end } = valid!.histories.get("clicks")!;
    const seen = Array.from(start, (from, row) => [...steps.get("item_id")!.subarray(from, end[row]!)]);
    expect(seen).toEqual(new Array(6).fill([1, 1]));
    expect(Math.min(...train.ids.get("item_id")!)).toBe(2);
  });

  it("are the same when a split is read again, others for another seed", async () => {
    const { config, by } = written();
    const first = await readTraining(dinModel(), config);
    expect(await readSplit(dinModel(), first.fitted, config, "train")).toEqual(first.train);
    expect(await readSplit(dinModel(), first.fitted, config, "valid")).toEqual(first.valid);
    expect(await readSplit(dinModel(), first.fitted, config, "test")).toEqual(first.test);
    const other = { ...config, validate: { ...by, seed: 8 } };
    expect(groups((await readTraining(dinModel(), other)).valid!)).not.toEqual(groups(first.valid!));
  });

  it("need users on both sides, and the column that identifies them", async () => {
    const { folder, config, by } = written();
    const said = (change: object) =>
      folder.said(() => readTraining(dinModel(), { ...config, validate: { ...by, ...change } }));
    expect(await said({ share: 0.01 })).toMatchInlineSnapshot(`
      "error[DIN0437 kept-nothing-aside]: \`data.validate\`: with a share of 0.01 of 40 rows, one side would be empty
        = help: choose another share, or use more training rows; if there are few users, try another \`seed\`
      "
    `);
    expect(await said({ by: "user" })).toMatchInlineSnapshot(`
      "error[DIN0543 missing-column]: the data has no column \`user\`, which \`data.validate.by\` names
       --> train.csv, column user
        = help: did you mean \`user_id\`? The columns are \`user_id\`, \`item_id\`, \`cate_id\`, \`hist_item_id\`, \`hist_cate_id\`, \`click\`
      "
    `);
  });
});

describe("of example rows, taken by the row", () => {
  function written(rows: "random" | "last", seed = 7) {
    const folder = new TestFolder();
    const lines = Array.from({ length: 400 }, (_, i) => `u${i % 20},i${i},x,i${i}|i${i},x|x,${i % 2}`);
    const train = folder.csv("train.csv", HEADER, ...lines);
    return {
      folder,
      config: rowsOf(train, { validate: { share: 0.25, seed, location: noLocation, rows } }),
    };
  }
  /** Numbers of the rows, which are those of their items. */
  const numbersOf = (data: MemoryRows, items: readonly string[]) =>
    [...data.ids.get("item_id")!].map((id) => items[id - 2]);

  it("are the last ones, or random ones of any user, and are not fitted on", async () => {
    for (const rows of ["last", "random"] as const) {
      const { train, valid, fitted, fingerprint } = await readTraining(dinModel(), written(rows).config);
      expect(train.rows + valid!.rows).toBe(400);
      expect(fingerprint).toMatchObject({ validRows: valid!.rows, validate: { by: null, rows } });
      const items = fitted.vocabularies.get("item_id")!;
      expect(items).toHaveLength(train.rows);
      expect(new Set(valid!.ids.get("item_id")!)).toEqual(new Set([1]));
      const last = Array.from({ length: 300 }, (_, i) => `i${i}`);
      if (rows === "last") expect(numbersOf(train, items)).toEqual(last);
      else {
        expect(numbersOf(train, items)).not.toEqual(last);
        expect(Math.abs(valid!.rows - 100)).toBeLessThan(30);
        expect(new Set(groups(valid!)).size).toBe(20);
      }
    }
  });

  it("are the same when a split is read again, others for another seed", async () => {
    const { config } = written("random");
    const first = await readTraining(dinModel(), config);
    expect(await readSplit(dinModel(), first.fitted, config, "train")).toEqual(first.train);
    expect(await readSplit(dinModel(), first.fitted, config, "valid")).toEqual(first.valid);
    const other = await readTraining(dinModel(), written("random", 8).config);
    expect(groups(other.valid!)).not.toEqual(groups(first.valid!));
  });

  it("need both sides", async () => {
    const { folder, config } = written("last");
    const validate = { share: 0.001, seed: 7, location: noLocation, rows: "last" } as const;
    expect(await folder.said(() => readTraining(dinModel(), { ...config, validate }))).toMatch(
      /DIN0437.*a share of 0\.001 of 400 rows, one side would be empty/,
    );
  });
});

describe("of example rows, the latest by a column of times", () => {
  const times = ["numbers", "timestamps", "nanoseconds"] as const;
  /** Row i has the time 7 i modulo 40, so that the file is in no order; ten rows have each time. */
  function written(
    form: (typeof times)[number],
    change: (line: string, row: number) => string = (line) => line,
  ) {
    const folder = new TestFolder();
    const at = (row: number) => (7 * row) % 40;
    const shown = (time: number) =>
      form === "numbers"
        ? `${1_700_000_000 + time}`
        : form === "nanoseconds"
          ? `${1_700_000_000n * 1_000_000_000n + BigInt(1000 * time)}`
          : `2026-11-27T0${time < 20 ? 8 : 9}:00:${10 + (time % 20)}+0${time < 20 ? 1 : 2}:00`;
    const lines = Array.from({ length: 400 }, (_, i) =>
      change(`u${i % 20},i${i},x,i${i}|i${i},x|x,${i % 2},${shown(at(i))}`, i),
    );
    const train = folder.csv("train.csv", `${HEADER},when`, ...lines);
    const validate = { share: 0.1, seed: 7, location: noLocation, latestBy: "when" };
    return { folder, at, config: rowsOf(train, { validate }) };
  }
  const rowsIn = (data: MemoryRows, items: readonly string[]) =>
    [...data.ids.get("item_id")!].map((id) => Number(items[id - 2]!.slice(1)));

  it.each(times)("are told by %s, and rows of one time stay together", async (form) => {
    const { at, config } = written(form);
    const { train, valid, fitted, fingerprint } = await readTraining(dinModel(), config);
    expect([train.rows, valid!.rows]).toEqual([360, 40]);
    expect(fingerprint).toMatchObject({ validate: { share: 0.1, latestBy: "when" } });
    // Timestamps of 9 o'clock at +02:00 are the same instants as those of 8 o'clock at +01:00.
    const latest = form === "timestamps" ? [18, 19, 38, 39] : [36, 37, 38, 39];
    const kept = Array.from({ length: 400 }, (_, row) => row).filter((row) => !latest.includes(at(row)));
    expect(rowsIn(train, fitted.vocabularies.get("item_id")!)).toEqual(kept);
    const { config: odd } = written(form);
    const more = { ...odd, validate: { ...config.validate!, share: 0.11 } };
    expect((await readTraining(dinModel(), more)).valid!.rows).toBe(form === "timestamps" ? 60 : 50);
  });

  it("are the same when a split is read again, and when bad rows are left out", async () => {
    const { config } = written("numbers");
    const first = await readTraining(dinModel(), config);
    expect(await readSplit(dinModel(), first.fitted, config, "valid")).toEqual(first.valid);
    const { config: some } = written("numbers", (line, row) =>
      row % 100 === 0 ? line.replace(/,\d+$/, ",soon") : line,
    );
    const badRows = new BadRowReport("skip");
    const sound = await readTraining(dinModel(), { ...some, onBadRow: "skip" }, { badRows });
    expect(sound.train.rows + sound.valid!.rows).toBe(396);
    expect([...sound.valid!.labels.get("click")!]).toEqual([...first.valid!.labels.get("click")!]);
  });

  it("need the column, and a time in every row", async () => {
    const { folder, config } = written("numbers", (line, row) =>
      row === 3 ? line.replace(/\d+$/, "") : line,
    );
    const said = (data: typeof config) => folder.said(() => readTraining(dinModel(), data));
    expect(
      await said({ ...config, validate: { ...config.validate!, latestBy: "wen" } } as typeof config),
    ).toMatchInlineSnapshot(`
      "error[DIN0543 missing-column]: the data has no column \`wen\`, which \`data.validate.latest_by\` names
       --> train.csv, column wen
        = help: did you mean \`when\`? The columns are \`user_id\`, \`item_id\`, \`cate_id\`, \`hist_item_id\`, \`hist_cate_id\`, \`click\`, \`when\`
      "
    `);
    expect(await said(config)).toMatchInlineSnapshot(`
      "error[DIN0545 missing-value]: \`when\` has no value here
       --> train.csv, row 4, column when
      "
    `);
    const { folder: other, config: one } = written("numbers", (line) => line.replace(/\d+$/, "1700000000"));
    expect(await other.said(() => readTraining(dinModel(), one))).toMatch(/DIN0437/);
  });

  test("the number at a place is that of sorted numbers, however few are held", () => {
    const reader = new ColumnReader();
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
          {
            minLength: 1,
          },
        ),
        fc.nat(),
        (numbers, nat) => {
          const place = nat % numbers.length;
          const sorted = Float64Array.from(numbers, (x) => x + 0).sort();
          const column = inMemory(Float64Array.from(numbers, (x) => x + 0));
          expect(numberAt(column, place, reader, 4)).toBe(sorted[place]! + 0);
        },
      ),
    );
  });
});

describe("of an event log", () => {
  function written() {
    const folder = new TestFolder();
    // Users of 2 to 5 events; user u touches the items from u on, in order.
    const lengths = Array.from({ length: 20 }, (_, user) => 2 + (user % 4));
    const log = folder.csv(
      "log.csv",
      "user_id,item_id,t",
      ...lengths.flatMap((length, user) => Array.from({ length }, (_, t) => `u${user},i${user + t},${t}`)),
    );
    const items = folder.csv(
      "items.csv",
      "item_id,cate_id",
      ...Array.from({ length: 30 }, (_, item) => `i${item},x`),
    );
    return { ...eventsOf(log, items), validate: { ...validate, share: 0.4 } };
  }

  /** Of the positives: the user and how long their history is. */
  const positives = (data: MemoryRows) => {
    const { start, end } = data.histories.get("clicks")!;
    return groups(data).flatMap((user, row) =>
      data.labels.get("click")![row] === 1 ? [{ user, history: end[row]! - start[row]! }] : [],
    );
  };

  it("are the last training targets of a share of those who have one", async () => {
    const config = written();
    const whole = await readTraining(dinModel(), { ...config, validate: null });
    const { train, valid, test } = await readTraining(dinModel(), config);
    expect(positives(test!)).toEqual(positives(whole.test!));
    const taken = positives(valid!);
    // 15 of 20 users have three events, and a hash of each draws 5.
    expect(taken).toHaveLength(5);
    expect(valid!.rows).toBe(10);
    for (const { user, history } of taken) {
      const targets = positives(whole.train).filter((each) => each.user === user);
      expect(history).toBe(Math.max(...targets.map((each) => each.history)));
    }
    const both = [...positives(train), ...taken].sort((a, b) => a.user - b.user || a.history - b.history);
    expect(both).toEqual(positives(whole.train).sort((a, b) => a.user - b.user || a.history - b.history));
  });

  it("are the same when read again", async () => {
    const config = written();
    const first = await readTraining(dinModel(), config);
    expect(await readSplit(dinModel(), first.fitted, config, "valid")).toEqual(first.valid);
    expect(await readSplit(dinModel(), first.fitted, config, "train")).toEqual(first.train);
  });
});

describe("in dinc.yaml", () => {
  const said = async (validate: string, more = "") => {
    const folder = new TestFolder();
    folder.write("train.csv", "");
    const path = folder.write("dinc.yaml", `data:\n  train: train.csv\n${more}  validate: ${validate}\n`);
    return folder.said(() => readConfig(path));
  };

  it("a share and who users are", async () => {
    const folder = new TestFolder();
    folder.write("train.csv", "");
    const yaml = "data:\n  train: train.csv\n  validate: { share: 0.1, by: user_id }\n";
    const { data } = await readConfig(folder.write("dinc.yaml", yaml));
    expect(data).toMatchObject({ validate: { share: 0.1, by: "user_id", seed: 2026 } });
  });

  it("mistakes", async () => {
    expect(await said("0.1")).toMatchInlineSnapshot(`
      "error[DIN0522 wrong-setting]: \`data.validate\` must be a group of settings, not \`0.1\`
       --> dinc.yaml:3:13
        |
      3 |   validate: 0.1
        |             ^^^
        = help: write \`validate: { share: 0.1, by: user_id }\`
      "
    `);
    expect(await said("{ share: 1 }")).toMatchInlineSnapshot(`
      "error[DIN0522 wrong-setting]: \`data.validate.share\` must be a number between 0 and 1, not \`1\`
       --> dinc.yaml:3:22
        |
      3 |   validate: { share: 1 }
        |                      ^

      error[DIN0523 missing-setting]: \`data.validate.by\` is missing
       --> dinc.yaml:3:13
        |
      3 |   validate: { share: 1 }
        |             ^^^^^^^^^^^^
      "
    `);
    expect(await said("{ share: 0.1, by: user_id }", "  valid: train.csv\n")).toMatchInlineSnapshot(`
      "error[DIN0438 rows-named-twice]: \`valid\` and \`validate\` both give validation rows
       --> dinc.yaml:4:3
        |
      4 |   validate: { share: 0.1, by: user_id }
        |   ^^^^^^^^

      warning[DIN0595 splits-of-one-file]: \`data.valid\` and \`data.train\` are the same file
       --> dinc.yaml:3:3
        |
      3 |   valid: train.csv
        |   ^^^^^
      "
    `);
  });
});
