// Rows of several files: what is read of them is bit for bit what one file with all of them gives, in
// whatever way they are split and named, and messages say which of the files they are about.

import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { readTraining as readUnmade } from "../../runtime/data/read-data.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { DataFiles } from "../../runtime/data/tables/data-files.ts";
import { sampleTable } from "../../runtime/driver/sample-table.ts";
import { rowFilesAt } from "../../runtime/files/row-files.ts";
import { runHere } from "../cli/run-here.ts";
import { writeSmallTraining } from "../cli/small-training.ts";
import { sweepRuns } from "../support/how-often.ts";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { readTraining } from "./in-memory.ts";
import { dinModel, modelOf } from "./models.ts";

const model = modelOf(`model shop
features user { user_id : id(missing: unknown)  embed 2 }
features item { item_id : id  embed 2  price : number |> standardize  tags : set(id, max: 3)  embed 2 }
history clicks(max: 4) { item_id <-> hist_item_id }
label click : binary
net { predict click = concat(user_id, item_id, price, tags, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1  metrics auc, gauc(by: user_id) }
`);

interface Row {
  readonly user_id: string | null;
  readonly item_id: number;
  readonly price: number;
  readonly tags: readonly string[];
  readonly hist_item_id: readonly number[];
  readonly click: 0 | 1;
}

const row: fc.Arbitrary<Row> = fc.record({
  user_id: fc.option(fc.constantFrom("ann", "bo", "7"), { freq: 5 }),
  item_id: fc.integer({ min: 1, max: 9 }),
  price: fc.constantFrom(0, 1, 2.5, 1e-9, 12345.678),
  tags: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 3 }),
  hist_item_id: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }),
  click: fc.constantFrom(0, 1),
});

const NAMES = ["user_id", "item_id", "price", "tags", "hist_item_id", "click"] as const;
type Format = "csv" | "csv.gz" | "jsonl" | "json";

/** The same rows in a format, the columns turned by `turn`. */
function written(rows: readonly Row[], format: Format, turn: number): string | Uint8Array {
  const names = [...NAMES.slice(turn), ...NAMES.slice(0, turn)];
  const turned = rows.map((each) => Object.fromEntries(names.map((name) => [name, each[name]])));
  // A file without a row may have a line that is blank, a list without elements, or the names of columns.
  if (format === "jsonl")
    return turned.map((each) => `${JSON.stringify(each)}\n`).join("") || "\n".repeat(turn);
  if (format === "json") return JSON.stringify(turned);
  const cell = (value: unknown) => (Array.isArray(value) ? value.join("|") : (value ?? ""));
  const lines = turned.map((each) => names.map((name) => cell(each[name])).join(","));
  const text = [names.join(","), ...lines, ""].join("\n");
  return format === "csv" ? text : gzipSync(text);
}

/** The rows in as many pieces as there are sizes, and one; some may be empty. */
function pieces<T>(all: readonly T[], sizes: readonly number[]): T[][] {
  let from = 0;
  const parts = sizes.map((size) => all.slice(from, (from += size)));
  return [...parts, all.slice(from)];
}

/** All that is read but the list of files. */
async function readOf(address: string) {
  const validate = { share: 0.5, seed: 3, rows: "random", location: noLocation } as const;
  const { fingerprint, ...read } = await readTraining(model, rowsOf(address, { validate }));
  const { files: _, ...asked } = fingerprint;
  return { ...read, asked };
}

