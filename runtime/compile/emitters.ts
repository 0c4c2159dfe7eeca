// From a model with its weights to the files of a folder, for each target. A target without an emitter does not compile.

import type { TargetName } from "../../compiler/backends/choices.ts";
import type { EmitOptions } from "../../compiler/backends/contract/emit-options.ts";
import { type CompiledModel, compileModel } from "./compile-model.ts";
import { compileOnnx } from "./compile-onnx.ts";
import type { TrainedModel } from "./trained-model.ts";

/** `seed` draws the golden requests. Options that the target does not take are left aside. */
export type Emitter = (
  trained: TrainedModel,
  options: EmitOptions,
  version: string,
  seed: number,
) => Promise<CompiledModel>;

export const emitters: { readonly [T in TargetName]: Emitter } = {
  ts: (trained, { tables = "f32", withoutTable = [], mode }, version, seed) =>
    compileModel(trained, version, seed, { type: tables, without: new Set(withoutTable) }, mode),
  onnx: async (trained, { graph = "optimised" }, version, seed) => ({
    files: await compileOnnx(trained, graph, version, seed),
    compacted: null,
    fast: null,
  }),
};
