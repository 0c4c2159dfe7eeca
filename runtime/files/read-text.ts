// Reads texts that users name: specs, dinc.yaml, lists. Reading always ends: it refuses devices, files that
// are far too large, and pipes without a writer.

import { constants, createReadStream, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { decoded, toUtf8Command } from "../../compiler/common/encoding.ts";
import { formatCount } from "../../compiler/common/format-count.ts";
import { textNotUtf8 } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { refusal } from "./file-problem.ts";

/** The most bytes of a text. */
export const LONGEST_TEXT = 1 << 24;

/** The most milliseconds until a pipe's writer must begin. */
const LONGEST_WAIT = 1000;
const POLL = 10;
const PIECE = 1 << 16;

/**
 * Throws an error with a code, which `fileProblem` describes, or DiagnosticError if the file is not UTF-8.
 */
export async function readText(path: string, most = LONGEST_TEXT): Promise<string> {
  return textOfBytes(await readBytes(path, most), path, true);
}

/** `path` is the source of the bytes. Throws DiagnosticError if they are not UTF-8. */
export function textOfBytes(bytes: Uint8Array, path: string, isFile: boolean): string {
  const text = decoded(bytes);
  if (typeof text === "string") return text;
  const written = path.replace(/(\.\w+)?$/, ".utf8$1");
  const command = isFile ? toUtf8Command(text, path, written) : null;
  throw new DiagnosticError([diagnose(textNotUtf8, { path, is: text.name, command }, noLocation)]);
}

/** Reads at most `most` bytes. Throws like `readText`. */
export async function readBytes(path: string, most: number): Promise<Buffer> {
  // Without O_NONBLOCK, opening a pipe without a writer would never return.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await file.stat();
    // Reading a folder gives the error that says so.
    if (found.isFile() && found.size > most) throw tooLong(found, most);
    return await collected(pieces(file, found), most, found);
  } finally {
    await file.close();
  }
}

/** Collects a stream, with the same limit. */
export async function collected(
  pieces: AsyncIterable<Uint8Array>,
  most = LONGEST_TEXT,
  found: Stats | null = null,
): Promise<Buffer> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > most) throw tooLong(found, most);
    read.push(piece);
  }
  return Buffer.concat(read, bytes);
}

function tooLong(found: Stats | null, most: number): Error {
  const limit = `${formatCount(most)} bytes`;
  return refusal(
    found?.isFile() === true
      ? `it has ${formatCount(found.size)} bytes, and at most ${limit} are read`
      : `it does not end within ${limit}, which is the most that is read`,
  );
}

async function* pieces(file: FileHandle, found: Stats): AsyncGenerator<Uint8Array> {
  const started = performance.now();
  for (let hasBegun = false; ; ) {
    const read = await file.read(Buffer.alloc(PIECE), 0, PIECE, null).catch(notYet);
    if (read !== null && read.bytesRead > 0) {
      hasBegun = true;
      yield read.buffer.subarray(0, read.bytesRead);
    } else if (read !== null && (hasBegun || !found.isFIFO())) return;
    // A writer may come shortly.
    else if (read === null || performance.now() - started < LONGEST_WAIT) await sleep(POLL);
    else throw refusal("it is a pipe that nobody writes to");
  }
}

/** Null for a pipe whose writer has no data yet. */
function notYet(error: NodeJS.ErrnoException): null {
  if (error.code !== "EAGAIN") throw error;
  return null;
}

/** Throws like `readText` unless `path` is a file, which can be read at any position and repeatedly. */
export async function requireFile(path: string): Promise<void> {
  const other = otherThanFile(await stat(path));
  if (other !== null) throw refusal(other);
}

/** Says what `path` is, if not a file; null if it is one. */
export function otherThanFile(found: Stats): string | null {
  if (found.isFile()) return null;
  if (found.isDirectory()) return "it is a folder";
  if (found.isFIFO()) return "it is a pipe, not a file";
  return found.isSocket() ? "it is a socket" : "it is a device, not a file";
}

/** The most characters of a line. */
const LONGEST_LINE = 1 << 22;

/** The lines of a file without line breaks; throws like `readText`. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  await requireFile(path);
  let rest = "";
  for await (const piece of createReadStream(path, "utf8") as AsyncIterable<string>) {
    // A line break of two characters may be split between two pieces.
    const lines = (rest + piece).split(/\r\n|\n|\r(?=[^\n])/);
    rest = lines.pop()!;
    if (rest.length > LONGEST_LINE)
      throw refusal(`a line of it is longer than ${formatCount(LONGEST_LINE)} characters`);
    yield* lines;
  }
  if (rest !== "") yield rest.replace(/\r$/, "");
}
