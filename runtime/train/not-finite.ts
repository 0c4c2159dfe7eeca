// What is said where numbers grow beyond all bounds: the loss of a step is none, or weights are, which the next step would
// show. What is kept, measured or written has been looked at here.

import { lossNotFinite, weightsNotFinite } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, nowhere } from "../../compiler/diagnostics/diagnostic.ts";
import type { Optimizer } from "../../compiler/model/model.ts";
import type { ParameterValues } from "./session.ts";
import type { HostTable } from "./tables.ts";

export function lossIsNone(loss: number, step: number, epoch: number, optimizer: Optimizer): DiagnosticError {
  return new DiagnosticError([
    diagnose(lossNotFinite, { loss, step, epoch }, nowhere, { help: tamer(optimizer) }),
  ]);
}

/** What may help where numbers grow beyond all bounds. */
function tamer({ learningRate }: Optimizer): string {
  return `Try a lower learning rate than ${learningRate}, and standardize number features.`;
}

/** Throws DiagnosticError where a weight is no number: what is kept, measured or written is sound. */
export function requireFinite(
  parameters: ParameterValues,
  tables: ReadonlyMap<string, HostTable>,
  step: number,
  epoch: number,
  optimizer: Optimizer,
): void {
  const refuse = (name: string) => {
    const help = tamer(optimizer);
    throw new DiagnosticError([diagnose(weightsNotFinite, { name, step, epoch }, nowhere, { help })]);
  };
  for (const [name, values] of parameters) if (!allFinite(values)) refuse(`\`${name}\``);
  for (const [name, { values }] of tables) if (!allFinite(values)) refuse(`the table of \`${name}\``);
}

/** Whether all are numbers: the sum of what is multiplied by 0 is 0 only then. */
function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * values[i]!;
  return sum === 0;
}
