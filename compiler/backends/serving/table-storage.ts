// The storage of embedding tables in compiled code: floats in the weights file, fewer bytes there, or a store
// of the caller's. A plan is made for floats; for other tables, this file replaces the kernels that read rows
// by ones that expand them.

import { invariant, unreachable } from "../../common/internal-error.ts";
import type { KernelName } from "../../serve/kernels.ts";
import type { Plan, PlannedArgument, PlannedCall, PlannedStep, TableStorage } from "./plan.ts";

/**
 * By kernel that reads a table's rows: the kernel for tables whose rows are computed, and the number of its
 * arguments.
 */
const makingRows: Partial<Record<KernelName, { readonly kernel: KernelName; readonly arguments: number }>> = {
  lookup: { kernel: "lookupRows", arguments: 4 },
  sumOfElements: { kernel: "sumOfRows", arguments: 7 },
  weightedSumOfElements: { kernel: "weightedSumOfRows", arguments: 8 },
  maxOfElements: { kernel: "maxOfRows", arguments: 7 },
  listOfElements: { kernel: "listOfRows", arguments: 8 },
};

/**
 * The plan for tables with these storages. Only rows of tables may be read, which holds for a ranking
 * program.
 */
export function withStorage(plan: Plan, storageOf: (table: string) => TableStorage): Plan {
  const tables = plan.tables.map((table) => ({ ...table, storage: storageOf(table.name) }));
  const isMade = (argument: PlannedArgument) =>
    argument.kind === "value" &&
    argument.location.kind === "table" &&
    tables[argument.location.index]!.storage !== "f32";
  const areFloats = plan.projections.every(({ table }) => tables[table.index]!.storage === "f32");
  invariant(areFloats, "a projected table is one of floats");
  const changed = (call: PlannedCall): PlannedCall => {
    if (!call.arguments.some(isMade)) return call;
    const other = makingRows[call.kernel];
    invariant(other, `${call.kernel} reads a table as a whole`);
    return { ...call, kernel: other.kernel, arguments: call.arguments.slice(0, other.arguments) };
  };
  const inStep = (step: PlannedStep): PlannedStep => {
    switch (step.kind) {
      case "call":
        return changed(step);
      case "loop":
        return { ...step, calls: step.calls.map(changed) };
      case "fused":
      case "pairs":
        return step;
      default:
        return unreachable(step, "step");
    }
  };
  const { gathers, calls } = plan;
  return {
    ...plan,
    tables,
    gathers: {
      load: gathers.load.map(changed),
      request: gathers.request.map(changed),
      candidate: gathers.candidate.map(changed),
    },
    calls: {
      load: calls.load.map(inStep),
      request: calls.request.map(inStep),
      candidate: calls.candidate.map(inStep),
    },
  };
}
