// Turns a trained model into the files of a TypeScript module, without writing a folder.

import { compiledBy } from "../backends/contract/compile.ts";
import type { EmitOptions } from "../backends/contract/emit-options.ts";
import type { CompiledModel, EmitContext } from "../backends/contract/emitted.ts";
import type { TrainedModel } from "../backends/contract/trained-model.ts";
import { typescript } from "../backends/typescript/backend.ts";
import { graphHash } from "../middle/builder/graph-hash.ts";
import { specText } from "../tools/fmt/flatten.ts";

/** Options for the files of a trained model. */
export interface CompileTrainedOptions
  extends Pick<EmitOptions, "tables" | "withoutTable" | "mode" | "projectedTables" | "singleFile">,
    Pick<EmitContext, "load"> {
  /** The seed of the golden requests; the model's own by default. */
  readonly seed?: number;
  /** The version of dinc recorded in the files. */
  readonly version?: string;
}

/**
 * Makes the files of a module of TypeScript without dependencies, as `dinc compile` writes them: `model.ts` with
 * `model.library.ts`, `model.js`, their weights, and golden requests with the scores of training. `load` imports a
 * JavaScript module from its text. In a browser it is
 * `(text) => import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })))`. Throws UsageError for
 * options that do not fit the model.
 */
export async function compileTrained(
  trained: TrainedModel,
  { seed = trained.model.train.seed, version = "", load, ...options }: CompileTrainedOptions,
): Promise<CompiledModel> {
  return compiledBy(typescript.target, trained, options, { version, seed, graphHash, specText, load });
}