describe("rows that are split over files", () => {
  it.each<[Format]>([["csv"], ["csv.gz"], ["jsonl"], ["json"]])(
    "of %s are those of one file",
    async (format) => {
      const cases = fc.record({
        rows: fc.array(row, { minLength: 12, maxLength: 40 }),
        sizes: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 5 }),
        turns: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 6, maxLength: 6 }),
      });
      await fc.assert(
        fc.asyncProperty(cases, async ({ rows, sizes, turns }) => {
          const folder = new TestFolder();
          const whole = folder.write(`whole.${format}`, written(rows, format, 0));
          const files = pieces(rows, sizes).map((part, i) =>
            folder.write(`parts/${i}/rows.${format}`, written(part, format, turns[i]!)),
          );
          const one = await readOf(whole);
          const inFolder = join(folder.path, "parts");
          for (const address of [inFolder, `${inFolder}/*/rows.*`, `${inFolder}/**`, `{${files.join(",")}}`])
            expect(await readOf(files.length === 1 ? files[0]! : address)).toEqual(one);
          rmSync(folder.path, { recursive: true });
        }),
        { numRuns: sweepRuns(5, 5) },
      );
    },
  );

  it("are read once where they are named twice, which is told", async () => {
    const folder = new TestFolder();
    const cwd = folder.path;
    writeSmallTraining(cwd, 1);
    symlinkSync(join(cwd, "train.csv"), join(cwd, "link.csv"));
    const settings = ["train.csv", "./train.csv", "link.csv"].join(", ");
    const found = rowFilesAt(`{${join(cwd, "train.csv")},${join(cwd, "link.csv")}}`);
    expect(found).toMatchObject({ files: [join(cwd, "train.csv")], twice: [join(cwd, "link.csv")] });
    const { err } = await runHere(
      ["train", "-c", "dinc.yaml", "--set", `data.train=[${settings}]`, "--out", "twice"],
      { cwd },
    );
    expect(err.match(/warning\[DIN0587/g)).toHaveLength(2);
    const drafted = await runHere(["init", "draft", "--data", "{train.csv,train.csv}"], { cwd });
    expect(drafted.err).toContain("DIN0587 file-named-twice]: train.csv is named more than once");
    const { err: scored } = await runHere(
      ["predict", "twice", "--data", "{train.csv,train.csv}", "--out", "s.csv"],
      { cwd },
    );
    expect(scored).toContain(
      "warning[DIN0587 file-named-twice]: train.csv is named more than once, but read only once",
    );
  });

  it("of several types are one user where a part is taken by user", async () => {
    const folder = new TestFolder();
    const types = ["BIGINT", "DECIMAL(9,2)", "DOUBLE", "UINTEGER", "VARCHAR", "DECIMAL(9,0)"];
    for (const [i, type] of types.entries())
      await folder.parquet(
        `${i}.parquet`,
        `SELECT CAST(range % 20 AS ${type}) AS user_id, 1 AS item_id, 1 AS price, ['a'] AS tags, [1] AS hist_item_id, 0 AS click FROM range(20)`,
      );
    const validate = { share: 0.5, seed: 3, by: "user_id", location: noLocation } as const;
    const { train, valid } = await readTraining(model, rowsOf(folder.path, { validate }));
    const usersIn = (rows: typeof train) => new Set(rows.ids.get("user_id"));
    expect(train.rows + valid!.rows).toBe(20 * types.length);
    expect(valid!.rows % types.length).toBe(0);
    expect([...usersIn(train)].filter((user) => usersIn(valid!).has(user))).toEqual([]);
  });

  it("are refused where the names of their columns differ in their capitals", async () => {
    const folder = new TestFolder();
    const of = (item: string, user: string) =>
      `SELECT 'u' AS ${user}, 1 AS ${item}, 1 AS Price, ['a'] AS Tags, [1] AS Hist_item_id, 0 AS CLICK`;
    await folder.parquet("0.parquet", of("item_id", "user_id").toLowerCase());
    await folder.parquet("1.parquet", of("Item_id", "User_id"));
    const said = await folder.said(() => readTraining(model, rowsOf(folder.path)));
    expect(said).toContain("error[DIN0671");
    expect(said).not.toContain("the file is empty");
    const drafted = await folder.said(() => sampleTable(folder.path));
    expect(drafted).toContain("error[DIN0671");
  });

  it("of Parquet are those of one file, whatever the types of its columns", async () => {
    const folder = new TestFolder();
    const query = (from: number, to: number, type: string) =>
      `SELECT 'u' || (i % 5) AS user_id, CAST(i % 7 AS ${type}) AS item_id, CAST(i / 4 AS DECIMAL(9, 2)) AS price, ['a', 'b'][1:1 + i % 2] AS tags,
       [CAST(i % 3 AS ${type}), CAST(i % 4 AS ${type})] AS hist_item_id, i % 2 AS click FROM range(${from}, ${to}) AS r(i)`;
    const whole = await folder.parquet("whole.parquet", query(0, 5000, "BIGINT"));
    mkdirSync(join(folder.path, "parts"));
    await folder.parquet("parts/a.parquet", query(0, 2500, "SMALLINT"));
    await folder.parquet("parts/b.parquet", query(2500, 2501, "VARCHAR"));
    await folder.parquet("parts/c.parquet", query(2501, 5000, "BIGINT"));
    const one = await readOf(whole);
    expect(await readOf(join(folder.path, "parts"))).toEqual(one);
  });

  it("train to the same weights", async () => {
    const folder = new TestFolder();
    writeSmallTraining(folder.path, 1, 100);
    const [header, ...lines] = readFileSync(join(folder.path, "train.csv"), "utf8").trimEnd().split("\n");
    for (const [i, part] of [lines.slice(0, 3000), lines.slice(3000, 3001), lines.slice(3001)].entries())
      folder.csv(`days/day-${i}.csv`, header!, ...part);
    const weights = async (out: string, ...set: string[]) => {
      const ran = await runHere(["train", "-c", "dinc.yaml", "--out", out, ...set], { cwd: folder.path });
      expect(ran.code, JSON.stringify(ran)).toBe(0);
      return readFileSync(join(folder.path, out, "weights.safetensors"));
    };
    const one = await weights("one");
    const several = await weights("several", "--set", "data.train=days/day-*.csv");
    expect(several.equals(one)).toBe(true);
  });
});

