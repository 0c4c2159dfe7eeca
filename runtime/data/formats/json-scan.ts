// Scans a JSON file byte by byte before DuckDB reads it: counts its rows, and finds faults that DuckDB
// accepts silently or crashes on, such as a truncated list and deeply nested values.

import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { FileFault } from "../../files/file-fault.ts";
import { decompressedBytes } from "./compressed-file.ts";

export interface JsonScan {
  /** Null if it is unknown, because the content is not JSON. */
  readonly rows: number | null;
  /** True if the file is one list without an end. */
  readonly isCut: boolean;
  /**
   * The first row, from 0, that is not JSON or that is too long for DuckDB, as far as the scan went; null if
   * there is none.
   */
  readonly odd: number | null;
  /**
   * The first row, from 0, that isn't a record, such as `null`, which DuckDB accepts; null if there is none.
   */
  readonly noRecord: number | null;
}

/** The longest row that DuckDB reads, in bytes. */
const LONGEST_ROW = 1 << 24;

/** DuckDB recurses for each level until its stack is full. */
const DEEPEST = 500;

/** A line this short cannot be nested too deep for it. */
const SHORT_LINE = 1000;

const [LF, SPACE, QUOTE, COMMA, BACKSLASH] = [10, 32, 34, 44, 92];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const [OPEN_LIST, CLOSE_LIST, OPEN_RECORD, CLOSE_RECORD] = [91, 93, 123, 125];

/** Throws DiagnosticError if the file must not be read. */
export async function jsonRows(path: string, format: "json" | "json_lines"): Promise<JsonScan> {
  const scan = format === "json_lines" ? new Lines() : new Values();
  for await (const bytes of decompressedBytes(path)) {
    scan.add(bytes);
    if (!scan.isTooDeep) continue;
    const reason = `lists and records stand in each other more than ${DEEPEST} deep`;
    const { rows } = scan;
    throw new FileFault(path, (file) =>
      diagnose(malformedFile, { reason }, inData({ path: file.path, row: rows })),
    );
  }
  return scan.finish();
}

/** Each line is a row, except blank ones. */
class Lines {
  rows = 0;
  /**
   * The beginning of a line that continues in the next bytes: unchanged if it is short, scanned if it is
   * long.
   */
  private rest: Buffer = Buffer.alloc(0);
  private long: Values | null = null;
  private noRecord: number | null = null;

  get isTooDeep(): boolean {
    return this.long?.isTooDeep ?? false;
  }

  add(more: Buffer): void {
    const bytes = this.rest.length === 0 ? more : Buffer.concat([this.rest, more]);
    this.rest = bytes.subarray(0, 0);
    for (let begin = 0; begin < bytes.length; ) {
      const found = bytes.indexOf(LF, begin);
      const end = found < 0 ? bytes.length : found;
      const isShort = this.long === null && end - begin <= SHORT_LINE;
      if (found < 0 && isShort) {
        this.rest = Buffer.from(bytes.subarray(begin));
        return;
      }
      if (isShort) this.addShort(bytes, begin, end);
      else if (!this.addLong(bytes.subarray(begin, end))) return;
      if (found >= 0) this.long = null;
      begin = end + 1;
    }
  }

  finish(): JsonScan {
    this.addShort(this.rest, 0, this.rest.length);
    return { rows: this.rows, isCut: false, odd: null, noRecord: this.noRecord };
  }

  private addShort(bytes: Buffer, begin: number, end: number): void {
    const first = firstByte(bytes, begin, end);
    if (first !== 0) this.begin(first);
  }

  private begin(first: number): void {
    if (first !== OPEN_RECORD) this.noRecord ??= this.rows;
    this.rows += 1;
  }

  /** Returns whether to continue. */
  private addLong(bytes: Buffer): boolean {
    if (this.long === null) {
      this.long = new Values();
      this.begin(firstByte(bytes, 0, bytes.length));
    }
    this.long.add(bytes);
    return !this.long.isTooDeep;
  }
}

/** The first byte that is neither white space nor a byte order mark; 0 if there is none. */
function firstByte(bytes: Buffer, begin: number, end: number): number {
  for (let i = begin; i < end; i++)
    if (bytes[i]! > SPACE && !BYTE_ORDER_MARK.includes(bytes[i]!)) return bytes[i]!;
  return 0;
}

/** A list of rows, or consecutive records. */
class Values {
  rows = 0;
  private depth = 0;
  private inText = false;
  private isEscaped = false;
  /** True if the next value begins a row. */
  private awaits = true;
  /** True if the rows are the elements of one list. */
  private isList = false;
  private odd: number | null = null;
  private noRecord: number | null = null;
  /** The first row that is too long for DuckDB. */
  private long: number | null = null;
  /** The number of bytes before the added ones. */
  private passed = 0;
  /** The start of the last row, and the current byte, both from the beginning of the file. */
  private began = 0;
  private at = 0;

  get isTooDeep(): boolean {
    return this.depth > DEEPEST;
  }

  add(bytes: Buffer): void {
    // Most bytes belong to texts and numbers, which need no inspection.
    let { inText, isEscaped, awaits } = this;
    let isBetween = this.isList && this.depth === 1;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (inText) {
        if (isEscaped) isEscaped = false;
        else if (byte === QUOTE) inText = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte < SPACE) this.odd ??= this.rows - 1;
      } else if (byte > SPACE) {
        if (byte === QUOTE) inText = true;
        if (awaits || (byte === COMMA && isBetween) || (byte > 90 && STRUCTURE[byte] === 1)) {
          this.at = this.passed + i;
          this.take(byte);
          if (this.isTooDeep) return;
          awaits = this.awaits;
          isBetween = this.isList && this.depth === 1;
        }
      }
    }
    this.inText = inText;
    this.isEscaped = isEscaped;
    this.passed += bytes.length;
  }

  finish(): JsonScan {
    const isCut = this.isList && this.depth > 0;
    const { rows, odd } = this;
    const long = this.passed - this.began > LONGEST_ROW ? rows - 1 : null;
    return {
      rows: odd === null ? rows : null,
      isCut,
      odd: odd ?? this.noRecord ?? this.long ?? long,
      noRecord: this.noRecord,
    };
  }

  private take(byte: number): void {
    const isInList = this.isList && this.depth === 1;
    if (isInList && byte === COMMA) this.awaits = true;
    else if (this.awaits && !(isInList && byte === CLOSE_LIST)) this.begin(byte);
    if (byte === OPEN_LIST || byte === OPEN_RECORD) this.depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_RECORD) {
      this.depth -= 1;
      if (this.depth === 0) this.awaits = true;
    }
  }

  /** Begins a row, or the list of all rows. */
  private begin(byte: number): void {
    if (this.rows > 0 && this.at - this.began > LONGEST_ROW) this.long ??= this.rows - 1;
    this.began = this.at;
    if (this.depth === 0) {
      // For anything other than one list or records, the number of rows in DuckDB is unknown.
      if (this.isList || (byte !== OPEN_RECORD && this.rows > 0)) this.odd ??= this.rows;
      if (byte === OPEN_LIST && this.rows === 0) {
        this.isList = true;
        return;
      }
      if (byte !== OPEN_RECORD) this.odd ??= this.rows;
    }
    if (byte !== OPEN_RECORD) this.noRecord ??= this.rows;
    this.rows += 1;
    this.awaits = false;
  }
}

/** 1 for the characters that open and close lists and records. */
const STRUCTURE = new Uint8Array(256);
for (const byte of [OPEN_LIST, CLOSE_LIST, OPEN_RECORD, CLOSE_RECORD]) STRUCTURE[byte] = 1;
