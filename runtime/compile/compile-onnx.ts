// From a model with its weights to the files of an ONNX folder.

import { DATA_FILE, onnxFiles } from "../../compiler/backends/onnx/external-data.ts";
import { emitInputs } from "../../compiler/backends/onnx/inputs.ts";
import { emitOnnxModel } from "../../compiler/backends/onnx/model.ts";
import {
  type OnnxForm,
  packageJson,
  readmeText,
  testText,
} from "../../compiler/backends/onnx/package-files.ts";
import { withoutTypes } from "../../compiler/backends/typescript/project.ts";
import type { ValidGraph } from "../../compiler/graph/graph.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { exportedProgram, rankingProgram } from "../../compiler/passes/ranking.ts";
import { graphHash } from "../run/graph-hash.ts";
import { TOLERANCE } from "../serve/golden.ts";
import { fittedFor, found, type TrainedModel } from "./compile-model.ts";
import { goldenRequests } from "./golden.ts";
import type { GeneratedFile, GeneratedFiles } from "./output-folder.ts";
import { referenceOf } from "./reference.ts";
import { readServeSources } from "./serve-sources.ts";
import { weightsFile } from "./weights-file.ts";

/** The files of the folder by name. `seed` draws the golden requests. */
export async function compileOnnx(
  trained: TrainedModel,
  form: OnnxForm,
  version: string,
  seed: number,
): Promise<GeneratedFiles> {
  const { model, fitted, parameters, tables } = trained;
  const graph = onnxProgram(trained, form);
  const weights = {
    parameter: (name: string) => found(parameters, name),
    table: (name: string) => found(tables, name).values,
  };
  const facts = { "dinc.version": version, "dinc.graph": form, "dinc.graph_hash": graphHash(graph) };
  const onnx = emitOnnxModel(model, graph, weights, version, facts);
  const { model: bytes, data } = onnxFiles(onnx.model);
  const inputs = emitInputs(model, graph, onnx.counts, await readServeSources());
  const learned = weightsFile({
    program: inputs.program,
    tensors: new Map(),
    fitted: fittedFor(fitted, inputs),
    golden: [],
  });
  const golden = goldenRequests(model, fitted, referenceOf(trained), seed);
  const test = testText(model);
  const files = new Map<string, GeneratedFile>([
    ["model.onnx", bytes],
    ...(data.length === 0 ? [] : ([[DATA_FILE, data]] as const)),
    ["inputs.ts", inputs.typescript],
    ["inputs.js", inputs.javascript],
    ["inputs.bin", learned],
    ["model.golden.json", `${JSON.stringify({ tolerance: TOLERANCE, requests: golden }, null, 1)}\n`],
    ["model.test.ts", test],
    ["model.test.js", withoutTypes(test)],
    ["package.json", packageJson(model, version)],
  ]);
  const names = new Set(files.keys());
  files.set("README.md", readmeText(model, onnx.model, form, names, version, golden[0]?.request));
  return files;
}

export function onnxProgram({ model, predict }: TrainedModel, form: OnnxForm): ValidGraph {
  return form === "optimised" ? rankingProgram(model, predict) : exportedProgram(model, lower(model));
}
