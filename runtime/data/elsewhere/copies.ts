// Copies rows that are in no file of this machine (of a database, a query, a server, a store, or standard input) to one
// file, once per process, for all readings: a query gives the same rows for the profile, the report and the
// training. The files are in a temporary folder, which is removed with the process; the next process removes
// that of a killed one.

import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileChanged } from "../../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { elsewhereAt, nameOfAddress } from "../../../compiler/frontend/config/elsewhere.ts";
import { stateOf } from "../../files/file-state.ts";
import { type FileFingerprint, fingerprint } from "../../files/fingerprint.ts";
import { removeLeftScratch, Scratch } from "../../files/scratch.ts";
import { inTemporary } from "../../files/temporary.ts";
import { download } from "./download.ts";
import { type CopyOptions, writeCopy } from "./query-copy.ts";
import { servedState } from "./served-file.ts";
import type { ServedParquet } from "./served-parquet.ts";
import { spoolStandardInput } from "./standard-input.ts";

export interface Copy {
  readonly location: string;
  /** The sources that were read for it, with their states at that time; for standard input the stream. */
  readonly sources: ReadonlyMap<string, string> | NodeJS.ReadStream;
  /** Fetches columns before they are read; null if the copy is complete. */
  readonly columns: ServedParquet | null;
}

/** Identifies the content of a copy, and of the columns that it lacks. */
export async function fingerprintOfCopy({ columns, location }: Copy): Promise<FileFingerprint> {
  return columns?.fingerprint ?? fingerprint(location);
}

/**
 * Unused copies are kept for later requests; a process that requests ever new ones does not fill the disk.
 */
const MOST_UNUSED = 4;

let scratch: Scratch | null = null;
let written = 0;
/** By folder of the process and address; the last requested are at the end. */
const copies = new Map<string, { readonly copy: Promise<Copy>; users: number }>();

/**
 * The copy of an address, which stays until `done` was called as often as this function. Throws
 * DiagnosticError.
 */
export async function copyOf(address: string, options: Omit<CopyOptions, "name">): Promise<Copy> {
  const key = keyOf(address);
  const known = copies.get(key);
  const isFresh = known !== undefined && (known.users > 0 || (await isAsItWas(await known.copy)));
  if (known !== undefined && !isFresh) await remove(known.copy);
  const held = isFresh ? known : { copy: make(address, options), users: 0 };
  copies.delete(key);
  copies.set(key, held);
  held.users += 1;
  try {
    return await held.copy;
  } catch (error) {
    if (copies.get(key) === held) copies.delete(key);
    throw error;
  }
}

/** Ends a reading that began with `copyOf`. */
export async function done(address: string): Promise<void> {
  const held = copies.get(keyOf(address));
  if (held !== undefined) held.users -= 1;
  const unused = [...copies].filter(([, { users }]) => users <= 0);
  for (const [other, { copy }] of unused.slice(0, -MOST_UNUSED)) {
    copies.delete(other);
    await remove(copy);
  }
}

/** Addresses may be relative. */
function keyOf(address: string): string {
  return `${process.cwd()}\0${address}`;
}

async function make(address: string, options: Omit<CopyOptions, "name">): Promise<Copy> {
  if (scratch === null) removeLeftScratch();
  scratch ??= new Scratch();
  const name = nameOfAddress(address);
  const elsewhere = elsewhereAt(address);
  const subject = elsewhere === null ? name : `what ${name} gives`;
  return inTemporary(`${subject} is kept there while it is read`, async () => {
    const folder = join(scratch!.folder(), `${written++}`);
    await mkdir(folder);
    const path = join(folder, "rows");
    if (elsewhere === null)
      return {
        location: await spoolStandardInput(path, options.report),
        sources: process.stdin,
        columns: null,
      };
    if (elsewhere.kind === "served") {
      const { location, state, columns } = await download(elsewhere.url, path, { ...options, name });
      return { location, sources: new Map([[elsewhere.url, state]]), columns };
    }
    const { location, states } = await writeCopy(elsewhere, path, { ...options, name });
    for (const [file, state] of states)
      if ((await stateOf(file).catch(() => null)) !== state)
        throw new DiagnosticError([diagnose(fileChanged, {}, inData({ path: file }))]);
    return { location, sources: states, columns: null };
  });
}

async function isAsItWas({ sources }: Copy): Promise<boolean> {
  // A stream cannot be read again.
  if (!(sources instanceof Map)) return sources === process.stdin;
  for (const [source, state] of sources) {
    const isServed = elsewhereAt(source)?.kind === "served";
    const now = isServed ? await servedState(source) : await stateOf(source).catch(() => null);
    if (now !== state) return false;
  }
  return true;
}

/** Removes a copy with its own folder. */
async function remove(copy: Promise<Copy>): Promise<void> {
  const { location } = await copy;
  await rm(dirname(location), { recursive: true, force: true });
}
