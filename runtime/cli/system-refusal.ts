// Reports unexpected errors of the operating system, which aren't bugs in dinc.

import { isMemoryError } from "../../compiler/common/memory-error.ts";
import { MOST_VALUES } from "../../compiler/data/fit-rows.ts";
import { outOfMemory, systemRefused, tooManyIds } from "../../compiler/diagnostics/catalog/system.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { isOfSystem, writingAdvice } from "../files/file-problem.ts";

/** The diagnostic for an error of the operating system; null for other errors. */
export function refusalOf(error: unknown): DiagnosticError | null {
  if (isFullMap(error))
    return new DiagnosticError([diagnose(tooManyIds, { feature: null, most: MOST_VALUES }, noLocation)]);
  if (isOutOfMemory(error)) return new DiagnosticError([diagnose(outOfMemory, {}, noLocation)]);
  // A failed system call has its name in the error.
  if (!isOfSystem(error) || error.syscall === undefined) return null;
  const help = writingAdvice(error);
  const details = help === null ? {} : { help };
  return new DiagnosticError([diagnose(systemRefused, { reason: error.message }, noLocation, details)]);
}

/** Only a vocabulary can become so large. */
function isFullMap(error: unknown): boolean {
  return error instanceof RangeError && /^(Map|Set) maximum size exceeded$/.test(error.message);
}

function isOutOfMemory(error: unknown): boolean {
  if (isOfSystem(error) && (error.code === "ENOMEM" || error.code === "ERR_WORKER_OUT_OF_MEMORY"))
    return true;
  return isMemoryError(error);
}