describe("folders named key=value", () => {
  it("are columns, a missing value and signs of other systems among them", async () => {
    const folder = new TestFolder();
    folder.csv("log/day=2026-11-01/shop=a%2Fb/x.csv", "n", "1", "2");
    folder.csv("log/day=2026-11-02/shop=__HIVE_DEFAULT_PARTITION__/x.csv", "n", "3");
    folder.write("log/day=2026-11-02/_SUCCESS", "");
    const cells = (address: string) => cellsOf(join(folder.path, address));
    const cellsOf = async (address: string) => {
      const files = await DataFiles.open();
      try {
        const file = await files.file(address);
        const rows: unknown[] = [];
        const columns = [...file.columns.values()];
        await files.scan(file, columns, (chunk) => {
          for (let i = 0; i < chunk.rows; i++) rows.push(chunk.columns.map(({ cells }) => cells[i]));
        });
        return [columns.map(({ name }) => name), ...rows];
      } finally {
        await files.close();
      }
    };
    const all = [
      ["n", "day", "shop"],
      ["1", "2026-11-01", "a/b"],
      ["2", "2026-11-01", "a/b"],
      ["3", "2026-11-02", null],
    ];
    for (const address of ["log", "log/*/*/x.csv", "{log/day=2026-11-01,log/day=2026-11-02}"])
      expect(await cells(address)).toEqual(all);
    // Rows of one day have the columns that they have among those of all days.
    for (const address of [
      "log/day=2026-11-02",
      "log/day=2026-11-02/*/x.csv",
      "log/day=2026-11-02/shop=__HIVE_DEFAULT_PARTITION__/x.csv",
    ])
      expect(await cells(address)).toEqual([
        ["n", "day", "shop"],
        ["3", "2026-11-02", null],
      ]);
    folder.csv("env=test/rows/x.csv", "n", "1");
    expect(await cells("env=test/rows/x.csv")).toEqual([["n"], ["1"]]);
    const query = `sql:SELECT n FROM '${folder.path}/env=test/rows/x.csv' WHERE 'a=b/c' > ''`;
    expect(await cellsOf(query)).toEqual([["n"], [1n]]);
  });

  it("give way to a column of the file", async () => {
    const folder = new TestFolder();
    folder.csv("log/n=9/x.csv", "n", "1");
    const files = await DataFiles.open();
    const file = await files.file(join(folder.path, "log"));
    const read: unknown[] = [];
    await files.scan(file, [...file.columns.values()], ({ columns: [n] }) => read.push(n!.cells));
    await files.close();
    expect(read).toEqual([["1"]]);
  });
});

const HEADER = "user_id,item_id,cate_id,hist_item_id,hist_cate_id,click";

