// CSVs of other programs: with any delimiter, with decimal commas, in other encodings. What is read of them
// is what a plain CSV of the same rows gives, and messages name the same rows.

import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { type CsvFormat, encodings, plainCsv } from "../../compiler/frontend/config/csv-format.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { DataFiles } from "../../runtime/data/tables/data-files.ts";
import { init } from "../../runtime/driver/init.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { runs } from "../support/how-often.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { readTraining } from "./in-memory.ts";
import { modelOf } from "./models.ts";

const model = modelOf(`model shop
features user { user_id : id  embed 2 }
features item {
  item_id : id  embed 2
  price   : number |> standardize
  stars   : vector(2)
  level   : number |> buckets(1, 2.5, 10)  embed 2
}
history clicks(max: 4) { item_id <-> hist_item_id  price <-> hist_price }
label click : binary
net { predict click = concat(user_id, item_id, price, stars, level, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);

const HEADER = ["user_id", "item_id", "price", "stars", "level", "hist_item_id", "hist_price", "click"];

type Row = readonly [
  user: string,
  item: string,
  price: string,
  stars: readonly string[],
  level: string,
  history: readonly string[],
];

const number = fc.constantFrom("0", "1.5", "-3", "1234.25", "1e-3", "12345678");
const word = fc.constantFrom(
  "café",
  "naïve; or",
  "b::c",
  "a,b",
  'say "so"',
  "x",
  "tab\there",
  "Ünal",
  "line\nbreak",
);
const row: fc.Arbitrary<Row> = fc.tuple(
  word,
  word,
  number,
  fc.tuple(number, number),
  number,
  fc.array(number, { maxLength: 3 }),
);

const quoted = (value: string, delimiter: string) =>
  /["\r\n]/.test(value) || value.includes(delimiter) || value.includes(",") || value.startsWith(" ")
    ? `"${value.replaceAll('"', '""')}"`
    : value;

/** `1234.25` as `1234,25` or `1.234,25`. */
function decimal(value: string, sign: string, isGrouped: boolean): string {
  if (sign === ".") return value;
  const [, whole = "", rest = ""] = /^(-?\d+)(.*)$/.exec(value)!;
  const grouped = isGrouped ? whole.replaceAll(/\B(?=(\d{3})+$)/g, ".") : whole;
  return grouped + rest.replace(".", ",");
}

function text(rows: readonly Row[], { delimiter, decimal: sign }: CsvFormat, isGrouped = false): string {
  const n = (value: string) => decimal(value, sign, isGrouped);
  const lines = rows.map(([user, item, price, stars, level, history], i) =>
    [
      ...[user, item, n(price), stars.map(n).join("|"), n(level)],
      ...[history.map((_, at) => `i${at}`).join("|"), history.map(n).join("|"), String(i % 2)],
    ]
      .map((value) => quoted(value, delimiter ?? ","))
      .join(delimiter ?? ","),
  );
  return [HEADER.join(delimiter ?? ","), ...lines, ""].join("\n");
}

/** The bytes of a text whose signs Latin 1 has, too. */
function encoded(content: string, encoding: CsvFormat["encoding"]): Buffer {
  if (encoding === "utf-16le") return Buffer.from(`\ufeff${content}`, "utf16le");
  if (encoding === "utf-16be") return Buffer.from(content, "utf16le").swap16();
  return Buffer.from(content, encoding === null ? "utf8" : "latin1");
}

describe("rows of a CSV", () => {
  const format: fc.Arbitrary<CsvFormat> = fc.record({
    delimiter: fc.constantFrom(null, ";", "\t", "|", "::", "\x01", "||", "^"),
    decimal: fc.constantFrom(".", ","),
    encoding: fc.constantFrom(null, "windows-1252", "iso-8859-15", "utf-16le", "utf-16be"),
  });
  const rows = fc.array(row, { minLength: 4, maxLength: 20 });

  it("are those of a plain one, however it is written", async () => {
    await fc.assert(
      fc.asyncProperty(rows, format, fc.boolean(), async (all, csv, isGrouped) => {
        const folder = new TestFolder();
        const plain = folder.write("plain.csv", text(all, plainCsv));
        const other = folder.write("other.csv", encoded(text(all, csv, isGrouped), csv.encoding));
        const read = async (path: string, more = {}) => {
          const { fingerprint: _, ...rest } = await readTraining(model, rowsOf(path, more));
          return rest;
        };
        expect(await read(other, { csv })).toEqual(await read(plain));
      }),
      { numRuns: runs(10) },
    );
  });

  it("are told by their numbers in the file itself, and left out as in a plain one", async () => {
    const folder = new TestFolder();
    const csv = { delimiter: "::", decimal: ",", encoding: "windows-1252" } as const;
    const good: Row = ["caf\u00e9", "a", "1.5", ["1", "2"], "3", []];
    const lines = text([good, good, good, good], csv).split("\n");
    lines[2] = lines[2]!.replace("1,5", "2.5");
    const write = () => folder.write("other.csv", Buffer.from(lines.join("\n"), "latin1"));
    const path = write();
    const said = await folder.said(() => readTraining(model, rowsOf(path, { csv })));
    expect(said).toContain(
      "error[DIN0550 not-a-number]: `price` is 2.5, which is not a finite number\n --> other.csv, row 2",
    );
    lines.splice(4, 0, "too::few");
    write();
    const unreadable = await folder.said(() => readTraining(model, rowsOf(path, { csv })));
    expect(unreadable).toContain("this one has 2 values\n --> other.csv, row 4");
    const badRows = new BadRowReport("skip");
    const { train } = await readTraining(model, rowsOf(path, { csv }), { badRows });
    expect(train.rows).toBe(3);
    expect(badRows.rowsLeftOut(path)).toEqual([1, 3]);
  });

  it("have labels with decimal commas, by themselves and by a rule", async () => {
    const folder = new TestFolder();
    const labelled = (label: string, end: string) =>
      modelOf(`model m
features item { item_id : id  embed 2 }
label like : ${label}
net { predict like = item_id |> dense(1)${end} }
`);
    const [amount, yes] = [labelled("number", ""), labelled("binary", " |> sigmoid")];
    const csv = { ...plainCsv, delimiter: ";", decimal: "," } as const;
    const path = folder.csv("rows.csv", "item_id;like", "a;3,5", "b;1.200,0");
    const { train } = await readTraining(amount, rowsOf(path, { csv }), { measuresTrain: true });
    expect([...train.labels.get("like")!]).toEqual([3.5, 1200]);
    const label = { ...{ name: null, from: null, negative: null }, positive: [">= 4"], location: noLocation };
    const ruled = await readTraining(yes, rowsOf(path, { csv, label }), { measuresTrain: true });
    expect([...ruled.train.labels.get("like")!]).toEqual([0, 1]);
  });

  it("are refused where the file is of another encoding", async () => {
    const folder = new TestFolder();
    const path = folder.write("other.csv", Buffer.from("user_id\ncaf\xe9\n", "latin1"));
    const read = (encoding: CsvFormat["encoding"]) =>
      folder.said(() => readTraining(model, rowsOf(path, { csv: { ...plainCsv, encoding } })));
    expect(await read("shift_jis")).toContain(
      "it is not shift_jis, as `data.csv.encoding` says\n --> other.csv",
    );
  });

  it("are in encodings that this Node knows", () => {
    for (const name of Object.keys(encodings)) expect(new TextDecoder(name).encoding).toBe(name);
  });

  it("keep texts that look like numbers with a comma, where they are ids", async () => {
    const folder = new TestFolder();
    const path = folder.csv("ids.csv", "a;b", '"1,5";x');
    const files = await DataFiles.open({ csv: { ...plainCsv, delimiter: ";", decimal: "," } });
    const file = await files.file(path);
    const cells: unknown[] = [];
    await files.scan(file, [...file.columns.values()], ({ columns }) =>
      cells.push(...columns.map((column) => column.cells)),
    );
    await files.close();
    expect(cells).toEqual([["1,5"], ["x"]]);
  });
});

describe("a draft of a CSV with semicolons", () => {
  it("says so in dinc.yaml, and reads its numbers", async () => {
    const folder = new TestFolder();
    const lines = Array.from({ length: 40 }, (_, i) => `u${i % 7};i${i % 5};${i % 11},25;${i % 2}`);
    const data = folder.csv("rows.csv", "user_id;item_id;price;click", ...lines);
    await init({ data, folder: folder.path });
    const { data: rows } = await readConfig(join(folder.path, "dinc.yaml"));
    expect(rows!.csv).toEqual({ delimiter: ";", decimal: ",", encoding: null });
    const { spec } = await init({ data });
    expect(spec).toMatch(/price +: number/);
  });
});
