// Histories that are filled up to one length: with `data.padding` they are what they are without it, in every format. Without
// the setting a training says so, and says nothing of histories that nothing fills up.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { encodeRows, fitRows } from "../../compiler/data/encode.ts";
import type { Profile } from "../../compiler/data/profile.ts";
import { type Diagnostic, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { checkConfig } from "../../compiler/frontend/config/check-config.ts";
import { type RowsConfig, separatorsOf } from "../../compiler/frontend/config/config.ts";
import { nothingExpected } from "../../compiler/frontend/config/expect.ts";
import type { Padding } from "../../compiler/frontend/config/padding.ts";
import { trainingProblems } from "../../compiler/frontend/config/training-problems.ts";
import { plainValue } from "../../compiler/serve/padding.ts";
import { howRead } from "../../runtime/data/data-fingerprint.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { profileColumns } from "../../runtime/data/tables/profile-file.ts";
import { RowSample } from "../../runtime/data/tables/row-sample.ts";
import { profileData } from "../../runtime/driver/test-data.ts";
import { runs, timeout } from "../support/how-often.ts";
import { wholeWay } from "../support/whole-way.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { readRows, readTraining } from "./in-memory.ts";
import { dinModel, modelOf } from "./models.ts";

const spec = `model padded
features item {
  item_id : id  embed 2
  price   : number |> standardize
  tags    : set(id, max: 3)  embed 2
}
history clicks(max: 3) {
  item_id <-> hist_item_id
  price   <-> hist_price
  tags    <-> hist_tags
  action  : enum("view", "cart")  embed 2
}
label click : binary
net { predict click = concat(item_id, price, tags, mean(clicks)) |> dense(2, relu) |> dense(1) |> sigmoid }
train { loss binary_cross_entropy  optimizer adam(learning_rate: 1e-2)  batch 8  epochs 2 }
`;

const model = modelOf(spec);

interface Step {
  readonly item: number;
  readonly price: number;
  readonly tags: readonly number[];
  readonly action: string;
}

interface Row {
  readonly item: number;
  readonly price: number;
  readonly tags: readonly number[];
  readonly click: number;
  readonly steps: readonly Step[];
}

const tags = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 });
// Prices of 0 are prices: a step is padding where all of it is.
const price = fc.constantFrom(0, 0.5, 1, 2.25, 10);
const step: fc.Arbitrary<Step> = fc.record({
  item: fc.integer({ min: 1, max: 30 }),
  price,
  tags,
  action: fc.constantFrom("view", "cart"),
});
const table = (rows: {
  readonly minLength: number;
  readonly maxLength: number;
}): fc.Arbitrary<readonly Row[]> =>
  fc.array(
    fc.record({
      item: fc.integer({ min: 1, max: 30 }),
      price,
      tags,
      click: fc.integer({ min: 0, max: 1 }),
      steps: fc.array(step, { maxLength: 6 }),
    }),
    rows,
  );

/** How a file is filled up: with which value, how many steps beyond the longest history, at which end. */
interface Filled {
  readonly value: string | number | null;
  readonly more: number;
  readonly end: "front" | "back";
}

type Cells = Readonly<Record<string, unknown>>;

/** Rows as lists, filled up or not. */
function listsOf(rows: readonly Row[], filled: Filled | null): Cells[] {
  const width = Math.max(...rows.map(({ steps }) => steps.length)) + (filled?.more ?? 0);
  return rows.map((row) => {
    const list = (values: readonly unknown[], value: unknown) => {
      if (filled === null) return values;
      const fill = Array.from({ length: width - values.length }, () => value);
      return filled.end === "front" ? [...fill, ...values] : [...values, ...fill];
    };
    const value = filled?.value;
    return {
      item_id: row.item,
      price: row.price,
      tags: row.tags,
      hist_item_id: list(
        row.steps.map(({ item }) => item),
        value,
      ),
      hist_price: list(
        row.steps.map((each) => each.price),
        value,
      ),
      hist_tags: list(
        row.steps.map((each) => each.tags),
        value === null ? [] : [value, value],
      ),
      action: list(
        row.steps.map(({ action }) => action),
        value,
      ),
      click: row.click,
    };
  });
}

