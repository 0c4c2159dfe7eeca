// The baseline of a run: what its training rows held, column by column, and what was expected of them. Later files are compared with it.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Profile } from "../../compiler/data/profile.ts";
import { runWithoutBaseline } from "../../compiler/diagnostics/catalog/expect.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { Expectations } from "../../compiler/frontend/config/expect.ts";
import type { OpenRun } from "./open-run.ts";
import { requireListed } from "./read-run.ts";
import { runFiles } from "./run-folder.ts";

export interface Baseline extends Profile {
  /** null: nothing. */
  readonly expect: Expectations | null;
}

/** 1 was of all rows, and did not say how many were drawn. */
const VERSION = 2;

/** JSON has no infinite numbers, which the open ends of ranges are. */
export function baselineText(baseline: Baseline): string {
  const plain = (_: string, value: unknown) =>
    value === Number.POSITIVE_INFINITY ? "inf" : value === Number.NEGATIVE_INFINITY ? "-inf" : value;
  return `${JSON.stringify({ version: VERSION, ...baseline }, plain, 1)}\n`;
}

export function hasBaseline({ run }: OpenRun): boolean {
  return Object.hasOwn(run.manifest.files, runFiles.baseline);
}

/** `ofStats`: to compare what a ranker counted with. Throws DiagnosticError where the run has none, or one that was changed. */
export async function readBaseline(opened: OpenRun, ofStats = false): Promise<Baseline> {
  const { folder, run } = opened;
  if (!hasBaseline(opened))
    throw new DiagnosticError([diagnose(runWithoutBaseline, { path: folder, ofStats }, noLocation)]);
  await requireListed(folder, runFiles.baseline, run.manifest);
  return baselineIn(await readFile(join(folder, runFiles.baseline), "utf8"));
}

/** What `baselineText` wrote. */
export function baselineIn(text: string): Baseline {
  const infinite = (_: string, value: unknown) =>
    value === "inf" ? Number.POSITIVE_INFINITY : value === "-inf" ? Number.NEGATIVE_INFINITY : value;
  type Written = Omit<Baseline, "drawn"> & Partial<Pick<Baseline, "drawn">> & { readonly version: number };
  const { version: _, path, rows, drawn = null, ...others } = JSON.parse(text, infinite) as Written;
  // In the order of `Profile`, so that what is read and written again is the same text.
  return { path, rows, drawn, ...others };
}