describe("an address", () => {
  const found = (address: string) => {
    const at = rowFilesAt(address);
    return "problem" in at ? at.problem : at.files;
  };

  it("gives files in the order of their names, folder by folder", () => {
    const folder = new TestFolder();
    const names = ["b/2.csv", "b/10.csv", "a-b/1.csv", "a/z.csv", "a.csv", "a/b/c.csv.gz", "a/Z.tsv"];
    for (const name of [...names, "a/_b.csv", ".hidden/x.csv", "a/notes.md"]) folder.csv(name, "n", "1");
    const below = (at: string) => {
      const all = found(join(folder.path, at));
      return typeof all === "string" ? all : all.map((path) => path.slice(folder.path.length + 1));
    };
    const inOrder = ["a/Z.tsv", "a/b/c.csv.gz", "a/z.csv", "a-b/1.csv", "a.csv", "b/10.csv", "b/2.csv"];
    for (const address of ["", "**", "**/*.[ct]sv*"]) expect(below(address)).toEqual(inOrder);
    expect(below("b/[!1].csv")).toEqual(["b/2.csv"]);
    expect(below("?/*.csv")).toEqual(["a/z.csv", "b/10.csv", "b/2.csv"]);
    expect(below("a/_*")).toEqual(["a/_b.csv"]);
    // Those of a list as they are listed, each once.
    expect(below("{b/2.csv,a.csv,b/*.csv}")).toEqual(["b/2.csv", "a.csv", "b/10.csv"]);
  });

  it("follows links, but in no circle, and finds a file once", () => {
    const folder = new TestFolder();
    const at = folder.path;
    for (const name of ["linked/a", "linked/b"]) mkdirSync(join(at, name), { recursive: true });
    for (const name of ["linked/a/1.csv", "linked/b/2.csv", "elsewhere.csv"])
      appendFileSync(join(at, name), "x\n1\n");
    symlinkSync("../b", join(at, "linked/a/to-b"));
    symlinkSync("../a", join(at, "linked/b/to-a"));
    symlinkSync(".", join(at, "linked/itself"));
    symlinkSync("../../elsewhere.csv", join(at, "linked/b/3.csv"));
    const found = rowFilesAt(join(at, "linked"));
    expect(found).toMatchObject({
      files: ["a/1.csv", "a/to-b/2.csv", "a/to-b/3.csv"].map((name) => join(at, "linked", name)),
    });
  });

  it("that leads through very much is refused before long", () => {
    const folder = new TestFolder();
    for (let i = 0; i < 30; i++) mkdirSync(join(folder.path, `deep/${i}/${i}`), { recursive: true });
    for (const address of [folder.path, `${folder.path}/**/*.csv`])
      expect(rowFilesAt(address, 50)).toEqual({
        problem: "it leads through more than 50 files and folders: name the folder of the rows",
      });
  });

  it("says why there is nothing", () => {
    const folder = new TestFolder();
    folder.write("notes/read.me", "");
    folder.csv("a.csv", "n", "1");
    expect(found(join(folder.path, "*.parquet"))).toBe("no file fits this pattern");
    expect(found(join(folder.path, "notes"))).toBe("it is a folder without a file of rows");
    expect(found(join(folder.path, "b.csv"))).toBe("there is no such file");
    const listed = `{${join(folder.path, "a.csv")},${join(folder.path, "b.csv")}}`;
    expect(found(listed)).toBe(`${join(folder.path, "b.csv")}: there is no such file`);
  });
});

