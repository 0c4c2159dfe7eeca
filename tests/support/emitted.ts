// Emits a model for a target, in memory.

import { type TargetName, targets } from "../../compiler/backends/choices.ts";
import type { EmitOptions } from "../../compiler/backends/contract/emit-options.ts";
import type { CompiledModel } from "../../compiler/backends/contract/emitted.ts";
import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import { emitContext } from "../../runtime/driver/emit-context.ts";

export const testContext = emitContext("test", 1);

export async function emittedBy(
  target: TargetName,
  trained: TrainedModel,
  options: EmitOptions = {},
): Promise<CompiledModel> {
  const { emit } = targets.find(({ name }) => name === target)!;
  return {
    compacted: null,
    fast: null,
    appends: null,
    places: null,
    diagnostics: [],
    ...(await emit(trained, options, testContext)),
  };
}
