// Initial values of dense parameters. Each parameter has its own random stream, named after it, so adding a
// layer to a spec does not change the initial values of others.

import type { ParameterValues } from "../backends/contract/session.ts";
import { InternalError, invariant, unreachable } from "../common/internal-error.ts";
import { cached } from "../common/maps.ts";
import { Random } from "../common/random.ts";
import type { Graph, Parameter } from "../middle/graph/graph.ts";
import { sizeOf } from "../middle/graph/types.ts";
import type { TrainingProgram } from "../middle/programs/program.ts";

/** The values of all parameters but those that are learned from labels (`withLabelNumbers`). */
export function initialParameters(graph: Graph, seed: number): ParameterValues {
  const others = [...graph.parameters].filter(([, { init }]) => init.kind !== "label");
  return new Map(others.map(([name, parameter]) => [name, initialValues(parameter, seed)]));
}

/** The numbers that a label's transforms learn, by index in its pipe. */
export type LabelNumbers = (label: string) => readonly (readonly number[])[];

/** Adds the parameters that are learned from labels to `parameters`, if it lacks them. */
export function withLabelNumbers(
  { step }: Pick<TrainingProgram, "step">,
  parameters: ParameterValues,
  learn: LabelNumbers = () => [],
): ParameterValues {
  const learned = new Map<string, ReturnType<LabelNumbers>>();
  const missing = [...step.parameters.values()].flatMap(({ name, init }) => {
    if (init.kind !== "label" || parameters.has(name)) return [];
    const numbers = cached(learned, init.label, () => learn(init.label))[init.transform];
    invariant(numbers !== undefined, `nothing learns from the label ${init.label}`);
    return [[name, Float32Array.of(numbers[init.number]!)] as const];
  });
  return missing.length === 0 ? parameters : new Map([...parameters, ...missing]);
}

function initialValues({ name, dims, init }: Parameter, seed: number): Float32Array {
  const values = new Float32Array(sizeOf(dims));
  switch (init.kind) {
    case "zeros":
      return values;
    case "constant":
      return values.fill(init.value);
    case "glorot_normal":
      return normal(values, Math.sqrt(2 / (init.fanIn + init.fanOut)), name, seed);
    case "normal":
      return normal(values, init.deviation, name, seed);
    case "uniform": {
      const random = Random.of(seed, `parameter ${name}`);
      return values.map(() => init.limit * (2 * random.next() - 1));
    }
    case "label":
      throw new InternalError(`${name} is learned from rows`);
    default:
      return unreachable(init, "initializer");
  }
}

function normal(values: Float32Array, deviation: number, name: string, seed: number): Float32Array {
  const random = Random.of(seed, `parameter ${name}`);
  for (let i = 0; i < values.length; i++) values[i] = deviation * random.normal();
  return values;
}
