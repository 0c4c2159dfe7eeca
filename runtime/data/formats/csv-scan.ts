// Goes through a CSV byte by byte, by the same rules as DuckDB's strict mode, and finds the rows that do not
// parse, with the reasons. It reads no values: it is for files that DuckDB refuses, or from which rows are
// left out. DuckDB itself names the first fault that one of its threads finds, counts blank lines as rows,
// and does not report a line that ends differently from the others. Nor does its table of rejects (1.5): at such a line
// end it throws without a row, and a value that is not UTF-8 is in it only if its column is read.

import { isUtf8 } from "node:buffer";
import { stat } from "node:fs/promises";
import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import type { Help } from "../../../compiler/diagnostics/diagnostic.ts";
import { decompressedBytes, isCompressed } from "./compressed-file.ts";
import { NOT_UTF8 } from "./other-encoding.ts";

/** A row that does not parse. */
export interface UnparsedRow {
  /** The row of the file, from 0. */
  readonly row: number;
  readonly reason: string;
  /** Null if it is unknown. */
  readonly column: string | null;
}

export interface CsvScan {
  /** The number of rows before reading must end, if it must. */
  readonly rows: number;
  /** In the order of the rows. */
  readonly unreadable: readonly UnparsedRow[];
  /** A fault that makes it impossible to tell which rows follow. */
  readonly end: ReadingEnd | null;
}

/** A row where reading has to end. */
export interface ReadingEnd extends UnparsedRow {
  readonly help: Help;
  /** True if a line ends differently from the first, which DuckDB accepts after an empty value. */
  readonly isLineEnd: boolean;
}

const [LF, CR, QUOTE, SPACE] = [10, 13, 34, 32];

/** A line of this many bytes or more, including its line end, is not a row for DuckDB. */
const LONGEST_ROW = 2_000_000;

/**
 * The state at a byte: at the beginning of a value, after one space there, in a plain or a quoted value,
 * after a quote that may be the closing one, after spaces after that, or after an invalid character.
 */
const At = { Begin: 0, Space: 1, Plain: 2, Quoted: 3, Closed: 4, Behind: 5, Wrong: 6 } as const;
type At = (typeof At)[keyof typeof At];

/**
 * `names` are the file's columns. Reads up to the first row that does not parse, or to the end of the file.
 */
export async function csvRows(
  path: string,
  delimiter: string,
  names: readonly string[],
  upTo: "first" | "end" = "end",
): Promise<CsvScan> {
  const scan = new Scan(delimiter.charCodeAt(0), names);
  for await (const bytes of decompressedBytes(path)) {
    scan.add(bytes);
    if (scan.end !== null || (upTo === "first" && scan.unreadable.length > 0)) return scan.soFar();
  }
  return scan.finish();
}

/**
 * Tells whether the last line is too long for a row. DuckDB silently drops a last line without quotes that
 * does not fit its buffer of 32 MB. Decompresses a compressed file to its end, like `refuseDamagedGzip`.
 */
export async function endsInLongLine(path: string): Promise<boolean> {
  const from = isCompressed(path) ? 0 : Math.max(0, (await stat(path)).size - LONGEST_ROW - 2);
  // The last two bytes may be the line end of the last line itself.
  let [length, lastTwo] = [0, Buffer.alloc(0)];
  for await (const piece of decompressedBytes(path, from)) {
    const bytes = Buffer.concat([lastTwo, piece]);
    const before = bytes.subarray(0, -2);
    const lineEnd = Math.max(before.lastIndexOf(LF), before.lastIndexOf(CR));
    length = lineEnd < 0 ? length + before.length : before.length - 1 - lineEnd;
    lastTwo = bytes.subarray(-2);
  }
  return length >= LONGEST_ROW;
}

export const STRAY_QUOTE = "something stands after a quote that closes a value";
const OPEN_QUOTE = "a quote is opened and never closed";
const ONE_LINE_END = malformedFile.helps.oneLineEnd();
const SWALLOWED = malformedFile.helps.swallowed();

class Scan {
  end: CsvScan["end"] = null;
  private readonly delimiter: number;
  private readonly names: readonly string[];
  readonly unreadable: UnparsedRow[] = [];
  /** −1 while the first line is read. */
  private row = -1;
  private at: At = At.Begin;
  /** The line end of the file, set by the first line. */
  private lineEnd: "\n" | "\r" | "\r\n" | null = null;
  private afterReturn = false;
  /** The values of the row so far, and their number up to the last nonempty one. */
  private values = 0;
  private filled = 0;
  private isBlank = true;
  /** True if a quoted value of this row contains a line end. */
  private holdsLineEnd = false;
  private wrongAt: number | null = null;
  private quoteAt = 0;
  private length = 0;
  /** The bytes of the row from earlier buffers, null if they are too many. */
  private before: Buffer[] | null = [];

  constructor(delimiter: number, names: readonly string[]) {
    this.delimiter = delimiter;
    this.names = names;
  }

