// Goes through a file of JSON byte by byte before DuckDB reads it: counts its rows, and finds what DuckDB takes in silence or does
// not survive, a list that is cut short and values in values in values.

import { malformedFile } from "../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import { unpackedBytes } from "./packed-file.ts";

export interface JsonRows {
  /** null where it cannot be said, as what is in the file is not JSON. */
  readonly rows: number | null;
  /** Whether the file is one list that does not end. */
  readonly isCut: boolean;
}

/** DuckDB calls itself for each level until its stack is full. */
const DEEPEST = 500;

const [LF, SPACE, QUOTE, COMMA, BACKSLASH] = [10, 32, 34, 44, 92];
const [OPEN_LIST, CLOSE_LIST, OPEN_RECORD, CLOSE_RECORD] = [91, 93, 123, 125];

/** Throws DiagnosticError where it must not be read. */
export async function jsonRows(path: string, format: "json" | "json_lines"): Promise<JsonRows> {
  const scan = new Scan(format === "json_lines");
  for await (const bytes of unpackedBytes(path)) {
    scan.add(bytes);
    if (!scan.isTooDeep) continue;
    const reason = `lists and records stand in each other more than ${DEEPEST} deep`;
    throw new DiagnosticError([diagnose(malformedFile, { reason }, inData({ path, row: scan.rows }))]);
  }
  return scan.finish();
}

class Scan {
  rows = 0;
  private readonly byLine: boolean;
  private depth = 0;
  private inText = false;
  private isEscaped = false;
  /** Whether what comes next begins a row. */
  private awaits = true;
  /** Whether the rows are the elements of one list. */
  private isList = false;
  private isKnown = true;

  constructor(byLine: boolean) {
    this.byLine = byLine;
  }

  get isTooDeep(): boolean {
    return this.depth > DEEPEST;
  }

  add(bytes: Buffer): void {
    for (let i = 0; i < bytes.length && !this.isTooDeep; i++) {
      const byte = bytes[i]!;
      if (this.inText) {
        if (this.isEscaped) this.isEscaped = false;
        else if (byte === BACKSLASH) this.isEscaped = true;
        else if (byte === QUOTE) this.inText = false;
        else if (byte < SPACE) this.breakText(byte);
      } else if (byte > SPACE) this.take(byte);
      else if (byte === LF && this.byLine) this.endLine();
    }
  }

  finish(): JsonRows {
    const isCut = this.isList && this.depth > 0;
    return { rows: this.isKnown ? this.rows : null, isCut };
  }

  private take(byte: number): void {
    const isInList = this.isList && this.depth === 1;
    if (isInList && byte === COMMA) this.awaits = true;
    else if (this.awaits && !(isInList && byte === CLOSE_LIST)) this.begin(byte);
    if (byte === QUOTE) this.inText = true;
    else if (byte === OPEN_LIST || byte === OPEN_RECORD) this.depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_RECORD) {
      this.depth -= 1;
      if (this.depth === 0 && !this.byLine) this.awaits = true;
    }
  }

  /** A row begins, or the list of all of them. */
  private begin(byte: number): void {
    if (!this.byLine && this.depth === 0) {
      // One list, or one record behind the other: of anything else nobody knows how many rows DuckDB makes of it.
      if (this.isList || (byte !== OPEN_RECORD && this.rows > 0)) this.isKnown = false;
      if (byte === OPEN_LIST && this.rows === 0) {
        this.isList = true;
        return;
      }
      if (byte !== OPEN_RECORD) this.isKnown = false;
    }
    this.rows += 1;
    this.awaits = false;
  }

  private breakText(byte: number): void {
    this.isKnown = false;
    if (byte === LF && this.byLine) this.endLine();
  }

  private endLine(): void {
    this.depth = 0;
    this.inText = false;
    this.isEscaped = false;
    this.awaits = true;
  }
}
