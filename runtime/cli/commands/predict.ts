// dinc predict RUN: scores rows as they are read, in memory that does not depend on how many there are. A file is complete
// or absent, whatever ends the command; to standard output rows go as they are scored.

import { once } from "node:events";
import { rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { EngineName } from "../../../compiler/backends/choices.ts";
import { outputIsInput } from "../../../compiler/diagnostics/catalog/scores.ts";
import { DiagnosticError, diagnose, nowhere } from "../../../compiler/diagnostics/diagnostic.ts";
import { writeAtomically } from "../../files/atomic.ts";
import { partialOf, removeLeftovers } from "../../files/leftovers.ts";
import { inputAt } from "../../files/same-file.ts";
import { unwritable } from "../../files/unwritable.ts";
import { openRun } from "../../run/open-run.ts";
import { PredictionText, predictionFormat } from "../../run/predictions-file.ts";
import { openScorer, type Scorer } from "../../run/score-run.ts";
import { Unscored } from "../../run/unscored.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { predictionProgress } from "../progress.ts";
import { backendFor, type DataOptions, type RowsToPredict, rowsToPredict, sayLeftOut } from "../scoring.ts";
import type { Terminal } from "../terminal.ts";
import { duration, thousands } from "../text-table.ts";

export interface PredictOptions extends DataOptions {
  readonly out: string;
  readonly backend: EngineName | "auto";
}

type Write = (text: string) => Promise<void>;

export async function predict(folder: string, options: PredictOptions, terminal: Terminal): Promise<number> {
  const { out } = options;
  const format = out === "-" ? "csv" : predictionFormat(out);
  if (format === null)
    throw new UsageError(`predictions are written as .csv, .jsonl or .ndjson, not as ${out}`);
  const run = await openRun(folder);
  const rows = await rowsToPredict(run, options, terminal);
  if (out !== "-") await refuseInput(out, [...rows.files, ...(await filesIn(folder))]);
  const scorer = await openScorer(run, await backendFor(run, options.backend));
  const text = new PredictionText(
    run.model.predictions.map(({ label }) => label),
    format,
  );
  const started = performance.now();
  const unwatch = watchSignals(out, terminal);
  try {
    if (out === "-") {
      await writeAll(rows, scorer, text, writeOut, terminal);
      return exitCodes.clean;
    }
    const count = await toFile(out, (write) => writeAll(rows, scorer, text, write, terminal));
    const seconds = (performance.now() - started) / 1000;
    terminal.say(`${thousands(count)} rows scored in ${duration(seconds)}: ${out}`);
    return exitCodes.clean;
  } finally {
    unwatch();
    await scorer.close();
  }
}

/** A signal ends the process at once, and what a file had so far is gone. Gives what leaves signals to the system again. */
function watchSignals(out: string, terminal: Terminal): () => void {
  const stop = (signal: "SIGINT" | "SIGTERM") => {
    if (out !== "-") rmSync(partialOf(out, process.pid), { force: true });
    terminal.say(
      out === "-" ? "stopped: not all rows were written" : `stopped: nothing was written to ${out}`,
    );
    process.exit(signal === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return () => process.off("SIGINT", stop).off("SIGTERM", stop);
}

/** Throws DiagnosticError where `out` is one of the files that are read. */
async function refuseInput(out: string, files: readonly string[]): Promise<void> {
  const input = await inputAt(out, files);
  if (input !== null) throw new DiagnosticError([diagnose(outputIsInput, { path: out, input }, nowhere)]);
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).map((name) => join(folder, name));
}

/** Gives the number of rows that were scored. */
async function writeAll(
  { pieces, rows, share, badRows, path }: RowsToPredict,
  scorer: Scorer,
  text: PredictionText,
  write: Write,
  terminal: Terminal,
): Promise<number> {
  const onProgress = predictionProgress(terminal);
  const unscored = new Unscored(badRows, path);
  let done = 0;
  let scored = 0;
  for await (const piece of pieces) {
    const logits = await scorer.score(piece, (rowsOfPiece) => {
      const soFar = done + rowsOfPiece;
      onProgress(soFar, rows === null ? share() : soFar / rows);
    });
    const without = unscored.check(logits, piece, done);
    if (done === 0) await write(text.head);
    for (const part of text.rows(logits, piece.rows, badRows.rowsLeftOut(path), without)) await write(part);
    done += piece.rows;
    scored += piece.rows - without.size;
  }
  await write(text.skip(badRows.rowsLeftOut(path)));
  unscored.finish(done);
  sayLeftOut(badRows, terminal);
  return scored;
}

async function writeOut(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

async function toFile(out: string, work: (write: Write) => Promise<number>): Promise<number> {
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