function csvOf(rows: readonly Cells[]): string {
  const names = Object.keys(rows[0]!);
  const inner = (value: unknown) => (Array.isArray(value) ? value.join(";") : String(value ?? ""));
  const cell = (name: string, value: unknown) => {
    if (!Array.isArray(value)) return String(value);
    return value.map((each) => (name === "tags" ? String(each) : inner(each))).join("|");
  };
  return `${[names.join(","), ...rows.map((row) => names.map((name) => cell(name, row[name])).join(","))].join("\n")}\n`;
}

const filledUp = (...values: readonly Filled["value"][]): fc.Arbitrary<Filled> =>
  fc.record({
    value: fc.constantFrom(...values),
    more: fc.integer({ min: 0, max: 3 }),
    end: fc.constantFrom("front", "back"),
  });

const paddingFor = ({ value }: Filled): Padding => [String(value ?? "")];

const random = { numRuns: runs(20) };

describe("padding that is named", () => {
  it(
    "is as if it were not there, of rows in memory",
    () => {
      fc.assert(
        fc.property(
          table({ minLength: 2, maxLength: 12 }).filter((rows) => rows.some(({ steps }) => steps.length > 0)),
          filledUp(0, -1, "0", "pad", null),
          fc.boolean(),
          (rows, filled, latestFirst) => {
            const nothing = { vocabularies: new Map(), transforms: new Map() };
            const own = listsOf(rows, null) as never;
            const padded = listsOf(rows, filled) as never;
            const padding = paddingFor(filled);
            const plain = fitRows(model, nothing, own, "rows", { latestFirst });
            const taken = fitRows(model, nothing, padded, "rows", { latestFirst, padding });
            expect(taken).toEqual(plain);
            // Named for the history alone, and in rows to score.
            const byHistory = { latestFirst, padding: { clicks: padding as readonly string[] } };
            expect(
              encodeRows(model, plain.fitted, padded, "rows", { ...byHistory, labels: "required" }),
            ).toEqual(encodeRows(model, plain.fitted, own, "rows", { latestFirst, labels: "required" }));
          },
        ),
        random,
      );
    },
    timeout,
  );

  it(
    "is as if it were not there, in files of every format",
    async () => {
      const folder = new TestFolder();
      let files = 0;
      await fc.assert(
        fc.asyncProperty(
          table({ minLength: 3, maxLength: 8 }).filter((rows) => rows.some(({ steps }) => steps.length > 0)),
          filledUp(0, -1),
          fc.constantFrom("csv", "decimals", "json", "parquet"),
          async (rows, filled, format) => {
            const name = `rows-${files++}`;
            const write = async (lists: readonly Cells[], as: string): Promise<string> => {
              const json = folder.write(`${as}.json`, JSON.stringify(lists));
              if (format === "json") return json;
              if (format === "parquet")
                return folder.parquet(`${as}.parquet`, `SELECT * FROM read_json('${json}')`);
              const text = csvOf(lists);
              // As pandas writes whole numbers beside missing ones: 0 as 0.0.
              const decimal = text.replaceAll(/(?<=[|;,])(0|-1)(?=[|;,])/g, "$1.0");
              return folder.write(`${as}.csv`, format === "decimals" ? decimal : text);
            };
            const own = await write(listsOf(rows, null), `${name}-own`);
            // JSON has no one type for numbers and texts in one list: actions are filled up by texts.
            const lists = listsOf(rows, filled).map((row) => ({
              ...row,
              action: (row["action"] as unknown[]).map(String),
            }));
            const padded = await write(lists, `${name}-padded`);
            const padding = paddingFor(filled);
            const plain = await readTraining(model, rowsOf(own));
            const taken = await readTraining(model, rowsOf(padded, { padding }));
            expect(taken.fitted).toEqual(plain.fitted);
            expect(taken.train).toEqual(plain.train);
            expect(taken.fingerprint.lists?.padding).toEqual(padding);
            const scored = { labels: "optional" } as const;
            expect(await readRows(model, plain.fitted, padded, { ...scored, padding })).toEqual(
              await readRows(model, plain.fitted, own, scored),
            );
          },
        ),
        { numRuns: runs(4) },
      );
    },
    timeout,
  );

  it("is not counted where drift is told from", async () => {
    const folder = new TestFolder();
    const [rows] = fc.sample(table({ minLength: 30, maxLength: 30 }), 1) as [readonly Row[]];
    // Where a text has nothing, nobody can tell a list of nothing from none.
    const own = folder.write("own.json", JSON.stringify(listsOf(rows, null)));
    const { fitted } = await readTraining(model, rowsOf(own));
    const counted = async (path: string, padding?: Padding) => {
      const sample = new RowSample(profileColumns(model, padding), "|", 1e6);
      await readTraining(model, rowsOf(path, padding === undefined ? {} : { padding }), { sample });
      const { profile } = await profileData(
        { model, fitted, expect: nothingExpected, path },
        { separators: separatorsOf(), padding, memory: 256e6, baseline: null },
      );
      const ofSteps = ({ columns }: Profile) =>
        columns.filter(({ column }) => /^hist_|^action$/.test(column));
      return [profile, await sample.profile(fitted)].map(ofSteps);
    };
    const plain = await counted(own);
    const text = folder.write("text.csv", csvOf(listsOf(rows, { value: "0.0", more: 2, end: "front" })));
    expect(await counted(text, ["0"])).toEqual(plain);
    const lists = listsOf(rows, { value: -1, more: 1, end: "back" });
    const texts = lists.map((row) => ({ ...row, action: (row["action"] as unknown[]).map(String) }));
    const json = folder.write("lists.json", JSON.stringify(texts));
    expect(await counted(json, { clicks: ["-1"] })).toEqual(plain);
  });

  it("changes no weight and no prediction of a training", async () => {
    const [rows] = fc.sample(table({ minLength: 60, maxLength: 60 }), 1) as [readonly Row[]];
    const own = await wholeWay(spec, { "train.csv": csvOf(listsOf(rows, null)) });
    for (const end of ["front", "back"] as const) {
      const text = csvOf(listsOf(rows, { value: 0, more: 1, end }));
      const padded = await wholeWay(spec, { "train.csv": text }, ["data.padding=0"]);
      const [run, other] = [padded.opened.run, own.opened.run];
      expect(run.parameters).toEqual(other.parameters);
      expect(run.tables).toEqual(other.tables);
      expect(run.fitted).toEqual(other.fitted);
      expect([...padded.logits]).toEqual([...own.logits]);
      expect(padded.comparison.beyondTolerance).toBe(0);
      expect(padded.opened.run.manifest.data.lists).toMatchObject({ padding: ["0"] });
    }
  });
});

