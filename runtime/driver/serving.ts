// Decides whether the module compiled from one run can serve another with its weights, or must be compiled
// again, and why.

import type { ProgramSource } from "../../compiler/backends/typescript/emit-program.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { version } from "../files/version.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";

export interface Serving {
  /**
   * True if a module takes the weights of both (`pool.replace`), compiled with the same options and this
   * version of dinc.
   */
  readonly servesOn: boolean;
  /** The reasons if it does not, as clauses. */
  readonly why: readonly string[];
}

export async function servingOf(before: ProgramSource, now: ProgramSource): Promise<Serving> {
  const { sameProgram } = await import("../../compiler/backends/typescript/emit-program.ts");
  const why = sameProgram(before, now, version());
  return { servesOn: why.length === 0, why };
}

/** Null if one of them cannot be opened with this version of dinc, and so could not be compiled either. */
export async function servingOfRuns(a: OpenRun | string, b: OpenRun | string): Promise<Serving | null> {
  try {
    return await servingOf(programSource(await openedRun(a)), programSource(await openedRun(b)));
  } catch (error) {
    if (error instanceof DiagnosticError) return null;
    throw error;
  }
}

export function programSource({ model, predict, tables, uncalibrated, run }: OpenRun): ProgramSource {
  return {
    ...{ model, predict, calibration: uncalibrated === null ? null : run.calibration },
    padding: run.manifest.data.lists?.padding ?? null,
    rowsOf: (name) => {
      const { values, width } = tables.get(name)!;
      return values.length / width;
    },
  };
}
