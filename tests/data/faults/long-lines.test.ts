// Lines that are too long for a row, wherever they are: dinc names the first, or leaves out exactly those. DuckDB drops the
// last line of a file in silence where its buffer of 32 MB has no room for it.

import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { Random } from "../../../compiler/common/random.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import { runs, seed, timeout } from "../../support/how-often.ts";
import { TestFolder } from "../files.ts";
import { READERS } from "./readers.ts";

const HEADER = "user_id,item_id,n,hist,click";
const reader = READERS["train, training rows"]!;

/** The numbers that a reading gives, or the row of the first that is too long. */
async function outcome(folder: TestFolder, path: string, policy: "fail" | "skip"): Promise<unknown> {
  try {
    return await reader.read(folder, path, policy);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const { location, message } = error.diagnostics[0]!;
    expect(message).toContain("it is longer than 2 million bytes");
    return location.kind === "data" ? { row: location.data.row } : null;
  }
}

interface Case {
  readonly name: string;
  readonly rows: number;
  /** The long line is at this row. */
  readonly at: number;
  readonly bytes: number;
  readonly lineEnd: "\n" | "\r\n";
  readonly endsInLineEnd: boolean;
}

async function check(each: Case): Promise<void> {
  const folder = new TestFolder();
  const { name, rows, at, bytes, lineEnd, endsInLineEnd } = each;
  const lines = Array.from({ length: rows }, (_, n) => `u,i${n % 3},${n},i1,${n % 2}`);
  lines[at] = `${"u".repeat(bytes)},i1,${at},i1,1`;
  const text = [HEADER, ...lines].join(lineEnd) + (endsInLineEnd ? lineEnd : "");
  const path = folder.write(name, name.endsWith(".gz") ? gzipSync(text, { level: 1 }) : text);
  expect(await outcome(folder, path, "fail"), JSON.stringify(each)).toEqual({ row: at + 1 });
  const others = Array.from({ length: rows }, (_, n) => n).filter((n) => n !== at);
  expect(await outcome(folder, path, "skip"), JSON.stringify(each)).toEqual(others);
}

const last = { rows: 20, at: 19, bytes: 34e6, lineEnd: "\n", endsInLineEnd: true } as const;

test.each<Case>([
  { name: "rows.csv", ...last },
  { name: "rows.csv", ...last, endsInLineEnd: false },
  { name: "rows.csv", ...last, lineEnd: "\r\n" },
  { name: "rows.csv.gz", ...last },
])("a last line of 34 MB, $name", check);

test("a long line anywhere", { timeout }, async () => {
  const random = Random.of(seed, "long lines");
  for (let i = 0; i < runs(2); i++) {
    const rows = 2 + random.integer(3000);
    const place = [0, rows - 1, random.integer(rows)][random.integer(3)]!;
    await check({
      ...{ name: random.integer(3) === 0 ? "rows.csv.gz" : "rows.csv", rows, at: place },
      bytes: [2_000_000, 2_100_000, 33_000_000, 70_000_000][random.integer(4)]!,
      lineEnd: random.integer(2) === 0 ? "\n" : "\r\n",
      endsInLineEnd: random.integer(2) === 0,
    });
  }
});
