// Initial values of dense parameters. Each parameter has its own random stream, named after it, so adding a
// layer to a spec does not change the initial values of others.

import type { ParameterValues } from "../backends/contract/session.ts";
import { unreachable } from "../common/internal-error.ts";
import { Random } from "../common/random.ts";
import type { Graph, Parameter } from "../middle/graph/graph.ts";
import { sizeOf } from "../middle/graph/types.ts";

export function initialParameters(graph: Graph, seed: number): ParameterValues {
  return new Map([...graph.parameters].map(([name, parameter]) => [name, initialValues(parameter, seed)]));
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
    default:
      return unreachable(init, "initializer");
  }
}

function normal(values: Float32Array, deviation: number, name: string, seed: number): Float32Array {
  const random = Random.of(seed, `parameter ${name}`);
  for (let i = 0; i < values.length; i++) values[i] = deviation * random.normal();
  return values;
}
