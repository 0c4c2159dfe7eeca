// Predictions as Parquet: the same columns as in the files of text, scores as 32-bit floats, kept columns
// with their own types.

import type { Raw } from "../../compiler/data/raw-values.ts";
import type { CarriedColumn } from "../data/tables.ts";
import { CHUNK_ROWS } from "../duckdb/sorted-table.ts";
import type { WrittenCell, WrittenColumn } from "../prepared/shard-writer.ts";
import type { ScoreColumns } from "../run/score-columns.ts";
import type { Logits } from "../run/score-run.ts";

/** Some consecutive rows. */
export interface PredictionPiece {
  readonly rows: number;
  /** By label: a logit for each row, or for each of its classes; for a number, the number. */
  readonly logits: Logits;
  /** Indices of the rows without a score, if bad rows are left out. */
  readonly unscored: ReadonlySet<number>;
  /** The cells of the `keep` columns, in order; null for an empty cell. */
  readonly kept: readonly (readonly Raw[])[];
}

type Chunk = readonly WrittenCell[][];

/** Chunks of rows as they are scored. */
export class PredictionChunks {
  private readonly scores: ScoreColumns;
  private cells: WrittenCell[][] = [];
  private kept: readonly CarriedColumn[] = [];
  private written = 0;
  private skipped = 0;

  constructor(scores: ScoreColumns) {
    this.scores = scores;
  }

  /** The columns to write, known once the kept columns are. */
  columns(kept: readonly CarriedColumn[]): WrittenColumn[] {
    this.kept = kept;
    const columns: WrittenColumn[] = [
      { name: "row", type: "int64" },
      ...kept,
      ...this.scores.columns.map(({ name, isText }) => ({ name, type: isText ? "text" : "float" }) as const),
    ];
    this.cells = columns.map(() => []);
    return columns;
  }

  /** The next rows; `leftOut` are rows of the file that are not scored. */
  *rows({ rows, logits, unscored, kept }: PredictionPiece, leftOut: readonly number[]): Generator<Chunk> {
    const scores = this.scores.cells(logits);
    const nothing = this.scores.columns.map(() => null);
    for (let row = 0; row < rows; row++) {
      yield* this.skip(leftOut);
      const isScored = !unscored.has(row);
      yield* this.add([
        ...this.kept.map(({ type }, i) => toWrittenCell(kept[i]![row]!, type)),
        ...(isScored ? scores(row) : nothing),
      ]);
    }
  }

  /** The next rows of `leftOut`. */
  private *skip(leftOut: readonly number[]): Generator<Chunk> {
    const nothing = Array.from({ length: this.cells.length - 1 }, () => null);
    for (; leftOut[this.skipped] === this.written; this.skipped++) yield* this.add(nothing);
  }

  /** The last rows. */
  *rest(leftOut: readonly number[]): Generator<Chunk> {
    yield* this.skip(leftOut);
    if (this.cells[0]!.length > 0) yield this.cells;
  }

  private *add(cells: readonly WrittenCell[]): Generator<Chunk> {
    this.written++;
    for (const [i, column] of this.cells.entries())
      column.push(i === 0 ? BigInt(this.written) : cells[i - 1]!);
    if (this.cells[0]!.length < CHUNK_ROWS) return;
    yield this.cells;
    this.cells = this.cells.map(() => []);
  }
}

/** Converts a cell to the type of its column. */
export function toWrittenCell(cell: Raw, type: CarriedColumn["type"]): WrittenCell {
  if (cell === null) return null;
  if (type === "text") return String(cell);
  return type === "int64" ? BigInt(cell) : Number(cell);
}
