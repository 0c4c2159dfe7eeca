// Predictions as a table: for each row its number, and for each prediction the logit and the probability.

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

  constructor(labels: readonly string[], format: PredictionFormat) {
    this.names = ["row", ...labels.flatMap((label) => [`${label}_logit`, `${label}_probability`])];
    this.format = format;
  }

  /** What stands above the rows. */
  get head(): string {
    return this.format === "csv" ? `${this.names.join(",")}\n` : "";
  }

  /** The next `rows` rows, in several texts. */
  *rows(logits: Logits, rows: number): Generator<string> {
    const columns = [...logits.values()];
    for (let first = 0; first < rows; first += ROWS_A_TEXT) {
      let text = "";
      for (let row = first; row < Math.min(rows, first + ROWS_A_TEXT); row++)
        text += this.line(columns.flatMap((scores) => [scores[row]!, sigmoid(scores[row]!)]));
      yield text;
    }
  }

  private line(values: readonly number[]): string {
    const cells = [String(++this.written), ...values.map(nineDigits)];
    if (this.format === "csv") return `${cells.join(",")}\n`;
    return `{${this.names.map((name, i) => `"${name}":${cells[i]}`).join(",")}}\n`;
  }
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function nineDigits(value: number): string {
  return String(Number(value.toPrecision(9)));
}
