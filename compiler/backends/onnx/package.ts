// Makes the files of an ONNX folder from a model with its weights.

import { create } from "@bufbuild/protobuf";
import { option, wording } from "../../common/option-text.ts";
import { UsageError } from "../../common/usage-error.ts";
import { inputsStayEncoded } from "../../diagnostics/catalog/compile.ts";
import { type Diagnostic, diagnose, inText } from "../../diagnostics/diagnostic.ts";
import { lower } from "../../frontend/check/lower.ts";
import { classesOf } from "../../frontend/labels/predicted-values.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import { calibrationName, withCalibration } from "../../middle/programs/calibrated.ts";
import { exportedProgram, rankingProgram } from "../../middle/programs/ranking.ts";
import { TOLERANCE } from "../../serve/golden.ts";
import type { GoldenRequest } from "../../serve/weights.ts";
import { fieldRow, partFacts } from "../c-library/bindings/binding.ts";
import { requestParts } from "../c-library/inputs.ts";
import { labelsOf } from "../c-library/labels.ts";
import type { EmitOptions, GraphForm, InputValues } from "../contract/emit-options.ts";
import type { EmitContext, Emitted, GeneratedFile } from "../contract/emitted.ts";
import { requireValues, type TrainedModel } from "../contract/trained-model.ts";
import { goldenRequests } from "../golden/golden.ts";
import { referencesOf } from "../golden/reference.ts";
import { fittedFor, weightsFile } from "../serving/weights-file.ts";
import type { FedCount } from "./emit.ts";
import { DATA_FILE, onnxFiles } from "./external-data.ts";
import { type InputFacts, inputFacts } from "./input-facts.ts";
import { type EmittedInputs, emitInputs } from "./inputs.ts";
import { emitOnnxModel } from "./model.ts";
import { notesOf } from "./notes.ts";
import { type ModelProto, StringStringEntryProtoSchema } from "./onnx.generated.ts";
import { packageJson, readmeText, testFiles } from "./package-files.ts";
import { pythonInputs } from "./python-inputs.ts";
import { pythonTest, rawPythonTest } from "./python-test.ts";
import { type RequestFeeder, rawFeeds } from "./raw-feeds.ts";
import { type EncodedInput, RawFeeding } from "./raw-inputs.ts";
import { rawReadmeText, rawTestFiles } from "./raw-package-files.ts";

/** The parts of a folder, without golden requests, which take longest to make. */
export interface OnnxParts {
  readonly model: ModelProto;
  /** The code that turns raw requests into the model's inputs. */
  readonly inputs: EmittedInputs;
  /** The same code in Python. */
  readonly python: string;
  /** The bytes that `inputs` reads: vocabularies and fitted transforms. */
  readonly learned: Uint8Array;
  readonly facts: InputFacts;
  /** How inputs are computed from raw values; null if all are encoded. */
  readonly feeding: RawFeeding | null;
}

/** `values` are those that inputs take: as requests have them, or ids and transformed numbers. */
export function onnxParts(
  trained: TrainedModel,
  form: GraphForm,
  { version, graphHash }: Pick<EmitContext, "version" | "graphHash">,
  values: InputValues = "encoded",
): OnnxParts {
  const { model, fitted, parameters, tables, run } = trained;
  const graph = onnxProgram(trained, form);
  const weights = {
    parameter: (name: string) => requireValues(parameters, name),
    table: (name: string) => requireValues(tables, name).values,
  };
  const metadata = {
    ...{ "dinc.version": version, "dinc.graph": form, "dinc.graph_hash": graphHash(graph) },
    ...(run === null ? {} : { "dinc.run": run }),
  };
  const factsWith = (counts: readonly FedCount[]) => inputFacts(model, graph, counts, trained.padding);
  const feeding =
    values === "raw" ? new RawFeeding(factsWith([]), graph, fitted, notesOf(model).input) : null;
  const { model: onnx, counts } = emitOnnxModel(model, graph, weights, version, metadata, feeding);
  const read = factsWith(counts);
  const tell = (key: string, value: string) =>
    onnx.metadataProps.push(create(StringStringEntryProtoSchema, { key, value }));
  tell(REQUEST, requestText(model, read));
  if (feeding !== null) tell(INPUTS, inputsText(feeding));
  const inputs = emitInputs(read, { version, run });
  const python = pythonInputs(read, inputs.program, { version, run });
  const learned = weightsFile({
    program: inputs.program,
    run,
    tensors: new Map(),
    fitted: fittedFor(fitted, inputs),
    golden: [],
  });
  return { model: onnx, inputs, python, learned, facts: read, feeding };
}

/** The key of the model's metadata that says what a request holds. */
const REQUEST = "dinc.request";

/** The key of the metadata that says what each input takes, if not all are encoded. */
const INPUTS = "dinc.inputs";

