// dinc predict RUN: scores rows.

import { once } from "node:events";
import { writeAtomically } from "../../../runtime/run/atomic.ts";
import { openRun } from "../../../runtime/run/open-run.ts";
import { predictionFormat, predictionText, writePieces } from "../../../runtime/run/predictions-file.ts";
import { scoreRun } from "../../../runtime/run/score-run.ts";
import { fileUnwritable } from "../../diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, nowhere } from "../../diagnostics/diagnostic.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { backendFor, type DataOptions, rowsToScore } from "../scoring.ts";
import type { Terminal } from "../terminal.ts";
import { duration, thousands } from "../text-table.ts";

export interface PredictOptions extends DataOptions {
  readonly out: string;
  readonly backend: "auto" | "node" | "wasm" | "cpu";
}

export async function predict(folder: string, options: PredictOptions, terminal: Terminal): Promise<number> {
  const format = options.out === "-" ? "csv" : predictionFormat(options.out);
  if (format === null)
    throw new UsageError(`predictions are written as .csv, .jsonl or .ndjson, not as ${options.out}`);
  const run = await openRun(folder);
  const rows = await rowsToScore(run, options, "optional", terminal);
  const started = performance.now();
  const logits = await scoreRun(run, rows, await backendFor(run, options.backend));
  const seconds = (performance.now() - started) / 1000;
  const text = predictionText(logits, rows.rows, format);
  if (options.out === "-") {
    for (const piece of text) if (!process.stdout.write(piece)) await once(process.stdout, "drain");
  } else {
    await writeAtomically(options.out, (file) => writePieces(file, text)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === undefined) throw error;
        const reason = error.message;
        throw new DiagnosticError([diagnose(fileUnwritable, { path: options.out, reason }, nowhere)]);
      },
    );
    terminal.say(`${thousands(rows.rows)} rows scored in ${duration(seconds)}: ${options.out}`);
  }
  return exitCodes.clean;
}
