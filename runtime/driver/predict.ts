// Scores rows while they are read, in memory that does not depend on their number.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { option, wording } from "../../compiler/common/option-text.ts";
import { readAhead } from "../../compiler/common/read-ahead.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { outputIsInput } from "../../compiler/diagnostics/catalog/scores.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { type PredictedValues, predictedValues } from "../../compiler/frontend/labels/predicted-values.ts";
import { CarriedColumns } from "../data/tables.ts";
import { writeAtomically } from "../files/atomic.ts";
import { removeLeftovers } from "../files/leftovers.ts";
import { inputAt } from "../files/same-file.ts";
import { unwritable } from "../files/unwritable.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";
import { PredictionText, predictionFormat } from "../run/predictions-file.ts";
import { ScoreColumns } from "../run/score-columns.ts";
import { openScoringThread } from "../run/score-run.ts";
import type { Scorer } from "../run/scorer.ts";
import { Unscored } from "../run/unscored.ts";
import { throwIfStopped } from "./events.ts";
import { PredictionChunks, type PredictionPiece } from "./prediction-parquet.ts";
import { backendFor, type RowsOptions, type RowsToPredict, rowsToPredict, tellLeftOut } from "./rows.ts";
import { asParquet } from "./vector-files.ts";

export interface PredictOptions extends RowsOptions {
  /** Columns of the rows' file, by name, to copy beside the scores. */
  readonly keep?: readonly string[];
}

/** The scores of some consecutive rows. */
export interface Predictions extends PredictionPiece, PredictedValues {
  /** The index of the first row, from 0, among those that were not left out. */
  readonly from: number;
}

/** Receives consecutive texts. */
export type WriteText = (text: string) => Promise<void>;

/**
 * The scores of rows, in order, a few thousand at a time. Throws DiagnosticError for mistakes in the run or
 * the rows, UsageError if no rows are named, and `Stopped` if the signal is aborted.
 */
export async function* predict(run: OpenRun | string, options: PredictOptions): AsyncGenerator<Predictions> {
  const opened = await openedRun(run, options);
  const scoring = await Scoring.open(opened, options);
  try {
    for await (const piece of scoring.pieces())
      yield {
        ...piece,
        ...predictedValues(opened.model, piece.logits),
      };
    scoring.finish();
  } finally {
    await scoring.close();
  }
}

/**
 * Writes the scores of rows as a table and returns the number of rows with scores. `out` is a file, CSV, JSON
 * Lines or Parquet by its extension, which is complete or absent; or a function that receives the text of a
 * CSV as it grows. Throws as `predict` does, and DiagnosticError if the file cannot be written or is one of
 * the input files.
 */
export async function predictTo(
  run: OpenRun | string,
  out: string | WriteText,
  options: PredictOptions,
): Promise<number> {
  const format = typeof out === "string" ? predictionFormat(out) : "csv";
  if (format === null)
    throw new UsageError(
      `predictions are written as .csv, .jsonl, .ndjson or .parquet, not as ${String(out)}`,
    );
  const opened = await openedRun(run, options);
  const scoring = await Scoring.open(opened, options, async ({ files }) => {
    if (typeof out === "string") await refuseInput(out, [...files, ...(await filesIn(opened.folder))]);
  });
  const columns = new ScoreColumns(opened.model);
  const { keep = [] } = options;
  try {
    requireOtherNames(keep, columns);
    if (format === "parquet") return await scoring.writeParquet(new PredictionChunks(columns), String(out));
    const text = new PredictionText(columns, format, keep);
    if (typeof out !== "string") return await scoring.writeAll(text, out);
    return await toFile(out, (write) => scoring.writeAll(text, write));
  } finally {
    await scoring.close();
  }
}

/** Pieces that are read while an earlier one is scored: the thread that scores is never without one. */
const AHEAD = 2;

/** Scores rows with a run. */
class Scoring {
  private readonly rows: RowsToPredict;
  private readonly scorer: Scorer;
  private readonly options: PredictOptions;
  private readonly unscored: Unscored;
  private readonly carried: CarriedColumns | null;
  private done = 0;

  private constructor(
    rows: RowsToPredict,
    carried: CarriedColumns | null,
    scorer: Scorer,
    options: PredictOptions,
  ) {
    this.carried = carried;
    this.rows = rows;
    this.scorer = scorer;
    this.options = options;
    this.unscored = new Unscored(rows.badRows, rows.path);
  }

