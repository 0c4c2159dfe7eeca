// Files that were cut, joined and overwritten at random: whatever stands in them, they are read to their end,
// or something is said with a place. What dinc counts byte by byte and what DuckDB reads has to be the same.
//
// `FUZZ=1000 npx vitest run tests/data/faults/hostile` tries as many of each format.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Random } from "../../../compiler/common/random.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { BadRowPolicy } from "../../../compiler/frontend/config/choices.ts";
import { csvRows } from "../../../runtime/data/formats/csv-scan.ts";
import type { FilePart } from "../../../runtime/data/formats/data-file.ts";
import { BadRowReport } from "../../../runtime/data/tables/bad-rows.ts";
import { DataFiles } from "../../../runtime/data/tables/data-files.ts";
import { seed } from "../../support/how-often.ts";
import { TestFolder } from "../files.ts";
import { FORMATS, type Format, parquetTable, type TextFormat, writeTable } from "./tables.ts";

const FILES = Number(process.env["FUZZ"] ?? 8);

const PIECES = [
  ...[
    '"',
    '""',
    ",",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    " ",
    '"\n"',
    ',"',
    '",',
    '"x',
    "\0",
    "\ufeff",
    "\u00ff\u00fe",
  ],
  ...[
    "{",
    "}",
    "[",
    "]",
    "[]",
    "{}",
    ":",
    "\\",
    "\\u0000",
    "\\ud800",
    "null",
    "NaN",
    "1e999",
    "-",
    "true",
    "5",
  ],
  ...[
    "\u00c3\u00a9",
    "\u00ed\u00a0\u0080",
    "\u00f4\u0090\u0080\u0080",
    "\u00e2\u0082",
    "9".repeat(400),
    "[".repeat(600),
  ],
] as const;

/** A file like those of `format`, changed in a few places. */
function mutated(bytes: Buffer, random: Random): Buffer {
  let text = bytes;
  for (let changes = 1 + random.integer(4); changes > 0; changes--) {
    // Most of what matters stands at an end or beside a line break.
    const near = text.indexOf(random.integer(2) === 0 ? 10 : 34, random.integer(text.length + 1));
    const at =
      near >= 0 && random.integer(2) === 0 ? near + random.integer(2) : random.integer(text.length + 1);
    const piece = Buffer.from(PIECES[random.integer(PIECES.length)]!, "latin1");
    const cut = random.integer(3) === 0 ? random.integer(40) : random.integer(2);
    switch (random.integer(6)) {
      case 0:
        text = Buffer.concat([text.subarray(0, at), text.subarray(at + cut)]);
        break;
      case 1:
        text = Buffer.concat([text.subarray(0, at), text.subarray(Math.max(0, at - cut * 3))]);
        break;
      case 2:
        text = text.subarray(0, random.integer(4) === 0 ? at : text.length - cut);
        break;
      case 3:
        text = Buffer.concat([
          text.subarray(0, at),
          Buffer.from([random.integer(256)]),
          text.subarray(at + 1),
        ]);
        break;
      default:
        text = Buffer.concat([text.subarray(0, at), piece, text.subarray(at + (cut & 1))]);
    }
  }
  return text;
}

/** Most files are short, so that many are tried; what DuckDB gives in chunks takes a long one. */
function longest(random: Random): number {
  const length = random.integer(1000);
  if (length < 2) return 1_000_000;
  return length < 20 ? 20_000 : 12;
}

/** What reading all columns gives: the rows, or what is said. */
async function outcome(path: string, policy: BadRowPolicy) {
  const files = await DataFiles.open({ badRows: new BadRowReport(policy) });
  try {
    const file = await files.file(path);
    const columns = [...file.columns.values()];
    const rows: string[] = [];
    await files.scan(file, columns, (chunk) => {
      for (let i = 0; i < chunk.rows; i++)
        rows.push(
          JSON.stringify(
            chunk.columns.map(({ cells }) => cells[i]),
            (_, x) => (typeof x === "bigint" ? String(x) : x),
          ),
        );
    });
    return { file, rows, said: null };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { file: null, rows: [], said: error.diagnostics };
  } finally {
    await files.close();
  }
}

/** What may be said of a file as a whole. */
const WITHOUT_ROW =
  /the first line, which names|it is compressed|its compressed content|there are no rows|the name of a column/;

async function check(path: string, format: Format): Promise<void> {
  const told = `${format} ${path}`;
  const failed = await outcome(path, "fail");
  const skipped = await outcome(path, "skip");
  for (const { said } of [failed, skipped])
    for (const { code, location, message } of said ?? []) {
      expect(location.kind, told).toBe("data");
      if (location.kind === "data" && location.data.row === undefined && format !== "parquet")
        expect(message, told).toMatch(["DIN0529", "DIN0560", "DIN0562"].includes(code) ? /./ : WITHOUT_ROW);
    }
  if (failed.said === null) expect(skipped.rows, told).toEqual(failed.rows);
  const { file } = skipped;
  if (file === null) return;
  if (file.rows !== null) expect(skipped.rows.length, told).toBe(file.rows);
  const [{ unreadable }] = file.parts as [FilePart];
  if (unreadable.length > 0)
    expect(failed.said?.[0]?.location, told).toMatchObject({ data: { row: unreadable[0]!.row + 1 } });
  if (format.startsWith("csv") || format.startsWith("tsv"))
    await checkCsv(path, format, file.parts[0]!, skipped.rows.length, told);
}

async function checkCsv(
  path: string,
  format: Format,
  file: FilePart,
  rows: number,
  told: string,
): Promise<void> {
  if (file.names.length === 0) return;
  const counted = await csvRows(path, format.startsWith("tsv") ? "\t" : ",", file.names);
  if (counted.end?.isLineEnd) return;
  expect([rows + counted.unreadable.length, counted.end], told).toEqual([counted.rows, null]);
}

describe.each(FORMATS)("hostile files of %s", (format) => {
  it("are read to their end, or something is said", { timeout: 10 ** 8 }, async () => {
    const random = Random.of(seed, `hostile ${format}`);
    const folder = new TestFolder();
    const failed: string[] = [];
    for (let i = 0; i < FILES; i++) {
      const rows = 1 + random.integer(longest(random));
      const name = `rows${i % 50}`;
      const plain =
        format === "parquet"
          ? await parquetTable(folder, name, rows)
          : writeTable(folder, name, format.replace(".gz", "") as TextFormat, rows);
      let bytes = mutated(readFileSync(plain), random);
      if (format.endsWith(".gz")) bytes = gzipSync(bytes, { level: 1 });
      if (format.endsWith(".gz") && random.integer(4) === 0) bytes = mutated(bytes, random);
      const path = folder.write(`${name}.${format}`, bytes);
      await check(path, format).catch((error: Error) => {
        failed.push(`${error.message}\n${bytes.length < 4000 ? bytes.toString("base64") : rows}`);
      });
    }
    expect(failed).toEqual([]);
  });
});
