// Faults at random places of long files, of every format and for whatever reads them: each ends with the
// place of the first, or with exactly the other rows. DuckDB gives its rows in chunks, so that files of a few
// rows cannot tell.
//
// `FUZZ=200 npx vitest run tests/data/faults` draws as many more files of each format, of up to 10⁶ rows.

import { describe, expect, it } from "vitest";
import { Random } from "../../../compiler/common/random.ts";
import { type DataLocation, DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import { seed, sweep } from "../../support/how-often.ts";
import { TestFolder } from "../files.ts";
import { READERS } from "./readers.ts";
import { type Fault, FORMATS, faultsIn, randomRows, type TextFormat, writeTable } from "./tables.ts";

const MORE = Number(process.env["FUZZ"] ?? 0);
const TEXTS = FORMATS.filter((format): format is TextFormat => format !== "parquet");

/** What is said first, and where; undefined where nothing is. */
async function firstOf(
  work: () => Promise<unknown>,
): Promise<(DataLocation & { message: string }) | undefined> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const { location, message } = error.diagnostics[0]!;
    expect(location.kind, message).toBe("data");
    return location.kind === "data" ? { ...location.data, message } : undefined;
  }
  return undefined;
}

const range = (rows: number, without: ReadonlySet<number>) =>
  Array.from({ length: rows }, (_, n) => n).filter((n) => !without.has(n));

/** A file of `rows` rows with `count` faults of one kind, read for `reader`. */
async function checkFault(
  format: TextFormat,
  fault: Fault,
  name: string,
  rows: number,
  at: readonly number[],
): Promise<void> {
  const folder = new TestFolder();
  const reader = READERS[name]!;
  const bad = new Set(at);
  const path = writeTable(folder, "rows", format, rows, new Map(at.map((n) => [n, fault])));
  const clean = () => writeTable(folder, "others", format, rows, new Map(), bad);
  const told = `${format}, ${fault.name}, ${name}, rows ${at} of ${rows}`;
  const ofValue = fault.name === "no number";
  if (ofValue && !reader.judges) return;
  if (fault.name === "no UTF-8" && fault.column !== null && fault.column === reader.ignores) return;
  // The name is `item_id`, whose column nobody reads there.
  if (fault.name === "a name twice" && reader.ignores === "item_id") return;
  const location = await firstOf(() => reader.read(folder, path, "fail"));
  expect(location, told).toMatchObject({ path, row: at[0]! + 1 });
  if (fault.column !== null && reader.tells !== true) expect(location!.column, told).toBe(fault.column);
  if (!reader.skips) return;
  const counted = await firstOf(() => reader.read(folder, path, "count"));
  expect(counted, told).toMatchObject({ path, row: at[0]! + 1 });
  // Of a list only values can be bad row by row.
  if (fault.endsReading) {
    expect(await firstOf(() => reader.read(folder, path, "skip")), told).toMatchObject({
      path,
      row: at[0]! + 1,
    });
    return;
  }
  if (at.length > 1) expect(counted!.message, told).toContain(`(and ${at.length - 1} more like this)`);
  const others = await reader.read(folder, path, "skip");
  if (Array.isArray(others) && typeof others[0] === "number" && others.length > 10)
    expect(others.length === rows - bad.size && range(rows, bad).every((n, i) => others[i] === n), told).toBe(
      true,
    );
  else expect(others, told).toEqual(await reader.read(folder, clean(), "fail"));
}

it.each(sweep([40_000, 300_000]))(
  "a bad row among %i of JSON Lines takes no more memory than the others",
  async (rows) => {
    const [fault] = faultsIn("jsonl");
    await checkFault("jsonl", fault!, "train, training rows", rows, [Math.floor(rows * 0.58)]);
  },
);

describe.each(TEXTS)("a long file of %s", (format) => {
  const random = Random.of(seed, `faults ${format}`);
  const one = <T>(of: readonly T[]): T => of[random.integer(of.length)]!;
  const all = faultsIn(format);
  const few = format === "csv" || format === "jsonl" ? all : [one(all), one(all)];
  const cases = few.map((fault) => {
    // Some chunks, of 2048 rows each.
    const rows = 6000 + random.integer(8000);
    return [
      fault.name,
      fault,
      one(Object.keys(READERS)),
      rows,
      randomRows(random, rows, 1 + random.integer(2)),
    ] as const;
  });
  it.each(sweep(cases, 3))("with %s", (_, fault, name, rows, at) =>
    checkFault(format, fault, name, rows, at),
  );

  if (MORE === 0) return;
  it("with any fault, anywhere", { timeout: 10 ** 8 }, async () => {
    for (let i = 0; i < MORE; i++) {
      const rows = Math.floor(2 ** (11 + random.next() * 8.9));
      const at = randomRows(random, rows, random.integer(4) === 0 ? 1 + random.integer(50) : 1);
      await checkFault(format, one(faultsIn(format)), one(Object.keys(READERS)), rows, at);
    }
  });
});
