// The first line of a CSV, which names its columns. DuckDB can guess it, but guesses wrong without a word where a later
// line is longer; so dinc reads it itself and holds every line to it.

import { isUtf8 } from "node:buffer";
import { malformedFile } from "../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import { unpackedBytes } from "./packed-file.ts";

export interface CsvHeader {
  /** None where the file is empty. */
  readonly names: readonly string[];
  /** Whether something stands behind a quote that closes a name: DuckDB then loses rows without a word. */
  readonly hasStrayQuote: boolean;
}

/** Throws DiagnosticError where the names cannot be read. */
export async function csvHeader(path: string, delimiter: string): Promise<CsvHeader> {
  return splitLine(await firstLine(path, delimiter.charCodeAt(0)), delimiter);
}

const [QUOTE, SPACE] = [34, 32];

/** More than DuckDB takes for a line. */
const LONGEST = 2_000_000;

/** Up to the first line break that is not inside quotes. */
async function firstLine(path: string, delimiter: number): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  let at: "begin" | "plain" | "quoted" | "closed" = "begin";
  for await (const bytes of unpackedBytes(path)) {
    let end = 0;
    for (; end < bytes.length; end++) {
      const byte = bytes[end];
      if (at === "quoted") {
        if (byte === QUOTE) at = "closed";
      } else if (byte === 10 || byte === 13) break;
      else if (byte === QUOTE) at = at === "plain" ? "plain" : "quoted";
      else if (byte === delimiter) at = "begin";
      else if (byte !== SPACE && at === "begin") at = "plain";
    }
    pieces.push(bytes.subarray(0, end));
    length += end;
    if (end < bytes.length) return textOf(path, pieces);
    if (length > LONGEST) break;
  }
  if (at === "quoted") throw headerProblem(path, "a quote is opened and never closed");
  if (length > LONGEST) throw headerProblem(path, "it has no end");
  return textOf(path, pieces);
}

function textOf(path: string, pieces: readonly Buffer[]): string {
  const line = Buffer.concat(pieces);
  if (!isUtf8(line)) throw headerProblem(path, "it is not UTF-8");
  return line.toString().replace(/^\ufeff/, "");
}

export function headerProblem(path: string, problem: string): DiagnosticError {
  const reason = `the first line, which names the columns: ${problem}`;
  return new DiagnosticError([diagnose(malformedFile, { reason }, inData({ path }))]);
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
