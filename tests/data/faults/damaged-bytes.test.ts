// Parquet and packed files with damaged bytes: each is read, or refused with its place, whichever bytes are damaged. gzip
// has a checksum, so that rows never differ in silence there. A Parquet file has none here: values may differ.
//
// `FUZZ=1000 npx vitest run tests/data/faults/damaged-bytes` damages as many files of each kind.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Random } from "../../../compiler/common/random.ts";
import { type Diagnostic, DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import { DataFiles } from "../../../runtime/data/tables/data-files.ts";
import { seed } from "../../support/how-often.ts";
import { TestFolder } from "../files.ts";
import { parquetTable, writeTable } from "./tables.ts";

const FILES = Number(process.env["FUZZ"] ?? 50);
const ROWS = 40;

/** The rows, or what is said. */
async function outcome(path: string): Promise<readonly string[] | readonly Diagnostic[]> {
  const files = await DataFiles.open();
  try {
    const file = await files.file(path);
    const rows: string[] = [];
    const text = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
    await files.scan(file, [...file.columns.values()], (chunk) => {
      for (let i = 0; i < chunk.rows; i++)
        rows.push(
          JSON.stringify(
            chunk.columns.map(({ cells }) => cells[i]),
            text,
          ),
        );
    });
    return rows;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics;
  } finally {
    await files.close();
  }
}

const isSaid = (found: readonly string[] | readonly Diagnostic[]): found is readonly Diagnostic[] =>
  typeof found[0] === "object";

/** `count` bytes from `from` to `to` get other values. */
function overwritten(bytes: Buffer, random: Random, from: number, to: number): Buffer {
  const changed = Buffer.from(bytes);
  for (let count = 1 + random.integer(4); count > 0; count--)
    changed[from + random.integer(to - from)] = random.integer(256);
  return changed;
}

function expectPlaced(diagnostics: readonly Diagnostic[], path: string, told: string): void {
  for (const { location, message } of diagnostics) {
    expect(location, told).toMatchObject({ kind: "data", data: { path } });
    expect(message, told).not.toMatch(/INTERNAL|assert|\.(ts|js|cpp):\d/i);
  }
}

describe("damaged bytes", () => {
  it("of a Parquet file's footer and pages", { timeout: 10 ** 8 }, async () => {
    const random = Random.of(seed, "damaged parquet");
    const folder = new TestFolder();
    const whole = readFileSync(await parquetTable(folder, "whole", ROWS));
    const footer = whole.length - 8 - whole.readUInt32LE(whole.length - 8);
    const counts = { refused: 0, same: 0, other: 0 };
    const sound = await outcome(folder.write("sound.parquet", whole));
    for (let i = 0; i < FILES; i++) {
      const [from, to] = i % 2 === 0 ? [footer, whole.length] : [4, footer];
      const bytes = overwritten(whole, random, from!, to!);
      const path = folder.write(`rows${i}.parquet`, bytes);
      const told = `file ${i}: ${bytes.toString("base64")}`;
      const found = await outcome(path).catch((error: unknown) => {
        throw new Error(`${told}\n${error instanceof Error ? error.stack : String(error)}`);
      });
      if (isSaid(found)) expectPlaced(found, path, told);
      counts[isSaid(found) ? "refused" : found.join() === sound.join() ? "same" : "other"]++;
    }
    if (FILES > 50) console.log(counts);
    expect(counts.refused).toBeGreaterThan(0);
  });

  it("of a compressed file are told, as are bytes after its end", { timeout: 10 ** 8 }, async () => {
    const random = Random.of(seed, "damaged gzip");
    const folder = new TestFolder();
    const plain = readFileSync(writeTable(folder, "whole", "csv", ROWS));
    const sound = await outcome(folder.write("sound.csv", plain));
    const half = plain.indexOf(10, plain.length / 2) + 1;
    const whole = gzipSync(plain);
    const members = Buffer.concat([gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half))]);
    expect(await outcome(folder.write("members.csv.gz", members))).toEqual(sound);
    for (let i = 0; i < FILES; i++) {
      const kind = i % 3;
      const of = random.integer(2) === 0 ? whole : members;
      const garbage = Buffer.from(Array.from({ length: 1 + random.integer(20) }, () => random.integer(256)));
      const bytes =
        kind === 0
          ? overwritten(of, random, 0, of.length)
          : kind === 1
            ? Buffer.concat([of, garbage])
            : of.subarray(0, random.integer(of.length));
      const path = folder.write(`rows${i}.csv.gz`, bytes);
      const told = `file ${i}, ${["overwritten", "with garbage", "cut"][kind]}: ${bytes.toString("base64")}`;
      const found = await outcome(path).catch((error: unknown) => {
        throw new Error(`${told}\n${error instanceof Error ? error.stack : String(error)}`);
      });
      if (isSaid(found)) expectPlaced(found, path, told);
      // Damage of the name or the time in a header changes no row.
      else expect(found, told).toEqual(sound);
    }
  });
});