function inputsText({ raw, encoded }: RawFeeding): string {
  const ofRaw = raw.map(({ name, type, width, missing, history, scope, raw: field, doc }) => ({
    ...{ name, values: "raw", type, width, doc },
    from:
      history === null
        ? { part: scope === "item" ? "candidates" : scope, field }
        : { history: history.name, most: history.max, field },
    ...(missing === null ? {} : { missing: Number.isNaN(missing) ? "NaN" : missing }),
  }));
  const ofEncoded = encoded.map(({ name, because }) => ({ name, values: "encoded", because }));
  return JSON.stringify([...ofRaw, ...ofEncoded]);
}

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
  { graph = "optimised", inputs = "encoded" }: EmitOptions,
  context: EmitContext,
): Promise<Emitted> {
  if (inputs === "raw" && graph === "exported")
    throw new UsageError(
      wording`${option("inputs", "raw")} is for ${option("graph", "optimised")}: the graph of a training export repeats the user's inputs for each candidate`,
    );
  const { version, seed } = context;
  const { model, run } = trained;
  const parts = onnxParts(trained, graph, context, inputs);
  const { model: bytes, data } = onnxFiles(parts.model);
  const golden = goldenRequests(trained, referencesOf(trained), seed);
  const hasEncoder = parts.feeding === null || parts.feeding.encoded.length > 0;
  const isDataApart = data.length > 0;
  const files = new Map<string, GeneratedFile>([
    ["model.onnx", bytes],
    ...(isDataApart ? ([[DATA_FILE, data]] as const) : []),
    ...(hasEncoder ? encoderFiles(parts) : []),
    ...(parts.feeding === null
      ? encodedFiles(trained, parts, golden, graph, isDataApart, version)
      : await rawFiles(trained, parts, parts.feeding, golden, isDataApart, context)),
    ["package.json", packageJson(model, version, run, hasEncoder)],
  ]);
  return { files, diagnostics: parts.feeding === null ? [] : stayingEncoded(parts.feeding.encoded) };
}

/** One warning, at the first feature in the spec. */
function stayingEncoded(encoded: readonly EncodedInput[]): Diagnostic[] {
  const inputs = encoded
    .filter(({ feature }, i) => encoded.findIndex((each) => each.feature === feature) === i)
    .sort((a, b) => a.feature.span.start - b.feature.span.start);
  const [first, ...more] = inputs;
  if (first === undefined) return [];
  const related = more.map(({ name, feature }) => ({ location: inText(feature.span), label: `\`${name}\`` }));
  return [diagnose(inputsStayEncoded, { inputs }, inText(first.feature.span), { related })];
}

function encoderFiles({ inputs, python, learned }: OnnxParts): [string, GeneratedFile][] {
  return [
    ["inputs.ts", inputs.typescript],
    ["inputs.js", inputs.javascript],
    ["inputs.py", python],
    ["inputs.bin", learned],
  ];
}

function goldenText(requests: readonly object[]): string {
  return `${JSON.stringify({ tolerance: TOLERANCE, requests }, null, 1)}\n`;
}

function encodedFiles(
  { model, calibration }: TrainedModel,
  { model: onnx }: OnnxParts,
  golden: readonly GoldenRequest[],
  graph: GraphForm,
  isDataApart: boolean,
  version: string,
): [string, GeneratedFile][] {
  const test = testFiles(model);
  return [
    ["model.golden.json", goldenText(golden)],
    ["model.test.ts", test.typescript],
    ["model.test.js", test.javascript],
    ["model_test.py", pythonTest(model)],
    ["README.md", readmeText(model, onnx, graph, isDataApart, version, golden[0]?.request, calibration)],
  ];
}

/** inputs.js */
interface EncoderModule {
  createEncoder(data: Uint8Array): RequestFeeder;
}

async function rawFiles(
  { model, calibration }: TrainedModel,
  { model: onnx, inputs, learned, facts }: OnnxParts,
  feeding: RawFeeding,
  golden: readonly GoldenRequest[],
  isDataApart: boolean,
  { version, load }: EmitContext,
): Promise<[string, GeneratedFile][]> {
  const module = feeding.encoded.length === 0 ? null : ((await load(inputs.javascript)) as EncoderModule);
  const encoder = module?.createEncoder(learned) ?? null;
  const requests = golden.map(({ request, logits }) => {
    const tensors = rawFeeds(feeding, facts, request, encoder);
    return { request, tensors, logits };
  });
  const test = rawTestFiles(model);
  const hasPadding = facts.read.fillings.size > 0;
  const readme = { model, onnx, feeding, hasPadding, isDataApart, version, calibration };
  return [
    ["model.golden.json", goldenText(requests)],
    ["model.test.ts", test.typescript],
    ["model.test.js", test.javascript],
    ["model_test.py", rawPythonTest(model)],
    ["README.md", rawReadmeText({ ...readme, example: requests[0]?.tensors ?? {} })],
  ];
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