/** What is said about the training rows of a CSV, beside mistakes. */
async function remarksOn(
  folder: TestFolder,
  of: typeof model,
  text: string,
  more: Partial<RowsConfig> = {},
): Promise<readonly Diagnostic[]> {
  const path = folder.write("rows.csv", text);
  const badRows = new BadRowReport();
  await readTraining(of, rowsOf(path, more), { badRows });
  return badRows.remarks.filter(({ code }) => code !== "DIN0564");
}

const HEADER = "user_id,item_id,cate_id,hist_item_id,hist_cate_id,click";

describe("a training says", () => {
  const said = async (lines: readonly string[], padding?: Padding): Promise<string> => {
    const folder = new TestFolder();
    const text = `${[HEADER, ...lines].join("\n")}\n`;
    const found = await remarksOn(folder, dinModel(), text, padding === undefined ? {} : { padding });
    return renderPretty(found).replaceAll(`${folder.path}/`, "");
  };
  const PADDED = ["u1,7,1,7|8|0|0,1|1|0|0,1", "u2,8,1,8|0|0|0,1|0|0|0,0", "u3,7,1,9|8|7|0,2|1|1|0,1"];

  it("that a history looks filled up, and how to say that it is or is not", async () => {
    expect(await said(PADDED)).toMatchInlineSnapshot(`
      "warning[DIN0568 history-looks-padded]: \`clicks\` looks padded to one length with 0, as in \`7|8|0|0\`: each 0 counts as a step, and one is the latest
       --> rows.csv, row 1, column hist_item_id
       ::: model.din:7:9
        |
      7 | history clicks(max: 50) {
        |         ------ declared here
        = help: write \`padding: { clicks: 0 }\` under \`data\` of dinc.yaml, or \`padding: { clicks: [] }\` if it is not padding
      "
    `);
    expect(await said(PADDED, ["0"])).toBe("");
    expect(await said(PADDED, [])).toBe("");
    expect(await said(PADDED, { clicks: [] })).toBe("");
  });

  it("that an item has the padding as its id", async () => {
    expect(await said([...PADDED, "u4,0,0,7|8|7|0,1|1|1|0,0"], ["0"])).toMatchInlineSnapshot(`
      "warning[DIN0518 padding-is-an-item]: \`item_id\` and \`cate_id\` are 0 here, which \`data.padding\` removes from \`clicks\`
       --> rows.csv, row 4, column item_id
       ::: model.din:7:9
        |
      7 | history clicks(max: 50) {
        |         ------ declared here
        = help: number items from 1 on, or pad histories with a value that no item has, such as -1, and name it in \`data.padding\`
      "
    `);
    // A category 0 beside an item is no padding.
    expect(await said([...PADDED, "u4,9,0,7|8|9|0,1|1|0|0,0"], ["0"])).toBe("");
  });

  it("that padding is between steps, where it counts", async () => {
    const lines = [...PADDED, "u4,7,1,7|0|8|0,1|0|1|0,0"];
    expect(await said(lines, ["0"])).toMatchInlineSnapshot(`
      "warning[DIN0517 padding-between-steps]: \`clicks\` has padding (0) between its steps here, and it counts as a step
       --> rows.csv, row 4, column hist_item_id
       ::: model.din:7:9
        |
      7 | history clicks(max: 50) {
        |         ------ declared here
        = help: if the value means an unknown item, write another value in the data; if it is padding, remove it there
      "
    `);
  });

  it("that no row has the padding that is named, and where columns have several values", async () => {
    expect(await said(PADDED, ["-1"])).toMatchInlineSnapshot(`
      "warning[DIN0519 padding-absent]: \`data.padding\` is -1 for \`clicks\`, but none of these rows has such padding
       --> rows.csv, column hist_item_id
       ::: model.din:7:9
        |
      7 | history clicks(max: 50) {
        |         ------ declared here
        = help: remove the setting, or name the value that the file has
      "
    `);
    const several = ["u1,7,1,7|8|0|0,1|1|-1|-1,1", "u2,8,1,8|0|0|0,1|-1|-1|-1,0"];
    expect(await said(several, ["0"])).toMatchInlineSnapshot(`
      "warning[DIN0519 padding-absent]: \`data.padding\` is 0 for \`clicks\`, but none of these rows has such padding
       --> rows.csv, column hist_item_id
       ::: model.din:7:9
        |
      7 | history clicks(max: 50) {
        |         ------ declared here
        = help: a step is padding only if all its columns are, and \`hist_cate_id\` has -1 there: if that is padding too, name both: \`padding: [0, -1]\`
      "
    `);
    expect(await said(several, ["0", "-1"])).toBe("");
  });

  it(
    "that histories look filled up exactly where they are",
    async () => {
      const folder = new TestFolder();
      await fc.assert(
        fc.asyncProperty(
          table({ minLength: 60, maxLength: 120 }),
          filledUp(0, -1),
          fc.boolean(),
          async (rows, filled, isPadded) => {
            const text = csvOf(listsOf(rows, isPadded ? filled : null));
            const found = await remarksOn(folder, lenient, text);
            expect(found.map(({ code }) => code)).toEqual(isPadded ? ["DIN0568"] : []);
          },
        ),
        { numRuns: runs(4) },
      );
    },
    timeout,
  );

  it(
    "so in whatever order a large file is: full histories first, short ones first, or mixed",
    async () => {
      const folder = new TestFolder();
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1100, max: 4000 }),
          fc.integer({ min: 300, max: 900 }),
          fc.constantFrom("full first", "short first", "mixed"),
          fc.boolean(),
          async (full, short, order, isPadded) => {
            const lines = Array.from({ length: full + short }, (_, row) => {
              const steps = row < full ? 4 : 1 + (row % 3);
              const filler = isPadded ? 0 : 60 + (row % 40);
              const list = Array.from({ length: 4 }, (_, at) =>
                at < steps ? 11 + ((row * 7 + at * 13) % 40) : filler,
              );
              return { line: `7,${list.join("|")},${row % 2}`, mixed: (row * 7919) % 6007 };
            });
            if (order === "short first") lines.reverse();
            if (order === "mixed") lines.sort((a, b) => a.mixed - b.mixed);
            const text = ["item_id,hist_item_id,click", ...lines.map(({ line }) => line)].join("\n");
            const found = await remarksOn(folder, itemsAlone, `${text}\n`);
            expect(found.map(({ code }) => code)).toEqual(isPadded ? ["DIN0568"] : []);
          },
        ),
        { numRuns: runs(3) },
      );
    },
    timeout,
  );
});

