// Predictions as Parquet: the same columns as in the files of text, scores as 32-bit floats, kept columns
// with their own types.

import type { Raw } from "../../compiler/data/raw-values.ts";
import type { CarriedColumn } from "../data/tables.ts";
import { CHUNK_ROWS } from "../duckdb/streamed.ts";
import type { WrittenCell, WrittenColumn } from "../prepared/shard-writer.ts";
import type { ScoreColumns } from "../run/score-columns.ts";
import type { Logits } from "../run/scorer.ts";

/** Some consecutive rows. */
export interface PredictionPiece {
  readonly rows: number;
  /** By label: a logit for each row, or for each of its classes; for a number, the number. By output, its numbers. */
  readonly logits: Logits;
  /** Indices of the rows without a score, if bad rows are left out. */
  readonly unscored: ReadonlySet<number>;
  /** The cells of the `keep` columns, in order; null for an empty cell. */
  readonly kept: readonly (readonly Raw[])[];
}

type Chunk = readonly ArrayLike<WrittenCell>[];

/** A column of the chunk that is being filled. */
type ChunkColumn = Float32Array | BigInt64Array | WrittenCell[];

/** Chunks of rows as they are scored. A chunk is valid until the next one is taken. */
export class PredictionChunks {
  private readonly scores: ScoreColumns;
  private kept: readonly CarriedColumn[] = [];
  private columnsOfChunk: readonly ChunkColumn[] = [];
  /** The number of rows in the chunk. */
  private filled = 0;
  /** By column after the row's number: the rows of the chunk that have no value there. */
  private missing: readonly number[][] = [];
  private written = 0;
  private skipped = 0;

  constructor(scores: ScoreColumns) {
    this.scores = scores;
  }

  /** The columns to write, known once the kept columns are. */
  columns(kept: readonly CarriedColumn[]): WrittenColumn[] {
    this.kept = kept;
    const scores = this.scores.columns;
    const cells = (): WrittenCell[] => Array.from({ length: CHUNK_ROWS }, () => null);
    this.columnsOfChunk = [
      new BigInt64Array(CHUNK_ROWS),
      ...kept.map(cells),
      ...scores.map(({ type }) => (type === "float" ? new Float32Array(CHUNK_ROWS) : cells())),
    ];
    this.missing = [...kept, ...scores].map(() => []);
    return [{ name: "row", type: "int64" }, ...kept, ...scores];
  }

  /** The next rows; `leftOut` are rows of the file that are not scored. */
  *rows({ rows, logits, unscored, kept }: PredictionPiece, leftOut: readonly number[]): Generator<Chunk> {
    const scores = this.scores.values(logits);
    for (let row = 0; row < rows; ) {
      yield* this.skip(leftOut);
      const untilLeftOut = (leftOut[this.skipped] ?? Number.POSITIVE_INFINITY) - this.written;
      const count = Math.min(rows - row, CHUNK_ROWS - this.filled, untilLeftOut);
      for (const [i, { type }] of this.kept.entries()) {
        const cells = this.columnsOfChunk[1 + i] as WrittenCell[];
        for (let at = 0; at < count; at++) cells[this.filled + at] = toWrittenCell(kept[i]![row + at]!, type);
      }
      for (const [i, values] of scores.entries()) {
        const column = 1 + this.kept.length + i;
        const cells = this.columnsOfChunk[column]!;
        if (cells instanceof Float32Array)
          cells.set((values as Float32Array | Float64Array).subarray(row, row + count), this.filled);
        else for (let at = 0; at < count; at++) cells[this.filled + at] = values[row + at]!;
        if (unscored.size === 0) continue;
        for (let at = 0; at < count; at++)
          if (unscored.has(row + at)) this.missing[column - 1]!.push(this.filled + at);
      }
      row += count;
      yield* this.number(count);
    }
  }

  /** The next rows of `leftOut`. */
  private *skip(leftOut: readonly number[]): Generator<Chunk> {
    for (; leftOut[this.skipped] === this.written; this.skipped++) {
      for (const rows of this.missing) rows.push(this.filled);
      yield* this.number(1);
    }
  }

  /** The last rows. */
  *rest(leftOut: readonly number[]): Generator<Chunk> {
    yield* this.skip(leftOut);
    if (this.filled > 0) yield this.taken();
  }

  /** Numbers the next `count` rows of the chunk. */
  private *number(count: number): Generator<Chunk> {
    const numbers = this.columnsOfChunk[0]!;
    for (let i = 0; i < count; i++) numbers[this.filled++] = BigInt(++this.written);
    if (this.filled === CHUNK_ROWS) yield this.taken();
  }

  private taken(): Chunk {
    const { filled } = this;
    const chunk = this.columnsOfChunk.map((cells, i) => {
      const missing = i === 0 ? [] : this.missing[i - 1]!;
      const values = Array.isArray(cells) ? cells.slice(0, filled) : cells.subarray(0, filled);
      if (missing.length === 0) return values;
      const some: WrittenCell[] = Array.from<WrittenCell>(values);
      for (const row of missing.splice(0)) some[row] = null;
      return some;
    });
    this.filled = 0;
    return chunk;
  }
}

/** Converts a cell to the type of its column. */
export function toWrittenCell(cell: Raw, type: CarriedColumn["type"]): WrittenCell {
  if (cell === null) return null;
  if (type === "text") return String(cell);
  return type === "int64" ? BigInt(cell) : Number(cell);
}
