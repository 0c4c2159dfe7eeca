// Whether the module that was compiled from one run serves another with its weights, or must be compiled anew, and why.

import type { ProgramSource } from "../../compiler/backends/typescript/emit-program.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { version } from "../files/version.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";

export interface Serving {
  /** Whether a module takes the weights of both (`pool.replace`), compiled with the same options and this dinc. */
  readonly servesOn: boolean;
  /** Where it does not: why, as clauses. */
  readonly why: readonly string[];
}

export async function servingOf(before: ProgramSource, now: ProgramSource): Promise<Serving> {
  const { sameProgram } = await import("../../compiler/backends/typescript/emit-program.ts");
  const why = sameProgram(before, now, version());
  return { servesOn: why.length === 0, why };
}

/** Null where one of them cannot be opened with this dinc, and could not be compiled either. */
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