  add(bytes: Buffer): void {
    let start = 0;
    const { delimiter } = this;
    for (let i = this.row < 0 && this.length === 0 ? markLength(bytes) : 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (this.afterReturn) {
        this.afterReturn = false;
        if (byte === LF) {
          if (this.lineEnd === "\r") {
            this.mixed();
            return;
          }
          this.lineEnd = "\r\n";
          this.endRow(bytes.subarray(start, i + 1));
          start = i + 1;
          continue;
        }
        if (this.lineEnd === "\r\n") {
          this.mixed();
          return;
        }
        this.lineEnd = "\r";
        this.endRow(bytes.subarray(start, i));
        start = i;
      }
      switch (this.at) {
        case At.Begin:
        case At.Space:
        case At.Plain:
          if (byte === delimiter) this.nextValue();
          else if (byte === LF || byte === CR) {
            if (!this.lineEnds(byte)) return;
            if (byte === LF) {
              this.endRow(bytes.subarray(start, i + 1));
              start = i + 1;
            }
          } else if (byte === QUOTE && this.at !== At.Plain) this.open();
          else {
            this.at = byte === SPACE && this.at === At.Begin ? At.Space : At.Plain;
            this.fill();
          }
          break;
        case At.Quoted:
          if (byte === QUOTE) this.at = At.Closed;
          else {
            if (byte === LF || byte === CR) this.holdsLineEnd = true;
            this.fill();
          }
          break;
        default:
          if (byte === LF || byte === CR) {
            if (!this.lineEnds(byte)) return;
            if (byte === LF) {
              this.endRow(bytes.subarray(start, i + 1));
              start = i + 1;
            }
          } else if (this.at === At.Wrong) break;
          else if (byte === delimiter) this.nextValue();
          else if (byte === QUOTE) {
            this.at = At.Quoted;
            this.fill();
          } else if (byte === SPACE) this.at = At.Behind;
          else {
            this.at = At.Wrong;
            this.wrongAt = this.values;
          }
      }
      if (this.end !== null) return;
    }
    this.keep(bytes.subarray(start));
  }

  finish(): CsvScan {
    if (this.end === null) {
      if (this.at === At.Quoted) this.endIn(OPEN_QUOTE, this.quoteAt, SWALLOWED);
      else if (this.length > 0 || !this.isBlank) this.endRow(Buffer.alloc(0));
    }
    return this.soFar();
  }

  soFar(): CsvScan {
    return { rows: Math.max(0, this.row), unreadable: this.unreadable, end: this.end };
  }

  private nextValue(): void {
    this.isBlank = false;
    this.values += 1;
    this.at = At.Begin;
  }

  private open(): void {
    this.isBlank = false;
    this.at = At.Quoted;
    this.quoteAt = this.values;
  }

  private fill(): void {
    this.isBlank = false;
    this.filled = this.values + 1;
  }

  /** Tells whether a line may end with this byte. */
  private lineEnds(byte: number): boolean {
    if (byte === CR) {
      this.afterReturn = this.lineEnd !== "\n";
      if (!this.afterReturn) this.mixed();
      return this.afterReturn;
    }
    if (this.lineEnd !== null && this.lineEnd !== "\n") {
      this.mixed();
      return false;
    }
    this.lineEnd = "\n";
    return true;
  }

  private mixed(): void {
    const shown = { "\n": "\\n", "\r": "\\r", "\r\n": "\\r\\n" }[this.lineEnd ?? "\n"];
    this.endIn(`a line break here is not the ${shown} that the first line ends with`, null, ONE_LINE_END);
  }

  private endIn(reason: string, value: number | null, help: Help): void {
    const column = value === null ? null : (this.names[value] ?? null);
    this.end = { row: Math.max(0, this.row), reason, column, help, isLineEnd: help === ONE_LINE_END };
  }

  private keep(bytes: Buffer): void {
    this.length += bytes.length;
    if (this.length >= LONGEST_ROW) this.before = null;
    // A copy, because the stream reuses its buffer.
    else if (bytes.length > 0) this.before?.push(Buffer.from(bytes));
  }

  private endRow(bytes: Buffer): void {
    this.length += bytes.length;
    const counts = this.row < 0 || !this.isBlank || this.names.length === 1;
    if (counts && this.row >= 0) this.judge(bytes);
    if (counts) this.row += 1;
    this.at = At.Begin;
    this.values = 0;
    this.filled = 0;
    this.isBlank = true;
    this.holdsLineEnd = false;
    this.wrongAt = null;
    this.length = 0;
    this.before = [];
  }

  private judge(bytes: Buffer): void {
    const { names, values } = this;
    if (this.wrongAt !== null) this.note(this.holdsLineEnd ? OPEN_QUOTE : STRAY_QUOTE, this.wrongAt);
    else if (values + 1 < names.length || this.filled > names.length)
      this.note(`the first line names ${names.length} columns, this one has ${values + 1} values`, null);
    else if (this.length > LONGEST_ROW || this.before === null)
      this.note(`it is longer than ${LONGEST_ROW / 1e6} million bytes`, null);
    else {
      const row = this.before.length === 0 ? bytes : Buffer.concat([...this.before, bytes]);
      if (!isUtf8(row))
        this.note(
          NOT_UTF8,
          valueThat(row, this.delimiter, (value) => !isUtf8(value)),
        );
    }
  }

  private note(reason: string, value: number | null): void {
    if (this.holdsLineEnd) {
      this.endIn(reason, value, SWALLOWED);
      return;
    }
    const column = value === null ? null : (this.names[value] ?? null);
    this.unreadable.push({ row: this.row, reason, column });
  }
}

/** The first value of a row for which `holds`. */
function valueThat(row: Buffer, delimiter: number, holds: (value: Buffer) => boolean): number | null {
  let value = 0;
  let begin = 0;
  let isQuoted = false;
  for (let i = 0; i <= row.length; i++) {
    if (row[i] === QUOTE) isQuoted = !isQuoted;
    if (i < row.length && (row[i] !== delimiter || isQuoted)) continue;
    if (holds(row.subarray(begin, i))) return value;
    value += 1;
    begin = i + 1;
  }
  return null;
}

/** The length of a byte order mark. */
function markLength(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}
