// Files that are not what they seem: written to while they are read, damaged within, named like a pattern, or
// cut where nothing shows it.

import { appendFileSync, mkdirSync, readFileSync, truncateSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Random } from "../../../compiler/common/random.ts";
import type { RawCell } from "../../../compiler/data/raw-values.ts";
import type { DataLocation } from "../../../compiler/diagnostics/diagnostic.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import { BadRowReport } from "../../../runtime/data/tables/bad-rows.ts";
import { DataFiles } from "../../../runtime/data/tables/data-files.ts";
import { sampleTable } from "../../../runtime/driver/sample-table.ts";
import { seed } from "../../support/how-often.ts";
import { TestFolder } from "../files.ts";
import { faultsIn, parquetTable, writeTable } from "./tables.ts";

interface Reading {
  readonly policy?: "fail" | "skip";
  readonly limit?: number;
  /** Is called after the first rows. */
  readonly meanwhile?: () => void;
}

/** The first column, or the one of that name. */
async function read(path: string, { policy = "fail", limit, meanwhile }: Reading = {}, name?: string) {
  const files = await DataFiles.open({ badRows: new BadRowReport(policy) });
  try {
    const file = await files.file(path);
    const [first] = file.columns.values();
    const column = name === undefined ? first! : file.columns.get(name)!;
    const cells: RawCell[] = [];
    for await (const chunk of files.chunks(file, [column], limit)) {
      for (const cell of chunk.columns[0]!.cells) cells.push(cell);
      if (chunk.first === 0) meanwhile?.();
    }
    return cells;
  } finally {
    await files.close();
  }
}

/** What is said first. */
async function said(
  work: Promise<unknown>,
): Promise<Partial<DataLocation> & { code: string; message: string }> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DiagnosticError)) throw error ?? new Error("nothing is said");
  const { code, location, message } = error.diagnostics[0]!;
  return { code, message, ...(location.kind === "data" ? location.data : {}) };
}

const ROWS = 30_000;

describe("a file that is written to while it is read", () => {
  it.each([
    ["cut", (path: string) => truncateSync(path, 5000)],
    ["longer", (path: string) => appendFileSync(path, "u,i,1,1,i,1\n")],
    ["touched", (path: string) => utimesSync(path, 1, 1)],
  ] as const)("%s", async (_, change) => {
    for (const policy of ["fail", "skip"] as const) {
      const path = writeTable(new TestFolder(), "rows", "csv", ROWS);
      const found = await said(read(path, { policy, meanwhile: () => change(path) }));
      expect(found).toEqual({ code: "DIN0565", path, message: "this file was changed while it was read" });
    }
  });
});

describe("a limit", () => {
  it("gives the same rows wherever the fault after them is", async () => {
    const [fault] = faultsIn("csv");
    const at = ROWS - 500;
    const path = writeTable(new TestFolder(), "rows", "csv", ROWS, new Map([[at, fault!]]));
    for (const limit of [1, 9000, at - 1, at]) {
      const cells = await read(path, { limit }, "n");
      expect(cells.map(Number)).toEqual(Array.from({ length: limit }, (_, n) => n));
    }
    expect(await said(read(path, { limit: at + 1 }, "n"))).toMatchObject({
      code: "DIN0541",
      path,
      row: at + 1,
    });
  });
});

describe("Parquet", () => {
  it("with a byte that was changed gives all rows, or says where it cannot", async () => {
    const folder = new TestFolder();
    const good = readFileSync(await parquetTable(folder, "good", ROWS));
    const random = Random.of(seed, "parquet");
    const outcomes = { read: 0, placed: 0, file: 0 };
    for (let i = 0; i < 40; i++) {
      const bytes = Buffer.from(good);
      const at = random.integer(bytes.length);
      bytes[at] = bytes[at]! ^ (1 << random.integer(8));
      const path = folder.write("bad.parquet", bytes);
      for (const name of ["n", "user_id", "hist"]) {
        const cells = await read(path, {}, name).catch((error: unknown) => {
          if (!(error instanceof DiagnosticError)) throw error;
          const { location } = error.diagnostics[0]!;
          if (location.kind !== "data") throw error;
          outcomes[location.data.row === undefined ? "file" : "placed"] += 1;
          return null;
        });
        if (cells === null) continue;
        expect(cells.length).toBe(ROWS);
        outcomes.read += 1;
      }
    }
    expect(outcomes.read).toBeGreaterThan(0);
    expect(outcomes.placed).toBeGreaterThan(0);
  });

  it("whose end is cut off", async () => {
    const folder = new TestFolder();
    const path = await parquetTable(folder, "rows", 5000);
    truncateSync(path, readFileSync(path).length - 9);
    expect((await said(read(path))).code).toBe("DIN0541");
  });
});

