// From a model with its weights to the files of an ONNX folder.

import type { GraphForm } from "../../compiler/backends/contract/emit-options.ts";
import { DATA_FILE, onnxFiles } from "../../compiler/backends/onnx/external-data.ts";
import { type EmittedInputs, emitInputs } from "../../compiler/backends/onnx/inputs.ts";
import { emitOnnxModel } from "../../compiler/backends/onnx/model.ts";
import type { ModelProto } from "../../compiler/backends/onnx/onnx.generated.ts";
import { packageJson, readmeText, testFiles } from "../../compiler/backends/onnx/package-files.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exportedProgram, rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import type { GeneratedFile, GeneratedFiles } from "../files/output-folder.ts";
import { graphHash } from "../run/graph-hash.ts";
import { TOLERANCE } from "../serve/golden.ts";
import { fittedFor, found } from "./compile-model.ts";
import { goldenRequests } from "./golden.ts";
import { referencesOf } from "./reference.ts";
import type { TrainedModel } from "./trained-model.ts";
import { weightsFile } from "./weights-file.ts";

/** What a folder is about; golden requests, which take longest to make, are not in it. */
export interface OnnxParts {
  readonly model: ModelProto;
  /** From raw requests to the model's inputs. */
  readonly inputs: EmittedInputs;
  /** The bytes that `inputs` reads: vocabularies and what transforms learned. */
  readonly learned: Uint8Array;
}

export async function onnxParts(trained: TrainedModel, form: GraphForm, version: string): Promise<OnnxParts> {
  const { model, fitted, parameters, tables, run } = trained;
  const graph = onnxProgram(trained, form);
  const weights = {
    parameter: (name: string) => found(parameters, name),
    table: (name: string) => found(tables, name).values,
  };
  const facts = {
    ...{ "dinc.version": version, "dinc.graph": form, "dinc.graph_hash": graphHash(graph) },
    ...(run === null ? {} : { "dinc.run": run }),
  };
  const { model: onnx, counts } = emitOnnxModel(model, graph, weights, version, facts);
  const inputs = emitInputs(model, graph, counts, { version, run });
  const learned = weightsFile({
    program: inputs.program,
    run,
    tensors: new Map(),
    fitted: fittedFor(fitted, inputs),
    golden: [],
  });
  return { model: onnx, inputs, learned };
}

/** The files of the folder by name. `seed` draws the golden requests. */
export async function compileOnnx(
  trained: TrainedModel,
  form: GraphForm,
  version: string,
  seed: number,
): Promise<GeneratedFiles> {
  const { model, fitted, run } = trained;
  const { model: onnx, inputs, learned } = await onnxParts(trained, form, version);
  const { model: bytes, data } = onnxFiles(onnx);
  const golden = goldenRequests(model, fitted, referencesOf(trained), seed);
  const test = testFiles(model);
  const files = new Map<string, GeneratedFile>([
    ["model.onnx", bytes],
    ...(data.length === 0 ? [] : ([[DATA_FILE, data]] as const)),
    ["inputs.ts", inputs.typescript],
    ["inputs.js", inputs.javascript],
    ["inputs.bin", learned],
    ["model.golden.json", `${JSON.stringify({ tolerance: TOLERANCE, requests: golden }, null, 1)}\n`],
    ["model.test.ts", test.typescript],
    ["model.test.js", test.javascript],
    ["package.json", packageJson(model, version, run)],
  ]);
  files.set("README.md", readmeText(model, onnx, form, data.length > 0, version, golden[0]?.request));
  return files;
}

function onnxProgram({ model, predict }: TrainedModel, form: GraphForm): ValidGraph {
  return form === "optimised" ? rankingProgram(model, predict) : exportedProgram(model, lower(model));
}