  /** `check` may refuse the rows. */
  static async open(
    run: OpenRun,
    options: PredictOptions,
    check: (rows: RowsToPredict) => Promise<void> = async () => {},
  ): Promise<Scoring> {
    const { keep = [] } = options;
    const carried = keep.length === 0 ? null : new CarriedColumns(keep, wording`\`${option("keep")}\` names`);
    // Its thread starts while rows are read.
    const scorer = await openScoringThread(run, await backendFor(run, options), "with");
    let rows: RowsToPredict | null = null;
    try {
      rows = await rowsToPredict(run, options, carried);
      await check(rows);
      return new Scoring(rows, carried, scorer, options);
    } catch (error) {
      await scorer.close();
      rows?.columns.remove();
      throw error;
    }
  }

  async *pieces(): AsyncGenerator<Omit<Predictions, keyof PredictedValues>> {
    const { pieces, rows, share } = this.rows;
    const tell = (scored: number) => {
      throwIfStopped(this.options);
      const part = rows === null ? share() : scored / rows;
      this.options.onEvent?.({ kind: "scored", rows: scored, share: part });
    };
    tell(0);
    const { scorer } = this;
    async function* begun() {
      let from = 0;
      for await (const piece of pieces) {
        const first = from;
        const scored = scorer.score(piece, (some) => tell(first + some));
        // An error of an earlier piece may come first, and then nobody waits for this one.
        scored.catch(() => {});
        yield { piece, from, scored };
        from += piece.rows;
      }
    }
    for await (const { piece, from, scored } of readAhead(begun(), AHEAD)) {
      const logits = await scored;
      const unscored = this.unscored.check(logits, piece, from);
      yield { from, rows: piece.rows, logits, unscored, kept: this.carried?.take(piece.rows) ?? [] };
      this.done += piece.rows;
    }
  }

  /** Returns the number of rows with scores. */
  async writeAll(text: PredictionText, write: WriteText): Promise<number> {
    const { badRows, path } = this.rows;
    let scored = 0;
    for await (const { from, rows, logits, unscored, kept } of this.pieces()) {
      if (from === 0) await write(text.head);
      for (const part of text.rows(logits, rows, badRows.rowsLeftOut(path), unscored, kept))
        await write(part);
      scored += rows - unscored.size;
    }
    await write(text.skip(badRows.rowsLeftOut(path)));
    this.finish();
    return scored;
  }

  /** Writes the same to a Parquet file. */
  async writeParquet(chunks: PredictionChunks, out: string): Promise<number> {
    const { badRows, path } = this.rows;
    let scored = 0;
    const pieces = this.pieces();
    // The kept columns are known once the file is open.
    const first = await pieces.next();
    const columns = chunks.columns(this.carried?.columns ?? []);
    const finish = () => this.finish();
    async function* all() {
      for (let piece = first; piece.done !== true; piece = await pieces.next()) {
        scored += piece.value.rows - piece.value.unscored.size;
        yield* chunks.rows(piece.value, badRows.rowsLeftOut(path));
      }
      yield* chunks.rest(badRows.rowsLeftOut(path));
      finish();
    }
    await removeLeftovers(out);
    await asParquet(out, columns, all());
    return scored;
  }

  /** Called after all rows are scored. Throws DiagnosticError if bad rows are counted and there are any. */
  finish(): void {
    this.unscored.finish(this.done);
    tellLeftOut(this.rows.badRows, this.options);
  }

  async close(): Promise<void> {
    await this.scorer.close();
    this.rows.columns.remove();
  }
}

/** Throws UsageError if two columns of the table would have the same name. */
function requireOtherNames(keep: readonly string[], columns: ScoreColumns): void {
  const taken = new Set(["row", ...columns.names]);
  for (const name of keep) {
    if (taken.has(name))
      throw new UsageError(
        wording`${option("keep", name)}: the table of scores has a column of that name already`,
      );
    taken.add(name);
  }
}

/** Throws DiagnosticError if `out` is one of the input files. */
async function refuseInput(out: string, files: readonly string[]): Promise<void> {
  const input = await inputAt(out, files);
  if (input !== null) throw new DiagnosticError([diagnose(outputIsInput, { path: out, input }, noLocation)]);
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).map((name) => join(folder, name));
}

async function toFile(out: string, work: (write: WriteText) => Promise<number>): Promise<number> {
  try {
    await removeLeftovers(out);
    let count = 0;
    await writeAtomically(out, async (file) => {
      count = await work((text) => file.writeFile(text));
    });
    return count;
  } catch (error) {
    throw unwritable(out, error);
  }
}
