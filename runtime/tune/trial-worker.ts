// A process that trains trials one after the other. The searching process sends it trials, and it ends with
// that process.

import { type Diagnostic, DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { Stopped } from "../driver/events.ts";
import { type TrialRequest, type TrialResult, TrialTrainer } from "./trial.ts";
import type { Base } from "./trial-options.ts";

/** The first message contains the common options of all trials. */
export type ToWorker =
  | { readonly kind: "base"; readonly base: Base }
  | { readonly kind: "trial"; readonly request: TrialRequest };

export type FromWorker =
  | { readonly kind: "result"; readonly result: TrialResult }
  /** Every other trial would fail in the same way. */
  | { readonly kind: "refused"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "failed"; readonly stack: string };

let trainer: TrialTrainer | null = null;

process.on("message", async (message: ToWorker) => {
  if (message.kind === "base") {
    trainer = new TrialTrainer(message.base);
    return;
  }
  try {
    const result = await trainer!.run(message.request, {});
    answer({ kind: "result", result });
  } catch (error) {
    if (error instanceof Stopped) return;
    if (error instanceof DiagnosticError) return answer({ kind: "refused", diagnostics: error.diagnostics });
    answer({
      kind: "failed",
      stack: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});

// The searching process decides when to end, because Ctrl-C reaches all processes of a terminal.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());

function answer(message: FromWorker): void {
  process.send?.(message);
}