it("a set that `data.padding` names is told from a history", () => {
  const model = modelOf(`model sets
features item { item_id : id  embed 2   tags : set(id, max: 4)  embed 2 }
label click : binary
net { predict click = concat(item_id, tags) |> dense(1) |> sigmoid }`);
  const none = {
    spec: noLocation,
    data: noLocation,
    padding: noLocation,
    expect: noLocation,
    epochs: noLocation,
  };
  const problems = trainingProblems(model, {
    data: rowsOf("rows.csv", { padding: { tags: ["0"] } }),
    locations: none,
  });
  expect(problems.map(({ code, message, help }) => [code, message, help])).toEqual([
    [
      "DIN0516",
      "`tags` is a set, not a history, but `data.padding` names it",
      "remove `tags` from the setting, and remove the filler from the data: in a set it counts as one more value",
    ],
  ]);
});

/** Whose actions may be anything. */
const lenient = modelOf(spec.replace('enum("view", "cart")', "id"));

describe("a value", () => {
  it.each([
    ["0", ["0", "0.0", "-0", "0.", "+0", "0e0"]],
    ["-1", ["-1", "-1.0"]],
    ["1234567890123456789", ["1234567890123456789", "1234567890123456789.0"]],
    ["0.5", [".5", "0.50"]],
  ])("%s is the same however it is written", (value, texts) => {
    for (const text of texts) expect(plainValue(text)).toBe(plainValue(value));
  });

  it.each([
    ["0", ["00", "", " ", "o", "1234567890123456790"]],
    ["1234567890123456789", ["1234567890123456790", "1234567890123456788"]],
  ])("%s is no other", (value, texts) => {
    for (const text of texts) expect(plainValue(text)).not.toBe(plainValue(value));
  });
});

