// Checks that rows are suitable for a calibration: the model must not have learned them, and a test must not
// lose its rows to it.

import {
  calibrationOfOtherRows,
  calibrationOfSeenRows,
  calibrationWithoutRows,
} from "../../compiler/diagnostics/catalog/calibration.ts";
import {
  DiagnosticError,
  type DiagnosticKind,
  diagnose,
  noLocation,
} from "../../compiler/diagnostics/diagnostic.ts";
import type { DataConfig } from "../../compiler/frontend/config/config.ts";
import { isElsewhere } from "../../compiler/frontend/config/elsewhere.ts";
import { type DataFingerprint, keptPart, partText } from "../data/data-fingerprint.ts";
import { copyOf, done } from "../data/tables.ts";
import { filesAt } from "../files/data-paths.ts";
import { fingerprint } from "../files/fingerprint.ts";
import type { OpenRun } from "../run/open-run.ts";
import { readConfig } from "./read-config.ts";
import type { RowsOptions } from "./rows.ts";

/**
 * Throws DiagnosticError for rows that are known not to be validation rows. For prepared rows, the split
 * decides.
 */
export async function requireUnseen(
  { folder: run, run: { manifest } }: OpenRun,
  { data, config, rows, set }: RowsOptions,
): Promise<void> {
  const refuse = <P>(kind: DiagnosticKind<P>, parameters: P): never => {
    throw new DiagnosticError([diagnose(kind, parameters, noLocation)]);
  };
  const requireOther = async (path: string) => {
    const split = await splitOf(path, manifest.data);
    if (split !== null) refuse(calibrationOfSeenRows, { path, run, split });
  };
  if (data !== undefined && data !== "-") await requireOther(data);
  if (config === undefined || data !== undefined || rows !== undefined) return;
  const path = typeof config === "string" ? config : config.path;
  const { data: asked } = await readConfig(config, set);
  if (asked === null || !hasValidation(asked)) return refuse(calibrationWithoutRows, { path });
  if (asked.validate === null) {
    if (asked.kind === "rows" && asked.valid !== null) await requireOther(asked.valid);
    return;
  }
  const [kept, now] = [partText(manifest.data.validate), partText(keptPart(asked.validate))];
  if (kept !== now) refuse(calibrationOfOtherRows, { path, run, kept, asked: now });
}

function hasValidation(data: DataConfig): boolean {
  return data.validate !== null || (data.kind === "rows" && data.valid !== null);
}

/** The split of a training that an address shares a file with; null if there is none. */
async function splitOf(address: string, { files }: DataFingerprint): Promise<"training" | "test" | null> {
  for (const path of filesAt(address)) {
    // Unreadable files are reported where they are read.
    const found = await contentOf(path).catch(() => null);
    const same = files.filter(({ hash }) => hash === found?.hash);
    if (same.some(({ split }) => split === "train")) return "training";
    if (same.some(({ split }) => split === "test")) return "test";
  }
  return null;
}

async function contentOf(path: string): Promise<{ readonly hash: string }> {
  if (!isElsewhere(path)) return fingerprint(path);
  const { location } = await copyOf(path, { limits: null, report: () => {} });
  return fingerprint(location).finally(() => done(path));
}
