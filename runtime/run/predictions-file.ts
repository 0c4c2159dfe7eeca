// Predictions as a table: for each row its number, and for each prediction the logit and the probability. A row that was left
// out has its number alone, so that lines are those of the file that was scored.

import { sigmoid } from "../../compiler/common/sigmoid.ts";
import type { Logits } from "./score-run.ts";

export type PredictionFormat = "csv" | "jsonl";

/** By the file's extension; null for one that dinc does not write. */
export function predictionFormat(path: string): PredictionFormat | null {
  if (/\.csv$/i.test(path)) return "csv";
  if (/\.(jsonl|ndjson)$/i.test(path)) return "jsonl";
  return null;
}

/** Rows of one text, so that none grows long. */
const ROWS_A_TEXT = 10_000;

/** The table's text, to which rows are added as they are scored. Numbers have nine digits, which give a 32-bit logit back exactly. */
export class PredictionText {
  private readonly names: readonly string[];
  private readonly format: PredictionFormat;
  private written = 0;
  /** How many of the rows that were left out are written. */
  private skipped = 0;

  constructor(labels: readonly string[], format: PredictionFormat) {
    this.names = ["row", ...labels.flatMap((label) => [`${label}_logit`, `${label}_probability`])];
    this.format = format;
  }

  /** What stands above the rows. */
  get head(): string {
    return this.format === "csv" ? `${this.names.join(",")}\n` : "";
  }

  /**
   * The next `rows` rows, in several texts. `leftOut` are rows of the file, from 0 and ascending, that are not among those that
   * come here; `unscored` are places among the next ones.
   */
  *rows(
    logits: Logits,
    rows: number,
    leftOut: readonly number[] = [],
    unscored: ReadonlySet<number> = new Set(),
  ): Generator<string> {
    const columns = [...logits.values()];
    for (let first = 0; first < rows; first += ROWS_A_TEXT) {
      let text = "";
      for (let row = first; row < Math.min(rows, first + ROWS_A_TEXT); row++) {
        text += this.skip(leftOut);
        const isScored = !unscored.has(row);
        text += this.line(isScored ? columns.flatMap((of) => [of[row]!, sigmoid(of[row]!)]) : null);
      }
      yield text;
    }
  }

  /** The rows of `leftOut` that come next. */
  skip(leftOut: readonly number[]): string {
    let text = "";
    for (; leftOut[this.skipped] === this.written; this.skipped++) text += this.line(null);
    return text;
  }

  /** `values` are null where the row has no score. */
  private line(values: readonly number[] | null): string {
    const none = this.format === "csv" ? "" : "null";
    const scores = values?.map(nineDigits) ?? this.names.slice(1).map(() => none);
    const cells = [String(++this.written), ...scores];
    if (this.format === "csv") return `${cells.join(",")}\n`;
    return `{${this.names.map((name, i) => `"${name}":${cells[i]}`).join(",")}}\n`;
  }
}

function nineDigits(value: number): string {
  return String(Number(value.toPrecision(9)));
}
