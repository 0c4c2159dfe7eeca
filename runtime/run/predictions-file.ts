// Predictions as a table: for each row its number, the cells of kept columns, and the scores of each
// prediction. An omitted row has only its number, so that lines correspond to those of the scored file.

import type { Raw } from "../../compiler/data/raw-values.ts";
import type { ScoreColumns } from "./score-columns.ts";
import type { Logits } from "./scorer.ts";

export type PredictionFormat = "csv" | "jsonl" | "parquet";
export type TextFormat = Exclude<PredictionFormat, "parquet">;

/** By the file's extension; null for a format that dinc does not write. */
export function predictionFormat(path: string): PredictionFormat | null {
  if (/\.csv$/i.test(path)) return "csv";
  if (/\.(jsonl|ndjson)$/i.test(path)) return "jsonl";
  if (/\.parquet$/i.test(path)) return "parquet";
  return null;
}

/** The most rows in one text. */
const ROWS_A_TEXT = 10_000;

/**
 * The text of the table, to which scored rows are added. Numbers have nine digits, from which a 32-bit logit
 * can be restored exactly.
 */
export class PredictionText {
  private readonly names: readonly string[];
  private readonly columns: ScoreColumns;
  private readonly format: TextFormat;
  /** By column, the text before its cell. */
  private readonly before: readonly string[];
  /** A row's columns after its number, without values. */
  private readonly empty: string;
  private readonly end: string;
  private written = 0;
  /** The number of omitted rows that were written. */
  private skipped = 0;

  /** `kept` are the names of columns of the file. */
  constructor(columns: ScoreColumns, format: TextFormat, kept: readonly string[] = []) {
    this.names = ["row", ...kept, ...columns.names];
    this.columns = columns;
    this.format = format;
    const isCsv = format === "csv";
    const key = (name: string) => (isCsv ? "" : `${JSON.stringify(name)}:`);
    const opening = isCsv ? "" : "{";
    this.before = this.names.map((name, i) => `${i === 0 ? opening : ","}${key(name)}`);
    this.empty = this.emptyFrom(1);
    this.end = isCsv ? "\n" : "}\n";
  }

  /** The text above the rows. */
  get head(): string {
    return this.format === "csv" ? `${this.names.map(csvCell).join(",")}\n` : "";
  }

  /**
   * The next `rows` rows, in several texts. `leftOut` are the omitted rows of the file, from 0 and ascending;
   * `unscored` are indices among the next rows; `kept` are cells by column.
   */
  *rows(
    logits: Logits,
    rows: number,
    leftOut: readonly number[] = [],
    unscored: ReadonlySet<number> = new Set(),
    kept: readonly (readonly Raw[])[] = [],
  ): Generator<string> {
    const { before, end } = this;
    const cell = this.format === "csv" ? csvCell : jsonValue;
    const scores = this.columns.values(logits);
    const unscoredEnd = this.emptyFrom(1 + kept.length) + end;
    for (let first = 0; first < rows; first += ROWS_A_TEXT) {
      let text = "";
      for (let row = first; row < Math.min(rows, first + ROWS_A_TEXT); row++) {
        text += this.skip(leftOut) + before[0]! + String(++this.written);
        let column = 1;
        for (const cells of kept) text += before[column++]! + cell(cells[row]!);
        if (unscored.has(row)) text += unscoredEnd;
        else {
          for (const values of scores) {
            text += before[column++]! + this.score(values[row]!);
          }
          text += end;
        }
      }
      yield text;
    }
  }

  /** A list is `[0.5,1]` in JSON. In CSV it is `0.5|1`, as data files have vectors. */
  private score(value: number | string | Float32Array): string {
    if (typeof value === "number") return nineDigits(value);
    const isCsv = this.format === "csv";
    if (typeof value === "string") return isCsv ? csvCell(value) : jsonValue(value);
    const numbers = Array.from(value, nineDigits);
    return isCsv ? numbers.join("|") : `[${numbers.join(",")}]`;
  }

  /** The next rows of `leftOut`. */
  skip(leftOut: readonly number[]): string {
    let text = "";
    for (; leftOut[this.skipped] === this.written; this.skipped++)
      text += this.before[0]! + String(++this.written) + this.empty + this.end;
    return text;
  }

  /** The columns from `column` on, without values. */
  private emptyFrom(column: number): string {
    const none = this.format === "csv" ? "" : "null";
    return this.before
      .slice(column)
      .map((before) => before + none)
      .join("");
  }
}

/** Quoted if a reader would otherwise misread it. */
function csvCell(cell: Raw): string {
  if (cell === null) return "";
  const text = String(cell);
  return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Whole numbers of any length as digits. */
function jsonValue(cell: Raw): string {
  return typeof cell === "bigint" ? String(cell) : (JSON.stringify(cell) ?? "null");
}

/** The shortest text of the number that has the first nine digits of `value`. */
export function nineDigits(value: number): string {
  const digits = value.toPrecision(9);
  // Decimals of at most 15 digits are different numbers, so the shortest one lacks nothing but zeros at the end.
  if (digits.includes("e") || !digits.includes(".")) return String(Number(digits));
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === ZERO) end--;
  if (digits.charCodeAt(end - 1) === POINT) end--;
  return digits.slice(0, end);
}

const ZERO = "0".charCodeAt(0);
const POINT = ".".charCodeAt(0);
