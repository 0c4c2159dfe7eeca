// The first line of a CSV, which names its columns. DuckDB can guess it, but silently guesses wrong if a
// later line is longer; so dinc reads it itself and requires every line to match.

import { isUtf8 } from "node:buffer";
import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { FileFault } from "../../files/file-fault.ts";
import { decompressedBytes } from "./compressed-file.ts";
import { helpFor, NOT_UTF8 } from "./other-encoding.ts";

export interface CsvHeader {
  /** Empty if the file is empty. */
  readonly names: readonly string[];
  /** True if text follows the closing quote of a name: DuckDB then silently loses rows. */
  readonly hasStrayQuote: boolean;
}

/** Throws DiagnosticError if the names cannot be read. */
export async function csvHeader(path: string, delimiter: string): Promise<CsvHeader> {
  const [line = ""] = await firstLines(path, delimiter, 1);
  return splitLine(line, delimiter);
}

/** The first records of a CSV, including its names. */
export async function firstRecords(
  path: string,
  delimiter: string,
  most: number,
): Promise<(readonly string[])[]> {
  return (await firstLines(path, delimiter, most)).map((line) => splitLine(line, delimiter).names);
}

const [QUOTE, SPACE] = [34, 32];

/** Longer than any line that DuckDB accepts. */
const LONGEST = 2_000_000;

/** Each record ends at a line break outside quotes. */
async function firstLines(path: string, delimiter: string, most: number): Promise<string[]> {
  const lines: string[] = [];
  let pieces: Buffer[] = [];
  let length = 0;
  let at: "begin" | "plain" | "quoted" | "closed" = "begin";
  for await (const bytes of decompressedBytes(path)) {
    let begin = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (at === "quoted") {
        if (byte === QUOTE) at = "closed";
      } else if (byte === 10 || byte === 13) {
        pieces.push(bytes.subarray(begin, i));
        // The second half of a Windows line break ends nothing.
        if (length + i - begin > 0 || lines.length === 0) lines.push(textOf(path, pieces));
        if (lines.length === most) return lines;
        [pieces, length, begin, at] = [[], 0, i + 1, "begin"];
      } else if (byte === QUOTE) at = at === "plain" ? "plain" : "quoted";
      else if (byte === delimiter.charCodeAt(0)) at = "begin";
      else if (byte !== SPACE && at === "begin") at = "plain";
    }
    pieces.push(bytes.subarray(begin));
    length += bytes.length - begin;
    if (length > LONGEST) break;
  }
  if (lines.length === 0 && at === "quoted") throw headerProblem(path, "a quote is opened and never closed");
  if (lines.length === 0 && length > LONGEST) throw headerProblem(path, "it has no end");
  return length > LONGEST || at === "quoted" ? lines : [...lines, textOf(path, pieces)];
}

function textOf(path: string, pieces: readonly Buffer[]): string {
  const line = Buffer.concat(pieces);
  if (!isUtf8(line)) throw headerProblem(path, NOT_UTF8);
  return line.toString().replace(/^\ufeff/, "");
}

export function headerProblem(path: string, problem: string): FileFault {
  const reason = `the first line, which names the columns: ${problem}`;
  return new FileFault(path, (file) =>
    diagnose(malformedFile, { reason }, inData({ path: file.path }), helpFor(file, problem)),
  );
}

function splitLine(line: string, delimiter: string): CsvHeader {
  if (line === "") return { names: [], hasStrayQuote: false };
  const names: string[] = [];
  let name = "";
  let at: "begin" | "plain" | "quoted" | "closed" = "begin";
  let hasStrayQuote = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (at === "quoted") {
      if (character !== '"') name += character;
      else if (line[i + 1] === '"') name += line[++i];
      else at = "closed";
    } else if (character === delimiter) {
      names.push(name);
      name = "";
      at = "begin";
    } else if (character === '"' && at === "begin") {
      at = "quoted";
      name = "";
    } else if (at !== "closed" || character !== " ") {
      name += character;
      hasStrayQuote ||= at === "closed";
      if (at === "begin" && character !== " ") at = "plain";
    }
  }
  return { names: [...names, name], hasStrayQuote };
}