describe("what is wrong with one of several files", () => {
  const good = ["u1,b,x,a|c,x|y,1", "u2,a,x,c|c,y|y,0"];

  it("is said at its own row, whatever is before it", async () => {
    const folder = new TestFolder();
    folder.csv("days/1.csv", HEADER, ...good);
    folder.csv("days/2.csv", HEADER, "u1,d,y,,,1", "u1,d,y,a,,1", "u1,d,y,,,2");
    folder.csv("days/3.csv", HEADER, "u1,d,y,,,3");
    const data = rowsOf(join(folder.path, "days"));
    const said = await folder.said(() => readTraining(dinModel(), data));
    expect(said).toContain("--> days/2.csv, row 2");
    expect(said).toContain("--> days/2.csv, row 3, column click");
    expect(said).toContain("(and 1 more like this)");
  });

  it("leaves out rows by their numbers in their files, and reads the rest as one file without them", async () => {
    const folder = new TestFolder();
    folder.csv("days/1.csv", HEADER, "u1,b,x,a|c,x|y,no", ...good, "u1,too few");
    folder.csv("days/2.csv", HEADER, "u1,d,y,,,1", "u1,d,y,,,2", "u1,c,y,,,0");
    const clean = folder.csv("clean.csv", HEADER, ...good, "u1,d,y,,,1", "u1,c,y,,,0");
    const badRows = new BadRowReport("skip");
    const read = await readTraining(dinModel(), rowsOf(join(folder.path, "days")), { badRows });
    const { fingerprint, ...rows } = read;
    const { fingerprint: _, ...one } = await readTraining(dinModel(), rowsOf(clean));
    expect(rows).toEqual(one);
    const [left] = fingerprint.leftOut!;
    expect(left).toMatchObject({ rows: 7, bad: 3 });
    expect(left!.kinds.map(({ code, rows: count, first, file }) => [code, count, first, file])).toEqual([
      ["DIN0552", 2, 1, join(folder.path, "days/1.csv")],
      ["DIN0563", 1, 4, join(folder.path, "days/1.csv")],
    ]);
    expect(badRows.rowsLeftOut(join(folder.path, "days"))).toEqual([0, 3, 5]);
  });

  it("may be a column that it lacks, or that has lists in another", async () => {
    const folder = new TestFolder();
    folder.csv("days/1.csv", HEADER, ...good);
    folder.csv("days/2.csv", HEADER.replace("click", "klick"), ...good);
    const lacking = await folder.said(() => readTraining(dinModel(), rowsOf(join(folder.path, "days"))));
    expect(lacking).toContain("error[DIN0671 column-not-in-every-file]: this file has no column `click`");
    expect(lacking).toContain("--> days/2.csv, column click");
    await folder.parquet("a.parquet", "SELECT 1 AS user_id, [1] AS item_id");
    await folder.parquet("b.parquet", "SELECT 1 AS user_id, 1 AS item_id");
    const types = await folder.said(() => readTraining(dinModel(), rowsOf(join(folder.path, "*.parquet"))));
    expect(types).toContain("the column `item_id` is INTEGER here, but INTEGER[] in a.parquet");
    expect(types).toContain("--> b.parquet, column item_id");
  });

  it("may be its format", async () => {
    const folder = new TestFolder();
    folder.csv("days/1.csv", HEADER, ...good);
    folder.write("days/2.jsonl", "{}\n");
    const said = await folder.said(() => readTraining(dinModel(), rowsOf(join(folder.path, "days"))));
    expect(said).toContain("days has files of two formats: days/1.csv and days/2.jsonl");
  });

  it("may be that a file came while the others were read", async () => {
    const folder = new TestFolder();
    for (const name of ["1", "2"]) folder.csv(`days/${name}.csv`, "n", "1");
    const files = await DataFiles.open();
    const file = await files.file(join(folder.path, "days"));
    const read = async () => {
      for await (const _ of files.chunks(file, [...file.columns.values()]))
        folder.csv("days/3.csv", "n", "1");
    };
    expect(await folder.said(read)).toContain("this file was changed while it was read");
    await files.close();
  });

  it("may be a key that a file before it has", async () => {
    const folder = new TestFolder();
    const log = folder.csv("log.csv", "user_id,item_id,t", "u,a,1", "u,b,2", "u,a,3", "v,b,1", "v,a,2");
    folder.csv("items/1.csv", "item_id,cate_id", "a,x", "b,x");
    folder.csv("items/2.csv", "item_id,cate_id", "c,x", "b,x");
    const data = eventsOf(log, join(folder.path, "items"));
    const said = await folder.said(() => readUnmade(dinModel(), data));
    expect(said).toContain('`item_id` is "b" again, as in row 2 of items/1.csv');
    expect(said).toContain("--> items/2.csv, row 2, column item_id");
  });
});

describe("the fingerprint of a folder", () => {
  it("has every file, so that one that comes, goes or changes is seen", async () => {
    const folder = new TestFolder();
    folder.csv("days/1.csv", HEADER, "u1,b,x,a|c,x|y,1");
    folder.csv("days/2.csv", HEADER, "u2,b,x,a|c,x|y,0");
    const hashes = async () => {
      const { fingerprint } = await readTraining(dinModel(), rowsOf(join(folder.path, "days")));
      return fingerprint.files.map(({ path, hash }) => [path.slice(folder.path.length + 1), hash]);
    };
    const before = await hashes();
    expect(before.map(([path]) => path)).toEqual(["days/1.csv", "days/2.csv"]);
    const third = folder.csv("days/3.csv", HEADER, "u3,b,x,a|c,x|y,0");
    expect((await hashes()).map(([path]) => path)).toEqual(["days/1.csv", "days/2.csv", "days/3.csv"]);
    rmSync(third);
    appendFileSync(join(folder.path, "days/2.csv"), "u4,b,x,a|c,x|y,0\n");
    const after = await hashes();
    expect(after[0]).toEqual(before[0]);
    expect(after[1]![1]).not.toBe(before[1]![1]);
  });
});
