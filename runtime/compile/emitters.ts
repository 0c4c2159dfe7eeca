// From a model with its weights to the files of a folder, for each target. A target without an emitter does not compile; the
// code of one is loaded where it is asked for.

import type { TargetName } from "../../compiler/backends/choices.ts";
import type { EmitOptions } from "../../compiler/backends/contract/emit-options.ts";
import type { CompiledModel } from "./compile-model.ts";
import type { TrainedModel } from "./trained-model.ts";

/** `seed` draws the golden requests. Options that the target does not take are left aside. */
export type Emitter = (
  trained: TrainedModel,
  options: EmitOptions,
  version: string,
  seed: number,
) => Promise<CompiledModel>;

export const emitters: { readonly [T in TargetName]: Emitter } = {
  async ts(trained, { tables = "f32", withoutTable = [], mode }, version, seed) {
    const { compileModel } = await import("./compile-model.ts");
    return compileModel(trained, version, seed, { type: tables, without: new Set(withoutTable) }, mode);
  },
  async onnx(trained, { graph = "optimised" }, version, seed) {
    const { compileOnnx } = await import("./compile-onnx.ts");
    const files = await compileOnnx(trained, graph, version, seed);
    return { files, compacted: null, fast: null };
  },
};
