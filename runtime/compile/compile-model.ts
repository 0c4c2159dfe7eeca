// From a model with its weights to the files of a standalone module.

import { emitModule } from "../../compiler/backends/typescript/module.ts";
import { packageJson, readmeText, testText } from "../../compiler/backends/typescript/package-files.ts";
import { poolText } from "../../compiler/backends/typescript/pool-file.ts";
import { withoutTypes } from "../../compiler/backends/typescript/project.ts";
import type { ValidGraph } from "../../compiler/graph/graph.ts";
import { InternalError } from "../../compiler/internal-error.ts";
import type { Fitted, Model } from "../../compiler/model/model.ts";
import { rankingProgram } from "../../compiler/passes/ranking.ts";
import { TABLE_PREFIX } from "../run/run-folder.ts";
import { TOLERANCE } from "../serve/golden.ts";
import { relaxedForm } from "../serve/wasm.ts";
import { goldenRequests } from "./golden.ts";
import type { GeneratedFiles } from "./output-folder.ts";
import { referenceOf } from "./reference.ts";
import { readServeSources } from "./serve-sources.ts";
import { weightsFile } from "./weights-file.ts";

/** What a module is made from. */
export interface TrainedModel {
  readonly model: Model;
  readonly fitted: Fitted;
  /** Logits over example rows (`TrainingProgram.predict`). */
  readonly predict: ValidGraph;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly tables: ReadonlyMap<string, TrainedTable>;
}

export interface TrainedTable {
  readonly width: number;
  /** [rows, width] */
  readonly values: Float32Array;
}

/** The files of the module's folder by name. `seed` draws the golden requests. */
export async function compileModel(
  trained: TrainedModel,
  version: string,
  seed: number,
): Promise<GeneratedFiles> {
  const { model, fitted, predict, parameters, tables } = trained;
  const module = emitModule(model, rankingProgram(model, predict), await readServeSources());
  const golden = goldenRequests(model, fitted, referenceOf(trained), seed);
  const tensors = new Map<string, Float32Array>();
  for (const name of module.parameters) tensors.set(name, found(parameters, name));
  for (const name of module.tables) tensors.set(`${TABLE_PREFIX}${name}`, found(tables, name).values);
  const weights = weightsFile({
    program: module.program,
    tensors,
    fitted: {
      vocabularies: new Map(module.vocabularies.map((name) => [name, fitted.vocabularies.get(name) ?? []])),
      transforms: new Map(module.transforms.map((name) => [name, found(fitted.transforms, name)])),
    },
    golden,
  });
  const test = testText(model);
  return new Map<string, string | Uint8Array>([
    ["model.ts", module.typescript],
    ["model.js", module.javascript],
    ["model.wasm", module.wasm.simd],
    ["model.relaxed.wasm", relaxedForm(module.wasm.simd, module.wasm.fused)],
    ["model.weights.bin", weights],
    ["model.golden.json", `${JSON.stringify({ tolerance: TOLERANCE, requests: golden }, null, 1)}\n`],
    ["model.pool.ts", poolText],
    ["model.pool.js", withoutTypes(poolText)],
    ["model.test.ts", test],
    ["model.test.js", withoutTypes(test)],
    ["package.json", packageJson(model, version)],
    ["README.md", readmeText(model, version, golden[0]?.request)],
  ]);
}

function found<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (value === undefined) throw new InternalError(`the model has no values for ${name}`);
  return value;
}
