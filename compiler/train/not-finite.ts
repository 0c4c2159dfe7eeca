// Reports divergence: the loss of a step is NaN, or weights are NaN, as the next step would show. Values are
// checked here before they are kept, measured or written.

import type { Batch } from "../backends/contract/batch.ts";
import type { ParameterValues } from "../backends/contract/session.ts";
import { lossNotFinite, weightsNotFinite } from "../diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, noLocation } from "../diagnostics/diagnostic.ts";
import type { Optimizer } from "../middle/training/settings.ts";
import type { HostTable } from "./tables.ts";

/**
 * The step has already changed the weights, so its rows cannot be tried one by one; only its numbers can be
 * examined.
 */
export function notFiniteLoss(
  loss: number,
  step: number,
  epoch: number,
  optimizer: Optimizer,
  inputs: Batch["inputs"],
  terms: Readonly<Record<string, number>>,
): DiagnosticError {
  const [name, value] = largest(inputs);
  const huge = Math.abs(value) < HUGE ? null : { name, value: shown(value) };
  const { learningRate } = optimizer;
  const parts = Object.entries(terms);
  const bad = parts.flatMap(([name, term]) => (Number.isFinite(term) ? [] : [name]));
  const named = { terms: bad.length === parts.length ? [] : bad };
  return new DiagnosticError([
    diagnose(lossNotFinite, { loss, step, epoch, learningRate, huge, ...named }, noLocation),
  ]);
}

/** From this size on, a number may be the cause: standardized numbers are never so large. */
const HUGE = 1e4;

/** The number farthest from 0, or NaN, and its input. */
function largest(inputs: Batch["inputs"]): readonly [string, number] {
  let found: readonly [string, number] = ["", 0];
  for (const [name, values] of inputs)
    for (const value of values instanceof Float32Array ? values : []) {
      if (Number.isNaN(value)) return [name, value];
      if (Math.abs(value) > Math.abs(found[1])) found = [name, value];
    }
  return found;
}

function shown(value: number): string {
  return Math.abs(value) < 1e9 ? String(value) : value.toPrecision(3);
}

/**
 * Throws DiagnosticError if a weight is not finite, so that only sound weights are kept, measured or written.
 */
export function requireFinite(
  parameters: ParameterValues,
  tables: ReadonlyMap<string, HostTable>,
  step: number,
  epoch: number,
  optimizer: Optimizer,
): void {
  const refuse = (name: string) => {
    const { learningRate } = optimizer;
    throw new DiagnosticError([diagnose(weightsNotFinite, { name, step, epoch, learningRate }, noLocation)]);
  };
  for (const [name, values] of parameters) if (!allFinite(values)) refuse(`\`${name}\``);
  for (const [name, { values }] of tables) if (!allFinite(values)) refuse(`the table of \`${name}\``);
}

/** Tells whether all are finite: only then is the sum of their products with 0 equal to 0. */
function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * values[i]!;
  return sum === 0;
}
