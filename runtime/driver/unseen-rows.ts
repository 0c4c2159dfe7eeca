// Checks that rows are suitable for a calibration: the model must not have learned them, and a test must not
// lose its rows to it.

import {
  calibrationOfOtherRows,
  calibrationOfSeenRows,
  calibrationOfTrainedPeriod,
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
import type { Split } from "../../compiler/train/score.ts";
import { type DataFingerprint, keptPart, partText } from "../data/data-fingerprint.ts";
import { RowWindow } from "../data/read-data.ts";
import { copyOf, done, fingerprintOfCopy } from "../data/tables.ts";
import { filesAt } from "../files/data-paths.ts";
import { fingerprint } from "../files/fingerprint.ts";
import type { OpenRun } from "../run/open-run.ts";
import type { Manifest } from "../run/run-folder.ts";
import { readConfig } from "./read-config.ts";
import type { RowsOptions } from "./rows.ts";

/**
 * Returns the split of `config` or `rows` whose rows the model has not learned: the validation rows or, for a run of a
 * window of time, training rows of a later one. Throws DiagnosticError for rows that it has learned, and for test rows.
 */
export async function unseenSplit(
  { folder: run, run: { manifest } }: OpenRun,
  { data, config, rows, set }: RowsOptions,
): Promise<Split> {
  const refuse = <P>(kind: DiagnosticKind<P>, parameters: P): never => {
    throw new DiagnosticError([diagnose(kind, parameters, noLocation)]);
  };
  const requireOther = async (path: string) => {
    const split = await splitOf(path, manifest.data);
    const until = lastWindow(manifest)?.until ?? null;
    if (split !== null) refuse(calibrationOfSeenRows, { path, run, split, until });
  };
  if (data !== undefined && data !== "-") await requireOther(data);
  if (config === undefined || data !== undefined || rows !== undefined) return "valid";
  const path = typeof config === "string" ? config : config.path;
  const { data: asked } = await readConfig(config, set);
  if (asked === null) return refuse(calibrationWithoutRows, { path });
  if (!hasValidation(asked)) {
    const { until, time } = lastWindow(manifest) ?? { until: null, time: null };
    if (until === null) return refuse(calibrationWithoutRows, { path });
    const since = asked.window?.time === time ? sinceOf(asked) : null;
    if (since === null || since < instantIn(until))
      refuse(calibrationOfTrainedPeriod, { path, run, time, until });
    return "train";
  }
  if (asked.validate === null) {
    if (asked.kind === "rows" && asked.valid !== null) await requireOther(asked.valid);
    return "valid";
  }
  const [kept, now] = [partText(manifest.data.validate), partText(keptPart(asked.validate))];
  if (kept !== now) refuse(calibrationOfOtherRows, { path, run, kept, asked: now });
  return "valid";
}

/** The latest window of the run and of its predecessors; null if it was not trained on one. */
function lastWindow({ data, from }: Manifest): { readonly time: string; readonly until: string } | null {
  const { window } = data;
  if (window === undefined) return null;
  const all = [window, ...(from?.chain ?? []).flatMap((link) => link.window ?? [])];
  const ends = all.map(({ until }) => until).filter((until) => until !== null);
  if (ends.length < all.length) return null;
  return { time: window.time, until: ends.reduce((a, b) => (instantIn(a) < instantIn(b) ? b : a)) };
}

/** Seconds since 1970, or the number that a bound is. */
function instantIn(bound: string): number {
  const number = Number(bound);
  return Number.isNaN(number) ? Date.parse(bound) / 1000 : number;
}

function sinceOf({ window }: DataConfig): number | null {
  return window === null ? null : (new RowWindow(window, Date.now()).bounds.since?.value ?? null);
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
  const copy = await copyOf(path, { limits: null, report: () => {} });
  return fingerprintOfCopy(copy).finally(() => done(path));
}
