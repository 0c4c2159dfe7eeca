// Predictions as a table: for each row its number, the cells of kept columns, and the scores of each
// prediction. An omitted row has only its number, so that lines correspond to those of the scored file.

import type { Raw } from "../../compiler/data/raw-values.ts";
import type { ScoreCell, ScoreColumns } from "./score-columns.ts";
import type { Logits } from "./score-run.ts";

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
  private written = 0;
  /** The number of omitted rows that were written. */
  private skipped = 0;

  /** `kept` are the names of columns of the file. */
  constructor(columns: ScoreColumns, format: TextFormat, kept: readonly string[] = []) {
    this.names = ["row", ...kept, ...columns.names];
    this.columns = columns;
    this.format = format;
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
    const cells = this.columns.cells(logits);
    for (let first = 0; first < rows; first += ROWS_A_TEXT) {
      let text = "";
      for (let row = first; row < Math.min(rows, first + ROWS_A_TEXT); row++) {
        text += this.skip(leftOut);
        const scores = unscored.has(row) ? null : cells(row);
        text += this.line(
          kept.map((own) => own[row]!),
          scores,
        );
      }
      yield text;
    }
  }

  /** The next rows of `leftOut`. */
  skip(leftOut: readonly number[]): string {
    let text = "";
    for (; leftOut[this.skipped] === this.written; this.skipped++) text += this.line([], null);
    return text;
  }

  /** `values` are null if the row has no score. */
  private line(kept: readonly Raw[], values: readonly ScoreCell[] | null): string {
    const isCsv = this.format === "csv";
    const cells = [String(++this.written), ...kept.map(isCsv ? csvCell : jsonValue)];
    const text = isCsv ? csvCell : jsonValue;
    if (values !== null)
      cells.push(...values.map((value) => (typeof value === "number" ? nineDigits(value) : text(value))));
    while (cells.length < this.names.length) cells.push(isCsv ? "" : "null");
    if (isCsv) return `${cells.join(",")}\n`;
    return `{${this.names.map((name, i) => `${JSON.stringify(name)}:${cells[i]}`).join(",")}}\n`;
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

function nineDigits(value: number): string {
  return String(Number(value.toPrecision(9)));
}
