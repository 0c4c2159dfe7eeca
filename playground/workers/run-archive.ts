// Packs a run into an archive: its folder as `dinc train` writes it, and the rows on which the page measured
// it.

import { type Zippable, zipSync } from "fflate";
import type { TableRows, Training } from "../../compiler/train/index.ts";
import { filesOfRun, manifestBytes } from "../../runtime/run/run-files.ts";
import { runFiles } from "../../runtime/run/run-folder.ts";
import { type Fingerprint, fingerprintOf } from "./fingerprints.ts";
import { joined } from "./joined.ts";
import { runOf } from "./trained-run.ts";

/** The name of the test rows in the folder. */
const TEST_ROWS = "test.jsonl";

export interface Archive {
  /** The name of the unpacked folder. */
  readonly folder: string;
  /** The path of the test rows. */
  readonly rows: string;
  readonly bytes: Uint8Array;
}

/** Packs a paused training; `given` are the files of its rows. */
export async function archived(
  training: Training,
  test: TableRows,
  given: readonly File[],
): Promise<Archive> {
  const folder = `${training.model.name}-run`;
  const rows = `${folder}/${TEST_ROWS}`;
  const lines = linesOf(test);
  const read = given.map(async (file) => ({
    path: file.name,
    ...(await fingerprintOf(new Uint8Array(await file.arrayBuffer()))),
  }));
  const tested = { path: rows, ...(await fingerprintOf(lines)), split: "test" as const };
  const contents = await runOf(training, [...(await Promise.all(read)), tested]);
  const entries: Zippable = { [rows]: lines };
  const files: Record<string, Fingerprint> = {};
  for (const { name, pieces, isListed } of filesOfRun(contents)) {
    const bytes = joined([...pieces]);
    entries[`${folder}/${name}`] = bytes;
    if (isListed) files[name] = await fingerprintOf(bytes);
  }
  entries[`${folder}/${runFiles.manifest}`] = manifestBytes({ ...contents.manifest, files });
  return { folder, rows, bytes: zipSync(entries) };
}

/** JSON Lines keep lists, whatever their values contain. */
function linesOf(rows: TableRows): Uint8Array<ArrayBuffer> {
  const plain = (_: string, value: unknown) => {
    if (typeof value === "bigint") return String(value);
    return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<unknown>) : value;
  };
  const columns = Object.entries(rows);
  const all: readonly unknown[] = Array.isArray(rows)
    ? rows
    : Array.from({ length: columns[0]?.[1].length ?? 0 }, (_, row) =>
        Object.fromEntries(columns.map(([name, cells]) => [name, cells[row]])),
      );
  return new TextEncoder().encode(all.map((row) => `${JSON.stringify(row, plain)}\n`).join(""));
}