describe("a list of JSON", () => {
  it.each(["fail", "skip"] as const)("that has no end, though its last row has (%s)", async (policy) => {
    const folder = new TestFolder();
    for (const [text, row] of [
      ['[{"a":1},{"a":2},', 2],
      ['[{"a":1},{"a":2},\n', 2],
    ] as const)
      expect(await said(read(folder.write("rows.json", text), { policy }))).toMatchObject({
        code: "DIN0541",
        row,
      });
    expect(await read(folder.write("whole.json", '[{"a":1},{"a":2}]'), { policy })).toEqual([1n, 2n]);
    expect(await read(folder.write("records.json", '{"a":1}{"a":2}{"a":3}'), { policy })).toEqual([
      1n,
      2n,
      3n,
    ]);
  });

  it.each([
    ["with a value after it", (rows: string[]) => `[${rows.join(",\n")}]\n1e999`, ROWS + 1],
    ["with a number in it", (rows: string[]) => `[${rows.with(70, "7").join(",\n")}]`, 71],
    [
      "with a quote that is never closed and as much after it as DuckDB takes for a record",
      (rows: string[]) => `[${rows.with(70, '{"a":"').join(",\n")},\n"${"x\n".repeat(1 << 23)}"]`,
      71,
    ],
    [
      "with a record that is too long",
      (rows: string[]) => `[${rows.with(70, `{"a":"${"x".repeat(1 << 26)}"}`).join(",\n")}]`,
      71,
    ],
  ])("%s", async (_, text, row) => {
    const rows = Array.from({ length: ROWS }, (_, i) => `{"a":"${i}"}`);
    const path = new TestFolder().write("rows.json", text(rows));
    expect(await said(read(path))).toMatchObject({ code: "DIN0541", path, row });
  });

  it("whose records are nested until DuckDB's stack is full", async () => {
    const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    const folder = new TestFolder();
    const paths = [
      folder.write("r.json", `[{"a":1},${deep}]`),
      folder.write("r.jsonl", `{"a":1}\n${deep}\n`),
    ];
    for (const path of paths)
      for (const policy of ["fail", "skip"] as const)
        expect(await said(read(path, { policy }))).toMatchObject({ code: "DIN0541", path, row: 2 });
  });
});

describe("a path", () => {
  it("is one file's, whatever characters it has", async () => {
    const folder = new TestFolder();
    for (const other of ["rows1.csv", "rowsab.csv", "d1/rows.csv"]) folder.csv(other, "a", "other");
    for (const name of ["rows[1].csv", "rows*.csv", "rows?b.csv", "d[1]/rows.csv", "it's {a,b}.csv"])
      expect(await read(folder.csv(name, "a", "own"))).toEqual(["own"]);
  });

  it("gives a column by a folder key=value, where the file has none of that name", async () => {
    const folder = new TestFolder();
    const file = join(folder.path, "a=5", "rows.parquet");
    mkdirSync(dirname(file));
    const path = await folder.parquet("a=5/rows.parquet", "SELECT 1 AS a");
    expect(await read(path)).toEqual([1]);
    expect([...(await sampleTable(folder.csv("a=5/rows.csv", "b,c", "1,2", "3,4"))).columns].length).toBe(3);
  });

  it("may end in capital letters", async () => {
    expect(await read(new TestFolder().write("ROWS.CSV.GZ", gzipSync("a\npacked\n")))).toEqual(["packed"]);
  });
});

describe("the first line of a CSV", () => {
  it.each([
    ["a stray quote", 'a"x,"b"c\n1,2\n', "something stands after a quote"],
    ["an open quote", 'a,"b\n1,2\n3,4\n', "a quote is opened and never closed"],
    ["no UTF-8", "a\u00ff,b\n1,2\n", "it is not UTF-8"],
  ])("%s", async (_, text, reason) => {
    const path = new TestFolder().write("rows.csv", Buffer.from(text, "latin1"));
    for (const policy of ["fail", "skip"] as const) {
      const { message, ...rest } = await said(read(path, { policy }));
      expect(rest).toEqual({ code: "DIN0541", path });
      expect(message).toContain("the first line, which names the columns");
      expect(message).toContain(reason);
    }
  });

  it("may have quotes within names", async () => {
    const path = new TestFolder().csv("rows.csv", 'a"x, "b ""c""" ,d', '"1",2,3');
    expect(await read(path, {}, 'a"x')).toEqual(["1"]);
    expect(await read(path, {}, 'b "c"')).toEqual(["2"]);
  });
});

describe("blank lines", () => {
  it.each(["fail", "skip"] as const)("are no rows, except in a file of one column (%s)", async (policy) => {
    const folder = new TestFolder();
    expect(await read(folder.csv("two.csv", "a,b", "1,2", "", "3,4", ""), { policy })).toEqual(["1", "3"]);
    expect(await read(folder.csv("one.csv", "a", "1", "", "3"), { policy })).toEqual(["1", null, "3"]);
    const bad = folder.csv("bad.csv", "a,b", "", "1,2", "", "3", "4,5");
    const place = { path: bad, row: 2 };
    if (policy === "fail")
      expect(await said(read(bad, { policy }))).toMatchObject({ code: "DIN0541", ...place });
    else expect(await read(bad, { policy })).toEqual(["1", "4"]);
  });
});

describe("what random files have found", () => {
  it("a name with a NUL byte, which cannot be asked for", async () => {
    const folder = new TestFolder();
    const [one, two, three] = ['{"a":1}', '{"a":2,"b\\u0000":2}', '{"a":3}'];
    const lines = folder.csv("rows.jsonl", one, two, three);
    expect(await said(read(lines))).toMatchObject({
      ...{ code: "DIN0541", row: 2 },
      message: "this file cannot be read any further: a name in it holds a NUL byte",
    });
    expect(await read(lines, { policy: "skip" })).toEqual([1n, 3n]);
    expect(await said(read(folder.write("rows.json", `[${one},${two}]`)))).toMatchObject({
      code: "DIN0541",
      message: "this file cannot be read any further: the name of a column holds a NUL byte",
    });
  });

  it("a line with another line ending after an empty value, which DuckDB reads", async () => {
    const path = new TestFolder().write("rows.csv", "a,b\n1,\r\n3,4\n");
    for (const policy of ["fail", "skip"] as const) expect(await read(path, { policy })).toEqual(["1", "3"]);
  });

  it("another line ending after a row that does not parse", async () => {
    const path = new TestFolder().write("rows.csv", "a,b\n1,2,3\n3,4\r\n");
    expect(await said(read(path))).toMatchObject({ row: 1 });
    expect(await said(read(path, { policy: "skip" }))).toMatchObject({ row: 2 });
  });
});
