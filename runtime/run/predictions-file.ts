// Predictions as a table: for each row its number, and for each prediction the logit and the probability.

import type { FileHandle } from "node:fs/promises";

export type PredictionFormat = "csv" | "jsonl";

/** By the file's extension; null for one that dinc does not write. */
export function predictionFormat(path: string): PredictionFormat | null {
  if (/\.csv$/i.test(path)) return "csv";
  if (/\.(jsonl|ndjson)$/i.test(path)) return "jsonl";
  return null;
}

const ROWS_A_PIECE = 10_000;

/** The file's text in pieces. Numbers have nine digits, which give a 32-bit logit back exactly. */
export function* predictionText(
  logits: ReadonlyMap<string, Float32Array>,
  rows: number,
  format: PredictionFormat,
): Generator<string> {
  const columns = [...logits];
  const names = ["row", ...columns.flatMap(([label]) => [`${label}_logit`, `${label}_probability`])];
  if (format === "csv") yield `${names.join(",")}\n`;
  for (let first = 0; first < rows; first += ROWS_A_PIECE) {
    let text = "";
    for (let row = first; row < Math.min(rows, first + ROWS_A_PIECE); row++) {
      const values = [row + 1, ...columns.flatMap(([, scores]) => [scores[row]!, sigmoid(scores[row]!)])].map(
        nineDigits,
      );
      text +=
        format === "csv"
          ? `${values.join(",")}\n`
          : `{${names.map((name, i) => `"${name}":${values[i]}`).join(",")}}\n`;
    }
    yield text;
  }
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function nineDigits(value: number): string {
  return String(Number(value.toPrecision(9)));
}

export async function writePieces(file: FileHandle, pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) await file.writeFile(piece);
}
