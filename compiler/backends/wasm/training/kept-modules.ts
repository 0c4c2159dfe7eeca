// Keeps the modules of the last few Graphs, so that a training that follows another one of the same Graph,
// such as that of the next period, fold or seed, need not make them again. A module is code and a plan of the
// memory, and nothing in it changes while it runs.

import type { ValidGraph } from "../../../middle/graph/graph.ts";
import { emitStep, type StepModule } from "../../code/training/emit.ts";
import { encode } from "../encode.ts";
import { bytesIn, machineOf, type SimdForm } from "./form.ts";
import { compileModule, MOST_PAGES } from "./machine.ts";

export interface CompiledStep {
  readonly step: StepModule;
  /** The fingerprint of its code. */
  readonly program: string;
  /** For vectors of four numbers. */
  readonly compiled: object;
}

/** Steps and predictions of two trainings. Each takes a few megabytes. */
const MOST = 4;

/** The one that was used last comes last. */
const kept = new Map<string, CompiledStep>();

/** `held` names the tables that are read and changed in place. */
export function compiledStep(
  graph: ValidGraph,
  held: ReadonlySet<string>,
  form: SimdForm,
  shared: boolean,
): CompiledStep {
  const key = keyOf(graph, held, form, shared);
  const found = kept.get(key) ?? made(graph, held, form, shared);
  kept.delete(key);
  kept.set(key, found);
  for (const oldest of kept.keys()) if (kept.size > MOST) kept.delete(oldest);
  return found;
}

function made(graph: ValidGraph, held: ReadonlySet<string>, form: SimdForm, shared: boolean): CompiledStep {
  const { step, code } = emitStep(graph, machineOf(form), held);
  const encoded = encode(code, { shared, mostPages: MOST_PAGES });
  return { step, program: encoded.program, compiled: compileModule(bytesIn(form, encoded)) };
}

/** Equal for Graphs that differ only in the origins of their nodes. */
function keyOf(
  { nodes, parameters, outputs, roles, updates }: ValidGraph,
  held: ReadonlySet<string>,
  form: SimdForm,
  shared: boolean,
): string {
  const own = nodes.map(({ op, attributes, inputs, type }) => [op, attributes, inputs, type]);
  return JSON.stringify([own, parameters, outputs, roles, updates, held, form, shared], exactly);
}

/** JSON cannot represent some numbers, nor maps and sets. */
function exactly(_: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return [...value];
  if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return `number ${Object.is(value, -0) ? "-0" : value}`;
}
