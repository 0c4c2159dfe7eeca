// Makes the files of an ONNX folder from a model with its weights.

import { create } from "@bufbuild/protobuf";
import { lower } from "../../frontend/check/lower.ts";
import { classesOf } from "../../frontend/labels/predicted-values.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import { calibrationName, withCalibration } from "../../middle/programs/calibrated.ts";
import { exportedProgram, rankingProgram } from "../../middle/programs/ranking.ts";
import { TOLERANCE } from "../../serve/golden.ts";
import { fieldRow, partFacts } from "../c-library/bindings/binding.ts";
import { requestParts } from "../c-library/inputs.ts";
import { labelsOf } from "../c-library/labels.ts";
import type { EmitOptions, GraphForm } from "../contract/emit-options.ts";
import type { EmitContext, Emitted, GeneratedFile } from "../contract/emitted.ts";
import { requireValues, type TrainedModel } from "../contract/trained-model.ts";
import { goldenRequests } from "../golden/golden.ts";
import { referencesOf } from "../golden/reference.ts";
import { fittedFor, weightsFile } from "../serving/weights-file.ts";
import { DATA_FILE, onnxFiles } from "./external-data.ts";
import { type InputFacts, inputFacts } from "./input-facts.ts";
import { type EmittedInputs, emitInputs } from "./inputs.ts";
import { emitOnnxModel } from "./model.ts";
import { type ModelProto, StringStringEntryProtoSchema } from "./onnx.generated.ts";
import { packageJson, readmeText, testFiles } from "./package-files.ts";
import { pythonInputs } from "./python-inputs.ts";
import { pythonTest } from "./python-test.ts";

/** The parts of a folder, without golden requests, which take longest to make. */
export interface OnnxParts {
  readonly model: ModelProto;
  /** The code that turns raw requests into the model's inputs. */
  readonly inputs: EmittedInputs;
  /** The same code in Python. */
  readonly python: string;
  /** The bytes that `inputs` reads: vocabularies and fitted transforms. */
  readonly learned: Uint8Array;
}

export function onnxParts(
  trained: TrainedModel,
  form: GraphForm,
  { version, graphHash }: Pick<EmitContext, "version" | "graphHash">,
): OnnxParts {
  const { model, fitted, parameters, tables, run } = trained;
  const graph = onnxProgram(trained, form);
  const weights = {
    parameter: (name: string) => requireValues(parameters, name),
    table: (name: string) => requireValues(tables, name).values,
  };
  const facts = {
    ...{ "dinc.version": version, "dinc.graph": form, "dinc.graph_hash": graphHash(graph) },
    ...(run === null ? {} : { "dinc.run": run }),
  };
  const { model: onnx, counts } = emitOnnxModel(model, graph, weights, version, facts);
  const read = inputFacts(model, graph, counts, trained.padding);
  onnx.metadataProps.push(
    create(StringStringEntryProtoSchema, { key: REQUEST, value: requestText(model, read) }),
  );
  const inputs = emitInputs(read, { version, run });
  const python = pythonInputs(read, inputs.program, { version, run });
  const learned = weightsFile({
    program: inputs.program,
    run,
    tensors: new Map(),
    fitted: fittedFor(fitted, inputs),
    golden: [],
  });
  return { model: onnx, inputs, python, learned };
}

/** The key of the model's metadata that says what a request holds. */
const REQUEST = "dinc.request";

/** The fields of each part, with the columns of training's rows, and the labels: for callers without the spec. */
function requestText(model: Model, { read }: InputFacts): string {
  const { parts, candidates } = requestParts(read);
  const rows = [...parts, candidates].map((part) => {
    const { kind, name, fields } = partFacts(model, part);
    return { kind, name, fields: fields.map(fieldRow) };
  });
  const labels = labelsOf({ ...model, outputs: [] }).map(({ name, link, low }) => ({
    ...{ name, link, low, classes: classesOf(model.labels.get(name)!) },
  }));
  const outputs = model.outputs.map(({ name, width, per }) => ({ name, width, per }));
  const together = model.requests === null ? {} : { together: model.requests.max };
  return JSON.stringify({ parts: rows, labels, ...(outputs.length === 0 ? {} : { outputs }), ...together });
}

export async function emitPackage(
  trained: TrainedModel,
  { graph: form = "optimised" }: EmitOptions,
  context: EmitContext,
): Promise<Emitted> {
  const { version, seed } = context;
  const { model, run } = trained;
  const { model: onnx, inputs, python, learned } = onnxParts(trained, form, context);
  const { model: bytes, data } = onnxFiles(onnx);
  const golden = goldenRequests(trained, referencesOf(trained), seed);
  const test = testFiles(model);
  const files = new Map<string, GeneratedFile>([
    ["model.onnx", bytes],
    ...(data.length === 0 ? [] : ([[DATA_FILE, data]] as const)),
    ["inputs.ts", inputs.typescript],
    ["inputs.js", inputs.javascript],
    ["inputs.py", python],
    ["inputs.bin", learned],
    ["model.golden.json", `${JSON.stringify({ tolerance: TOLERANCE, requests: golden }, null, 1)}\n`],
    ["model.test.ts", test.typescript],
    ["model.test.js", test.javascript],
    ["model_test.py", pythonTest(model)],
    ["package.json", packageJson(model, version, run)],
  ]);
  files.set(
    "README.md",
    readmeText(model, onnx, form, data.length > 0, version, golden[0]?.request, trained.calibration),
  );
  return { files };
}

function onnxProgram(trained: TrainedModel, form: GraphForm): ValidGraph {
  const { model, predict, calibration } = trained;
  if (form === "optimised") return rankingProgram(model, predict);
  const forward = lower(model);
  if (calibration === null) return exportedProgram(model, forward);
  const widths = [...calibration.predictions.keys()].map((label) => {
    const name = calibrationName(label);
    const { width } = trained.tables.get(name) ?? { width: requireValues(trained.parameters, name).length };
    return [label, { width }] as const;
  });
  return exportedProgram(model, withCalibration(forward, new Map(widths), calibration.by));
}