describe("a history that impressions make of events", () => {
  const shop = modelOf(`model shop
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
history clicks(max: 3) { item_id <-> clicked_id }
history seen(max: 3) { item_id <-> seen_id }
label click : binary
net { predict click = concat(item_id, mean(clicks), mean(seen)) |> dense(1) |> sigmoid }
`);

  function config(settings: string) {
    const system = { environment: () => undefined, problemOf: () => null, file: () => null };
    const text = `data: { train: shown.csv, ${settings} }\n`;
    return checkConfig(sourceFile("dinc.yaml", text), system).config;
  }
  const made = (names: string) => `impressions: { user: user_id, time: at, histories: { ${names} } }`;
  const clicks = "clicks: { path: clicks.csv, user: user_id, time: at }";
  const both = `${clicks}, seen: { path: seen.csv, user: user_id, time: at }`;

  it.each([
    [`padding: 0, ${made(both)}`, ["clicks", "seen"], undefined],
    [`padding: 0, ${made(clicks)}`, [], { seen: ["0"] }],
    [`padding: { clicks: 0, seen: 1 }, ${made(clicks)}`, ["clicks"], { seen: ["1"] }],
    [`padding: { seen: 1 }, ${made(clicks)}`, [], { seen: ["1"] }],
    ["padding: 0", [], ["0"]],
  ])("%s", (settings, without, kept) => {
    const { data, locations } = config(settings);
    const told = trainingProblems(shop, { data, locations }).filter(({ code }) => code === "DIN0660");
    expect(told.map(({ message }) => /`(\w+)`:/.exec(message)![1])).toEqual(without);
    expect(howRead(shop, data!, null).lists!.padding).toEqual(kept);
  });
});

const itemsAlone = modelOf(`model items
features item { item_id : id  embed 2 }
history clicks(max: 4) { item_id <-> hist_item_id }
label click : binary
net { predict click = concat(item_id, mean(clicks)) |> dense(1) |> sigmoid }
train { optimizer adam }
`);
