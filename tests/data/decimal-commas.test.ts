// A decimal comma belongs to a column of a CSV. The same random tables, written with points, with commas, as
// Parquet and as JSON, in any mixture, give the same rows, splits, histories, labels, windows and profiles.

import { rmSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { type DataConfig, separatorsOf } from "../../compiler/frontend/config/config.ts";
import { nothingExpected, readExpectation, readNewest } from "../../compiler/frontend/config/expect.ts";
import { readSettings } from "../../compiler/frontend/config/read-settings.ts";
import type { Fitted } from "../../compiler/frontend/model/model.ts";
import { profileColumns } from "../../runtime/data/tables/profile-file.ts";
import { RowSample } from "../../runtime/data/tables/row-sample.ts";
import { usersOfEvents } from "../../runtime/driver/playground-users.ts";
import { profileData } from "../../runtime/driver/test-data.ts";
import { runs } from "../support/how-often.ts";
import { TestFolder } from "./files.ts";
import { readTraining } from "./in-memory.ts";
import { modelOf } from "./models.ts";

type Row = Readonly<Record<string, number | string | readonly number[] | null>>;
const forms = ["points", "commas", "parquet", "json"] as const;
type Form = (typeof forms)[number];

/** `1234.25` as `1234,25`, or as `1.234,25` where thousands are apart. */
function withComma(value: number): string {
  const [, whole = "", rest = ""] = /^(-?\d+)(.*)$/.exec(String(value))!;
  const grouped = value % 2 === 0 ? whole.replaceAll(/\B(?=(\d{3})+$)/g, ".") : whole;
  return grouped + rest.replace(".", ",");
}

/** Writes rows in a form and gives the name of the file. */
async function write(folder: TestFolder, name: string, rows: readonly Row[], form: Form): Promise<string> {
  const columns = Object.keys(rows[0]!);
  const inText = (cell: Row[string]): string => {
    if (cell === null) return "";
    if (typeof cell === "string") return cell;
    if (typeof cell === "number") return form === "commas" ? withComma(cell) : String(cell);
    return cell.map(inText).join("|");
  };
  if (form === "points" || form === "commas") {
    const lines = rows.map((row) => columns.map((column) => inText(row[column]!)).join(";"));
    folder.csv(`${name}.csv`, columns.join(";"), ...lines);
    return `${name}.csv`;
  }
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const path = folder.write(`${name}.jsonl`, lines);
  if (form === "json") return `${name}.jsonl`;
  const source = `read_json('${path}', format='newline_delimited', sample_size=-1)`;
  await folder.parquet(`${name}.parquet`, `SELECT * FROM ${source}`);
  return `${name}.parquet`;
}

function configOf(folder: TestFolder, yaml: string): DataConfig {
  const system = { environment: () => undefined, problemOf: () => null };
  const { value, diagnostics } = readSettings(sourceFile(`${folder.path}/dinc.yaml`, yaml), [], system);
  expect(diagnostics).toEqual([]);
  return value.data!;
}

/** All CSVs of a project are written in one way. */
const mixture = (tables: number) =>
  fc.array(fc.constantFrom<Form>("commas", "commas", "parquet", "json"), {
    minLength: tables,
    maxLength: tables,
  });

const number = fc.constantFrom(0, 1.5, -3, 1234.25, 1.234, 2.5, 12345678, 1000, 0.125);
/** Seconds since 1970, halves among them. */
const time = fc.integer({ min: 0, max: 24 }).map((halves) => 1_760_000_000 + halves / 2);
const user = fc.constantFrom("ann", "bo", "cy");
const item = fc.constantFrom("a", "b", "c");

const { separator } = separatorsOf();
const read = async (model: ReturnType<typeof modelOf>, data: DataConfig) => {
  const sample = new RowSample(profileColumns(model), separator, 1e6);
  const { fingerprint: _, ...rest } = await readTraining(model, data, { sample });
  return { ...rest, sampled: { ...sample.profile(rest.fitted), path: null } };
};

describe("tables with decimal commas", () => {
  const model = modelOf(`model shop
features user { user_id : id  embed 2 }
features item {
  item_id : id  embed 2
  price   : number(missing: 0) |> standardize
  stars   : vector(2)
  level   : number |> buckets(1, 2.5, 10)  embed 2
}
features context { shown_at : hour_of_week(zone: "UTC")  embed 2 }
features training { worth : number }
history clicks(max: 4) { item_id <-> clicked  paid : number }
label like : binary(weight: worth)
net { predict like = concat(user_id, item_id, price, stars, level, shown_at, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1  metrics auc }
`);
  const shown = fc.record({
    user_id: user,
    item_id: item,
    shown_at: time,
    stars: fc.tuple(number, number),
    level: number,
    worth: fc.constantFrom(1, 0.5, 1.25),
    score: fc.constantFrom(1, 2.5, 3.75, 1000),
  });
  const event = fc.record({
    who: user,
    item_id: item,
    at: time,
    paid: number,
    kind: fc.constantFrom(1, 1.5, 1000, 2.25),
  });
  const price = fc.record({ item: item, since: time, price: fc.option(number) });
  const cases = fc.record({
    rows: fc.array(shown, { minLength: 6, maxLength: 20 }),
    log: fc.array(event, { minLength: 6, maxLength: 20 }),
    prices: fc.uniqueArray(price, {
      minLength: 1,
      maxLength: 9,
      selector: (each) => `${each.item} ${each.since}`,
    }),
    mixed: mixture(3),
  });
  const settings = (sign: string, [rows, log, prices]: readonly string[]) => `data:
  train: ${rows}
  csv: { delimiter: ";", decimal: "${sign}" }
  label: { from: score, positive: ">= 2.5" }
  validate: { share: 0.3, latest_by: shown_at }
  time: shown_at
  since: "1760000001.5"
  impressions:
    user: user_id
    time: shown_at
    log: { path: ${log}, user: who, time: at }
    histories: { clicks: { where: { kind: [1.5, 1000] }, delay: "0.5 s" } }
    tables: { prices: { path: ${prices}, key: item, column: item_id, as_of: since } }
`;

  it("are impressions, logs and dated tables like those with points", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, log, prices, mixed }) => {
        const folder = new TestFolder();
        const all = [rows, log, prices];
        // Every item has a price at any time, as rows without one are mistakes.
        const dated = [
          ...["a", "b", "c"].map((each) => ({ item: each, since: 1_759_999_999.5, price: 7.5 })),
          ...prices,
        ];
        const tables = [rows.toSorted((a, b) => a.shown_at - b.shown_at), log, dated];
        const written = (where: string, form: (at: number) => Form) =>
          Promise.all(all.map((_, at) => write(folder, `${where}/${at}`, tables[at]!, form(at))));
        const plain = configOf(folder, settings(".", await written("plain", () => "points")));
        const other = configOf(folder, settings(",", await written("other", (at) => mixed[at]!)));
        expect(await read(model, other)).toEqual(await read(model, plain));
        rmSync(folder.path, { recursive: true });
      }),
      { numRuns: runs(3) },
    );
  });

  const logged = modelOf(`model log
features user { user_id : id  embed 2  age : number }
features item { item_id : id  embed 2  price : number |> standardize }
history clicks(max: 4) { item_id <-> hist_item_id  dwell : number }
label like : number
net { predict like = concat(user_id, age, item_id, price, mean(clicks)) |> dense(1) }
train { batch 4  epochs 1 }
`);
  const logs = fc.record({
    log: fc.array(fc.record({ user_id: user, item_id: item, t: time, dwell: number, like: number }), {
      minLength: 12,
      maxLength: 24,
    }),
    prices: fc.tuple(number, number, number),
    ages: fc.tuple(number, number, number),
    mixed: mixture(3),
  });

  it("are event logs with their tables like those with points", async () => {
    await fc.assert(
      fc.asyncProperty(logs, async ({ log, prices, ages, mixed }) => {
        const folder = new TestFolder();
        const items = ["a", "b", "c"].map((item_id, i) => ({ item_id, price: prices[i]! }));
        const users = ["ann", "bo", "cy"].map((user_id, i) => ({ user_id, age: ages[i]! }));
        const tables = [log, items, users];
        const project = async (where: string, sign: string, form: (at: number) => Form) => {
          const paths = await Promise.all(
            tables.map((rows, at) => write(folder, `${where}/${at}`, rows, form(at))),
          );
          const data = configOf(
            folder,
            `data:
  csv: { delimiter: ";", decimal: "${sign}" }
  events: { path: ${paths[0]}, user: user_id, item: item_id, order: t }
  items: { path: ${paths[1]}, key: item_id }
  users: { path: ${paths[2]}, key: user_id }
  examples: { positives: each_event, split: leave_last_out }
`,
          );
          if (data.kind !== "events") throw new Error("no log");
          const { columns } = (await usersOfEvents(logged, data)) as Extract<
            Awaited<ReturnType<typeof usersOfEvents>>,
            { readonly kind: "events" }
          >;
          const numbers = ["t", "dwell", "price", "age"].map((name) => columns[name]!.map(Number));
          return { ...(await read(logged, data)), numbers };
        };
        expect(await project("other", ",", (at) => mixed[at]!)).toEqual(
          await project("plain", ".", () => "points"),
        );
        rmSync(folder.path, { recursive: true });
      }),
      { numRuns: runs(3) },
    );
  });

  it("hold what the same ones with points hold, for `expect` and a comparison with a run", async () => {
    const fitted: Fitted = {
      vocabularies: new Map([
        ["user_id", ["ann", "bo"]],
        ["item_id", ["a", "b"]],
      ]),
      transforms: new Map(),
    };
    const expected = {
      ...nothingExpected,
      newest: readNewest("t within 2d"),
      columns: { dwell: readExpectation("range 0 .. 100, mean 1 .. 2")! },
    };
    await fc.assert(
      fc.asyncProperty(logs, fc.constantFrom(...forms), async ({ log }, form) => {
        const folder = new TestFolder();
        const profile = async (name: string, as: Form) => {
          const path = `${folder.path}/${await write(folder, name, log, as)}`;
          const csv = { delimiter: ";", decimal: as === "commas" ? "," : ".", encoding: null } as const;
          const subject = { model: logged, fitted, expect: expected, path };
          const found = await profileData(subject, {
            separators: separatorsOf(separator),
            csv,
            memory: 1e9,
            baseline: null,
            now: 1_760_000_100,
          });
          return { ...found, profile: { ...found.profile, path: null } };
        };
        expect(await profile("other", form)).toEqual(await profile("plain", "points"));
        rmSync(folder.path, { recursive: true });
      }),
      { numRuns: runs(3) },
    );
  });

  const plain = modelOf(`model m
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2  shelf : id  embed 2 }
history clicks(max: 4) { item_id <-> clicked  shelf <-> clicked_shelf }
label like : number
net { predict like = concat(user_id, item_id, shelf, mean(clicks)) |> dense(1) }
`);

  it("are told where whole numbers are written as decimals, and where a number has a point after all", async () => {
    const folder = new TestFolder();
    const lines = ["1,0;a;x;;;2,5", "2,0;b;x;;;1"];
    folder.csv("rows.csv", "user_id;item_id;shelf;clicked;clicked_shelf;like", ...lines);
    const data = configOf(folder, `data: { train: rows.csv, csv: { delimiter: ";", decimal: "," } }`);
    expect(await folder.said(() => readTraining(plain, data))).toContain(
      "`user_id` has whole numbers written as decimals, like 1,0, and these are different ids",
    );
    folder.csv("rows.csv", "user_id;item_id;shelf;clicked;clicked_shelf;like", "1;a;x;;;2.5");
    expect(await folder.said(() => readTraining(plain, data))).toContain(
      "error[DIN0698 label-outside-its-kind]: the label `like` is 2.5",
    );
  });

  it("stand beside tables whose texts may hold what separates steps in a CSV", async () => {
    const folder = new TestFolder();
    folder.csv("rows.csv", "user_id;item_id;t;like", "ann;a;1;1,5", "ann;a;2;2");
    folder.write("items.jsonl", '{"item_id":"a","shelf":"x|y"}\n');
    const data = configOf(
      folder,
      `data:
  train: rows.csv
  csv: { delimiter: ";", decimal: "," }
  impressions: { user: user_id, time: t, tables: { items: { path: items.jsonl, key: item_id } } }
`,
    );
    const { train, fitted } = await readTraining(plain, data);
    expect(train.rows).toBe(2);
    expect(fitted.vocabularies.get("shelf")).toEqual(["x|y"]);
  });
});
