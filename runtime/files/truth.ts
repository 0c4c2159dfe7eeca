// Reads the best possible quality for simulated data. A generator may write `truth.json` next to its test
// rows, and training then prints the distance to it. The model never sees it.

import { dirname, join } from "node:path";
import { malformedFile } from "../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import type { DataConfig } from "../../compiler/frontend/config/config.ts";
import { isElsewhere } from "../../compiler/frontend/config/elsewhere.ts";
import { readText } from "./read-text.ts";

export interface Truth {
  readonly label: string;
  /**
   * AUC and log loss of the probabilities from which the labels of the test rows were drawn. A model can be
   * better only by luck.
   */
  readonly auc: number;
  readonly logLoss: number;
}

/** The file next to the test rows; null if there is none. */
export async function readTruth(data: DataConfig): Promise<Truth | null> {
  if (data.kind !== "rows" || data.test === null || isElsewhere(data.test)) return null;
  const path = join(dirname(data.test), "truth.json");
  const text = await readText(path).catch(() => null);
  return text === null ? null : parsed(path, text);
}

function parsed(path: string, text: string): Truth {
  const bad = (): DiagnosticError => {
    const reason = "it must hold `label`, `best_auc` and `best_log_loss` as JSON";
    return new DiagnosticError([diagnose(malformedFile, { reason }, inData({ path }))]);
  };
  let content: Record<string, unknown>;
  try {
    content = Object(JSON.parse(text));
  } catch {
    throw bad();
  }
  const { label, best_auc: auc, best_log_loss: logLoss } = content;
  if (typeof label !== "string" || typeof auc !== "number" || typeof logLoss !== "number") throw bad();
  return { label, auc, logLoss };
}
