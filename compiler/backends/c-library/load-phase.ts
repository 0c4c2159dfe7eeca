// Computes the values of a plan that follow from the weights alone, with the kernels that generated TypeScript has, and lays
// them out as the arena does. So the code in C begins with the numbers that a TypeScript module computes when it starts.

import { InternalError, invariant } from "../../common/internal-error.ts";
import { sizeOf } from "../../middle/graph/types.ts";
import * as kernels from "../../serve/kernels.ts";
import type { Arena } from "../code/arena.ts";
import { requireValues, type TrainedModel } from "../contract/trained-model.ts";
import type { Plan, PlannedArgument, ValueLocation } from "../serving/plan.ts";
import type { Slot } from "../serving/slots.ts";

const byName = new Map<string, unknown>(Object.entries(kernels));

type Weights = Pick<TrainedModel, "parameters" | "tables">;

/** The values of weights by their location. */
export class LoadedValues {
  private readonly plan: Plan;
  private readonly weights: Weights;
  private readonly slots = new Map<number, Float32Array>();

  constructor(plan: Plan, weights: Weights) {
    this.plan = plan;
    this.weights = weights;
    for (const { slot, value } of plan.constants)
      if (slot.dtype === "f32") this.slots.set(slot.index, new Float32Array(lengthOf(slot)).fill(value));
    invariant(plan.projections.length === 0, "C projects no tables");
    for (const step of [...plan.gathers.load, ...plan.calls.load]) {
      invariant(step.kind === "call", "weights are computed by plain calls");
      const kernel = byName.get(step.kernel);
      if (typeof kernel !== "function") throw new InternalError(`no kernel ${step.kernel}`);
      kernel(...step.arguments.map((argument) => this.argument(argument)));
    }
  }

  of(location: ValueLocation): Float32Array {
    const { plan, weights } = this;
    if (location.kind === "parameter")
      return requireValues(weights.parameters, plan.parameters[location.index]!.name);
    if (location.kind === "table")
      return requireValues(weights.tables, plan.tables[location.index]!.name).values;
    const { slot } = location;
    invariant(slot.phase === "load", "a value that requests compute");
    const values = this.slots.get(slot.index) ?? new Float32Array(lengthOf(slot));
    this.slots.set(slot.index, values);
    return values;
  }

  private argument(argument: PlannedArgument): unknown {
    switch (argument.kind) {
      case "value":
        return this.of(argument.location);
      case "number":
      case "flag":
        return argument.value;
      case "numbers":
        return argument.values;
      case "count":
      case "time":
        throw new InternalError("weights have no rows to count");
      default:
        throw new InternalError("an argument of no kind");
    }
  }
}

function lengthOf({ rows, width }: Slot): number {
  invariant(rows.kind === "once", "a value of weights alone has one row");
  return width;
}

/** The first numbers of a session's memory: the weights at their addresses. */
export function weightsImage(arena: Arena, plan: Plan, values: LoadedValues): Float32Array {
  const image = new Float32Array(arena.request.from / 4);
  for (const { location, address } of arena.weights) {
    const own = values.of(location);
    const length = location.kind === "parameter" ? sizeOf(plan.parameters[location.index]!.dims) : own.length;
    image.set(own.subarray(0, length), address / 4);
  }
  return image;
}
