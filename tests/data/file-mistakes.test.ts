// What is said about files that do not fit the model: columns that are missing or of another type, lines that are no rows.

import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { plainCsv } from "../../compiler/frontend/config/csv-format.ts";
import { headerProblem } from "../../runtime/data/formats/csv-header.ts";
import { NOT_UTF8 } from "../../runtime/data/formats/other-encoding.ts";
import { readTraining } from "../../runtime/data/read-data.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { fileName } from "../../runtime/files/file-fault.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { dinModel, flatModel } from "./models.ts";
import { saidOf } from "./said-of.ts";

describe("mistakes in files of example rows", () => {
  it("missing columns", async () => {
    const said = await saidOf(
      dinModel(),
      "user_id,itemid,category,hist_item_ids,hist_cate_id,clicked",
      "u,a,x,a,x,1",
    );
    expect(said).toMatchInlineSnapshot(`
      "error[DIN0543 missing-column]: the data has no column \`item_id\`, which the feature \`item_id\` is read from
       --> train.csv, column item_id
       ::: model.din:4:3
        |
      4 |   item_id : id(min_count: 1)  embed 2
        |   ------- declared here
        = help: did you mean \`itemid\`? The columns are \`user_id\`, \`itemid\`, \`category\`, \`hist_item_ids\`, \`hist_cate_id\`, \`clicked\`

      error[DIN0543 missing-column]: the data has no column \`cate_id\`, which the feature \`cate_id\` is read from
       --> train.csv, column cate_id
       ::: model.din:5:3
        |
      5 |   cate_id : id  embed 2
        |   ------- declared here
        = help: The columns are \`user_id\`, \`itemid\`, \`category\`, \`hist_item_ids\`, \`hist_cate_id\`, \`clicked\`

      error[DIN0543 missing-column]: the data has no column \`hist_item_id\`, which the history \`clicks\` is read from
       --> train.csv, column hist_item_id
       ::: model.din:8:3
        |
      8 |   item_id <-> hist_item_id
        |   ------------------------ bound here
        = help: did you mean \`hist_item_ids\`? The columns are \`user_id\`, \`itemid\`, \`category\`, \`hist_item_ids\`, \`hist_cate_id\`, \`clicked\`

      error[DIN0543 missing-column]: the data has no column \`click\`, which the label \`click\` is read from
        --> train.csv, column click
        ::: model.din:11:7
         |
      11 | label click : binary
         |       ----- declared here
         = help: did you mean \`clicked\`? The columns are \`user_id\`, \`itemid\`, \`category\`, \`hist_item_ids\`, \`hist_cate_id\`, \`clicked\`
      "
    `);
  });

  it("columns of another type", async () => {
    const folder = new TestFolder();
    const query =
      "SELECT 'u' AS user_id, [1] AS item_id, 1 AS cate_id, 5 AS hist_item_id, ['x'] AS hist_cate_id, 1 AS click";
    const path = await folder.parquet("train.parquet", query);
    expect(await folder.said(() => readTraining(dinModel(), rowsOf(path)))).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`item_id\` must hold one value per row, but is INTEGER[]
       --> train.parquet, column item_id

      error[DIN0544 wrong-column-type]: the column \`hist_item_id\` must hold a list a row, but is INTEGER
       --> train.parquet, column hist_item_id
       ::: model.din:8:3
        |
      8 |   item_id <-> hist_item_id
        |   ------------------------ bound here
      "
    `);
  });

  it("JSON columns of several kinds, and records", async () => {
    const folder = new TestFolder();
    const row = (item: string, clicks: string) =>
      `{"user_id":"u","item_id":${item},"cate_id":"x","hist_item_id":${clicks},"hist_cate_id":["x"],"click":1}`;
    const lists = folder.csv("lists.jsonl", row("1", "[1]"), row("1", '{"a":1}'));
    expect(await folder.said(() => readTraining(dinModel(), rowsOf(lists)))).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`hist_item_id\` must hold a list in every row, but is a single value here
       --> lists.jsonl, row 2, column hist_item_id
      "
    `);
    const records = folder.csv("records.jsonl", row('{"a":1}', "[1]"));
    expect(await folder.said(() => readTraining(dinModel(), rowsOf(records)))).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`item_id\` must hold one value per row, but is STRUCT(a BIGINT)
       --> records.jsonl, column item_id
      "
    `);
  });

  it("a line with too few values", async () => {
    expect(await saidOf(flatModel(), "item_id,x,click", "a,1,1", "b,0", "c,1,1")).toMatchInlineSnapshot(`
      "error[DIN0541 malformed-data-file]: this file cannot be read any further: the first line names 3 columns, this one has 2 values
       --> train.csv, row 2
      "
    `);
  });

  it.each([
    ["train.jsonl", (rows: readonly string[]) => rows.join("\n")],
    ["train.json", (rows: readonly string[]) => `[${rows.join(",\n")}]`],
  ])("%s with a damaged row, wherever it is", async (name, text) => {
    for (const [rows, damaged] of [
      [1, 1],
      [5, 2],
      [5, 5],
      [30_000, 21_000],
    ] as const) {
      const lines = Array.from({ length: rows }, (_, i) => `{"item_id": "i${i}", "click": ${i % 2}}`);
      lines[damaged - 1] = '{"item_id": x, "click": 0}';
      const folder = new TestFolder();
      const path = folder.write(name, text(lines));
      const said = await folder.said(() => readTraining(flatModel(), rowsOf(path)));
      expect(said).toContain("it is not JSON (unexpected character)");
      expect(said).toContain(` --> ${name}, row ${damaged}\n`);
    }
  });

  it("another separator than the file's extension says", async () => {
    const folder = new TestFolder();
    const paths = [
      folder.csv("tabs.csv", "user_id\titem_id\tclick", "u\ta\t1"),
      folder.csv("semicolons.csv", '"user_id";"item_id";"click"', "u;a;1"),
      folder.csv("bars.csv", "user_id|item_id|click", "u|a|1"),
      folder.csv("commas.tsv", "user_id,item_id,click", "u,a,1"),
    ];
    const said: string[] = [];
    for (const path of paths) said.push(await folder.said(() => readTraining(flatModel(), rowsOf(path))));
    expect(said.join("\n")).toMatchInlineSnapshot(`
      "error[DIN0560 other-separator]: the first line has no comma, but 3 names separated by a tab
       --> tabs.csv
        = help: name the right one under \`data\` of dinc.yaml: \`csv: { delimiter: "\\t" }\`

      error[DIN0560 other-separator]: the first line has no comma, but 3 names separated by a semicolon
       --> semicolons.csv
        = help: name the right one under \`data\` of dinc.yaml: \`csv: { delimiter: ";" }\`

      error[DIN0560 other-separator]: the first line has no comma, but 3 names separated by a |
       --> bars.csv
        = help: name the right one under \`data\` of dinc.yaml: \`csv: { delimiter: "|" }\`

      error[DIN0560 other-separator]: the first line has no tab, but 3 names separated by a comma
       --> commas.tsv
        = help: name the right one under \`data\` of dinc.yaml: \`csv: { delimiter: "," }\`
      "
    `);
    const decimals = folder.csv("decimals.csv", "user_id;hist;price;click", "u;1,2,3;0,5;1", "u;1,2;12;0");
    expect(await folder.said(() => readTraining(flatModel(), rowsOf(decimals)))).toContain(
      '`csv: { delimiter: ";", decimal: "," }`',
    );
    const one = folder.csv("one.csv", "note", "a;b");
    expect(await folder.said(() => readTraining(flatModel(), rowsOf(one)))).toContain("missing-column");
  });

  it.each(["rows of mine.csv", "rows.tsv.gz"])(
    "that, and a setting by which %s is read, value by value",
    async (name) => {
      const folder = new TestFolder();
      const text = 'item_id;click\n007;1\n"a;b";0\n"c,d ""e""";1\n';
      const path = folder.write(name, name.endsWith(".gz") ? gzipSync(text) : text);
      const [, setting] = /`(csv: .*)`/.exec(
        await folder.said(() => readTraining(flatModel(), rowsOf(path))),
      )!;
      const config = folder.write("dinc.yaml", `data:\n  train: ${name}\n  ${setting}\n`);
      const { data } = await readConfig(config);
      const { fitted } = await readTraining(flatModel(), data!);
      expect([...fitted.vocabularies.get("item_id")!].sort()).toEqual(["007", "a;b", 'c,d "e"']);
    },
  );

  it("an open quote", async () => {
    expect(await saidOf(flatModel(), "item_id,click", "a,1", '"b,0')).toMatchInlineSnapshot(`
      "error[DIN0541 malformed-data-file]: this file cannot be read any further: a quote is opened and never closed
       --> train.csv, row 2, column item_id
        = help: correct the quote: it may contain the rows after it, so dinc cannot tell which rows are bad
      "
    `);
  });

  it("empty files", async () => {
    const folder = new TestFolder();
    const paths = [
      folder.write("empty.csv", ""),
      folder.csv("header.csv", "item_id,click"),
      folder.write("empty.jsonl", ""),
    ];
    const said = await Promise.all(
      paths.map((path) => folder.said(() => readTraining(flatModel(), rowsOf(path)))),
    );
    expect(said.join("\n")).toMatchInlineSnapshot(`
      "error[DIN0542 no-rows]: there are no rows to read: the file is empty
       --> empty.csv

      error[DIN0542 no-rows]: there are no rows to read: the file has column names only
       --> header.csv

      error[DIN0542 no-rows]: there are no rows to read: the file is empty
       --> empty.jsonl
      "
    `);
  });

  it("missing files, and files of another format than their names say", async () => {
    const folder = new TestFolder();
    const paths = [
      folder.write("rows.xlsx", "x"),
      folder.write("rows.parquet", "not parquet"),
      folder.write("rows.jsonl", '{"item_id": 1, "click": 1}\n{"item_id": \n'),
      folder.write("latin.csv", Buffer.from("item_id,click\ncaf\xe9,1\n", "latin1")),
      `${folder.path}/absent.csv`,
      dirname(folder.write("empty/notes.md", "")),
    ];
    const said: string[] = [];
    for (const path of paths) said.push(await folder.said(() => readTraining(flatModel(), rowsOf(path))));
    expect(said.join("\n").replaceAll(/dinc-data-\w+/g, "FOLDER")).toMatchInlineSnapshot(`
      "error[DIN0540 unknown-data-format]: rows.xlsx has no known ending
       --> rows.xlsx
        = help: the ending determines how a file is read: .csv, .txt, .tsv, .parquet, .arrow, .feather, .arrows, .ipc, .ftr, .npz, .json, .jsonl, .ndjson, each with .gz or without

      error[DIN0541 malformed-data-file]: this file cannot be read any further: it is not a Parquet file, or cut short
       --> rows.parquet

      error[DIN0541 malformed-data-file]: this file cannot be read any further: it is not JSON (unexpected end of data)
       --> rows.jsonl, row 2

      error[DIN0541 malformed-data-file]: this file cannot be read any further: it is not UTF-8
       --> latin.csv, row 1, column item_id
        = help: save it as UTF-8; if it is from Windows: \`iconv -f WINDOWS-1252 -t UTF-8 latin.csv > latin.utf8.csv\`, or \`csv: { encoding: windows-1252 }\` under \`data\` of dinc.yaml

      error[DIN0508 file-unreadable]: cannot read absent.csv: there is no such file

      error[DIN0508 file-unreadable]: cannot read empty: it is a folder without a file of rows
      "
    `);
  });

  it("a file that is read as a copy is called by its own name", async () => {
    const folder = new TestFolder();
    const csv = { ...plainCsv, delimiter: "::" };
    const faults: readonly (string | Uint8Array)[] = [
      Buffer.from("item_id::click\ncaf\xe9::1\n", "latin1"),
      Buffer.from("caf\xe9::click\na::1\n", "latin1"),
      'item_id::click\n"a::1\n',
      'item_id"::click\n"a" b::1\n',
      "item_id::click\na::1::2\n",
    ];
    for (const [i, content] of faults.entries()) {
      const path = folder.write(`latin-${i}.csv`, content);
      const said = await folder.said(() => readTraining(flatModel(), { ...rowsOf(path), csv }));
      expect(said).toContain(`--> latin-${i}.csv`);
      expect(said).not.toContain("dinc-input");
      if (typeof content !== "string")
        expect(said).toContain(`\`iconv -f WINDOWS-1252 -t UTF-8 latin-${i}.csv > latin-${i}.utf8.csv\``);
    }
  });

  it("standard input is saved first", () => {
    const copy = "/tmp/dinc-1/0/rows-3.csv";
    const [said] = headerProblem("/tmp/dinc-input-1/0.csv", NOT_UTF8)
      .about(fileName(copy, copy))
      .about(fileName("standard input", copy)).diagnostics;
    expect(said).toMatchObject({
      location: { kind: "data", data: { path: "standard input" } },
      help: "save it as rows.csv, then save that as UTF-8; if it is from Windows: `iconv -f WINDOWS-1252 -t UTF-8 rows.csv > rows.utf8.csv`, or `csv: { encoding: windows-1252 }` under `data` of dinc.yaml",
    });
  });
});
