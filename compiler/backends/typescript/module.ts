// Generates `model.ts`, without imports from elsewhere: a ranking program with a typed API, its kernels, and the
// readers of raw values. The weights file holds the weights and the fitted values of the features, and the
// module checks that file.

import { fingerprintOf } from "../../common/fingerprint.ts";
import { invariant, unreachable } from "../../common/internal-error.ts";
import { comment, quoted } from "../../common/quoting.ts";
import type { Padding } from "../../frontend/config/padding.ts";
import { hasLearningPipe, keepsVocabulary, knownValues } from "../../frontend/kinds/registry.ts";
import { type Feature, featureNamed, type Model, ownerOf } from "../../frontend/model/model.ts";
import { validate } from "../../middle/builder/validate.ts";
import type { NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { outputNames } from "../../middle/graph/outputs.ts";
import { dropDeadNodes } from "../../middle/passes/drop-dead-nodes.ts";
import { channelsOf, servedNames } from "../../middle/training/channels.ts";
import { hasTwins } from "../code/program.ts";
import type { Mode, SessionLife } from "../contract/emit-options.ts";
import type { AppendCost, CodeOrigins, EmitContext } from "../contract/emitted.ts";
import { appendedValues, savedValues } from "../serving/appended-values.ts";
import { type Plan, requireWhole, type TableStorage } from "../serving/plan.ts";
import { planProgram } from "../serving/planner.ts";
import { withStorage } from "../serving/table-storage.ts";
import type { CountedColumns } from "../serving/weights-file.ts";
import { fusedOffsets } from "../wasm/encode.ts";
import { wasmProgram } from "../wasm/program.ts";
import { appendCosts } from "./append-costs.ts";
import { appendsOf } from "./appends.ts";
import { bundle, isBundled, mostCandidates, TOGETHER } from "./bundle.ts";
import { countedColumns } from "./counting.ts";
import { withParts } from "./crosses.ts";
import { attentionsConstant, type Explained } from "./explain.ts";
import { type FinishedModule, finishModule, type Heading } from "./finish-module.ts";
import { LINE_WIDTH, wrappedWords } from "./line-breaks.ts";
import { binaryConstant, programDeclarations, type WeightsSource } from "./program.ts";
import { type ReadInputs, readInputs } from "./read-inputs.ts";
import { featureVariables } from "./readers.ts";
import { inputsFunction, outputDeclarations } from "./request-tables.ts";
import { propertyName, requestInterfaces } from "./schema.ts";
import { hasTop, type ScoredLabel, type ScoredOutput, scoresDeclarations } from "./scored-labels.ts";
import { statementOrigins } from "./statements.ts";
import { type UserVector, userVectorConstant } from "./user-vector.ts";
import { ValueNames } from "./value-names.ts";
import {
  type BundledDeclaration,
  type ConstantDeclaration,
  codeIn,
  type Declaration,
  type InterfaceDeclaration,
  mentionedBy,
  plainTypescript,
  written,
} from "./writer.ts";

export interface EmittedModule extends FinishedModule {
  /**
   * The module's WebAssembly, for users that need it as a file, and the input of `relaxedForm`, which makes
   * its other form; null if histories are too long for its memory.
   */
  readonly wasm: { readonly simd: Uint8Array; readonly fused: Uint8Array } | null;
  readonly places: CodeOrigins;
  /** The parts of a request that it reads. */
  readonly inputs: ReadInputs;
  /** Products of its WebAssembly in 16-bit integers. */
  readonly quantised: readonly { readonly inner: number; readonly outer: number }[];
  /** The content that the weights file must have. */
  readonly parameters: readonly string[];
  readonly tables: readonly string[];
  /** Features with a vocabulary there, and features with fitted transforms. */
  readonly vocabularies: readonly string[];
  readonly transforms: readonly string[];
  readonly counted: CountedColumns;
  /** The cost of an event, by history; null unless sessions take events. */
  readonly appends: readonly AppendCost[] | null;
  /** A text that is the same if requests hold the same values with the same encoding. */
  readonly encoding: string;
}

/** These come first, because they are what users call. */
export const apiNames: readonly string[] = ["RankerOptions", "createRanker", "Ranker", "Session"];

const publicNames = [
  "RankerInputError",
  "RankerWeightsError",
  "RankerWasmError",
  "RawId",
  "Top",
  "Columns",
  "SetColumn",
  "WasmModule",
  "Backend",
  "About",
  "RankerStats",
  "ValueStats",
  "HistoryStats",
  "NumberStats",
  "sumStats",
];

const exported = new Set([...apiNames, ...publicNames, "Attention", "EmbeddingSource", "RankerStateError"]);

/** The type of events. */
const eventType: Declaration = {
  ...{ kind: "type", name: "UserEvent", isExported: true },
  doc: "New steps, by history.",
  type: "Partial<Histories>",
};

const membersOfAppends = [
  ...["Session.append", "Session.save", "Session.load", "Ranker.loadSession"],
  ...["StoredWeights.checksum", "WeightsFile.checksum", "RankerCounters.addEvent"],
];

export interface ModuleOptions {
  readonly mode?: Mode;
  readonly sessions?: SessionLife;
  readonly checkAppends?: EmitContext["checkAppends"] | undefined;
  /** Tables that are copied to WebAssembly's memory in addition to the projected ones. */
  readonly beside?: ReadonlySet<string>;
  /** An additional output of the module. */
  readonly userVector?: UserVector | null;
  /** The padding of histories in requests. */
  readonly padding?: Padding | null;
}

/**
 * `graph` is a ranking program (see `toRequest`) whose outputs are the logits of `model`'s predictions, its
 * outputs, and the values that explain them (see `explainable`).
 */
export function emitModule(
  model: Model,
  graph: ValidGraph,
  explained: readonly Explained[],
  storageOf: (table: string) => TableStorage,
  origin: Pick<Heading, "version" | "run">,
  {
    mode = "exact",
    sessions = "request",
    checkAppends,
    beside = new Set(),
    userVector = null,
    padding = null,
  }: ModuleOptions = {},
): EmittedModule {
  const ranking = withParts(model, graph);
  const plan = withStorage(planProgram(ranking, beside, sessions === "append"), storageOf);
  const names = new ValueNames(plan);
  requireWhole(plan);
  const read = readInputs(model, plan, padding, true);
  const { bound, histories, fillings, crosses, served, features } = read;
  const count = bound.reduce(
    (sum, { input, rowOf, weights }) => sum + [input, rowOf, weights].filter((each) => each !== null).length,
    0,
  );
  invariant(
    count + crosses.length + served.length === plan.inputs.length,
    "the graph has an input that the model does not declare",
  );
  const labels = model.predictions.map((prediction): ScoredLabel => {
    const channels = channelsOf(prediction).map((channel) => {
      const output = plan.outputs.find(({ name }) => name === outputNames.logit(channel));
      invariant(output?.size === 1, `the graph has no logit of ${channel}`);
      return output;
    });
    return { label: prediction.label, type: model.labels.get(prediction.label)!.type, channels };
  });
  const outputs = model.outputs.map((each): ScoredOutput => {
    const planned = plan.outputs.find(({ name }) => name === outputNames.output(each.name));
    invariant(planned?.size === each.width, `the graph has no output ${each.name}`);
    return { ...each, planned };
  });

  const named = histories.map(({ name }) => name);
  const costs = sessions === "append" ? appendCosts(named, ranking, names) : null;
  if (costs !== null) checkAppends?.(costs);

  invariant(hasTwins(plan), "a ranking program computes what only training does");
  const longest = (history: string) => {
    const found = model.histories.get(history);
    invariant(found, `the model has no history ${history}`);
    return found.max;
  };
  const keeps = costs === null ? null : savedValues(plan, appendedValues(ranking, plan));
  const scores = (keeps === null ? onlyScores : scoresOfAll)(model, ranking);
  const wasm = wasmProgram(scores, longest, mode, beside, keeps);
  const appends = costs === null ? null : appendsOf(ranking, names, read, { costs, wasm });
  const quantised = (wasm?.quantised ?? []).map(({ inner, outer }) => ({ inner, outer }));

  const stored = plan.tables.filter(({ storage }) => storage === "source");
  const types: readonly Declaration[] = [
    ...requestInterfaces(model, read),
    ...(appends === null ? [] : [eventType]),
    {
      ...{ kind: "type", name: "Candidates", isExported: true },
      doc: "Candidates as a list, or as columns.",
      type: "readonly Candidate[] | Columns<CandidateColumns>",
    },
    ...scoresDeclarations(labels, outputs),
    ...(stored.length === 0 ? [] : [tablesInterface(stored)]),
  ];
  // A feature that is read only as its served value has a table too, whose vocabulary tells its rows.
  const tabled = plan.tables
    .filter(({ storage }) => storage !== "source")
    .map(({ name }) => ownerOfTable(name, model));
  const weights = weightsSource(model);
  const own: readonly Declaration[] = [
    inputsFunction(read, names),
    ...outputDeclarations(labels, outputs, names),
    ...(explained.length > 0 ? [attentionsConstant(names, explained)] : []),
    ...(userVector === null ? [] : [userVectorConstant(names, userVector)]),
    ...mostCandidates(plan.together),
    {
      ...{ kind: "constant", name: "SOURCES", type: "readonly string[]" },
      value: `[${stored.map(({ name }) => quoted(name)).join(", ")}]`,
    },
    ...programDeclarations(names, wasm, weights),
    ...(appends ?? []),
  ];
  const without = new Set([
    ...(features.some(hasLearningPipe) ? [] : ["WeightsFile.learned"]),
    ...(hasTop(labels, outputs) ? [] : ["Ranker.topK", "Session.topK"]),
    ...(histories.length > 0 ? [] : ["Ranker.encodeHistory"]),
    ...(explained.length > 0 ? [] : ["Ranker.explain"]),
    ...(userVector === null ? ["Ranker.userVector"] : []),
    ...(stored.length > 0 ? [] : ["RankerOptions.tables"]),
    ...(appends === null ? membersOfAppends : []),
  ]);
  // Comes after the library, because it uses a constant of it.
  const close: ConstantDeclaration = {
    ...{ kind: "constant", name: "CLOSE", type: "Tolerance" },
    value: quantised.length > 0 ? "FAST_TOLERANCE" : "TOLERANCE",
  };
  const mentioned = [...mentionedBy([...types, ...own, close, binaryConstant(wasm)])].filter(isBundled);
  const roots = [
    ...[...apiNames, ...publicNames, weights.name, ...mentioned],
    ...(appends === null ? [] : ["RankerStateError"]),
  ];
  const library = bundle(roots, exported, without, plan.together === null ? undefined : TOGETHER);
  const isApi = ({ name }: Declaration) => apiNames.includes(name);
  // A class comes before its subclasses.
  const isBase = ({ name }: Declaration) => name === weights.name;
  const declarations: readonly Declaration[] = [
    ...types,
    ...library
      .filter(isApi)
      .map((each) => (each.name === "createRanker" ? documented(each, model.doc) : each)),
    ...library.filter(isBase),
    ...own,
    ...library.filter((each) => !isApi(each) && !isBase(each)),
    close,
  ];
  const finished = finishModule(
    declarations,
    {
      does: `Ranks candidates by the model ${model.name}`,
      ...{ model: model.name, carrier: "model.weights.bin", ...origin },
    },
    [binaryConstant(wasm)],
  );
  return {
    inputs: read,
    ...finished,
    wasm: wasm === null ? null : { simd: wasm.encoded.plain, fused: fusedOffsets(wasm.encoded) },
    places: {
      functions: wasm?.code.functions.map(({ does }) => does) ?? [],
      statements: statementOrigins(names),
    },
    quantised,
    parameters: plan.parameters.map(({ name }) => name),
    tables: plan.tables.map(({ name }) => name),
    vocabularies: [...new Set([...features, ...tabled].filter(keepsVocabulary).map(ownerOf))],
    transforms: [...new Set(features.filter(hasLearningPipe).map(ownerOf))],
    counted: countedColumns(bound, histories),
    appends: costs,
    encoding: fingerprintOf(
      [
        ...histories.map(({ name, max }) => [name, max, ...(fillings.get(name) ?? [])].join(" ")),
        written(requestInterfaces(model, read), {
          ...plainTypescript,
          comments: false,
        }),
        ...featureVariables(features).map((code) => codeIn(code, plainTypescript)),
      ].join("\n"),
    ),
  };
}

/** Puts the model's documentation above the declaration's own. */
function documented(declaration: BundledDeclaration, doc: string): BundledDeclaration {
  if (doc === "") return declaration;
  const above = comment(doc)
    .split("\n")
    .flatMap((line) => wrappedWords(line, LINE_WIDTH, 3))
    .map((line) => (line === "" ? " *\n" : ` * ${line}\n`));
  const typescript = declaration.typescript.replace("/**\n", () => `/**\n${above.join("")} *\n`);
  return { ...declaration, typescript };
}

function tablesInterface(stored: Plan["tables"]): InterfaceDeclaration {
  return {
    kind: "interface",
    name: "Tables",
    isExported: true,
    doc: "Tables whose rows are in a store. Errors of a source are passed on.",
    properties: stored.map(({ name, width }) => ({
      name: propertyName(name),
      type: "EmbeddingSource",
      isReadonly: true,
      doc: `${width} numbers a row.`,
    })),
  };
}

/** Reads weights from the weights file, and from the stores of tables. */
function weightsSource(model: Model): WeightsSource {
  return {
    name: "StoredWeights",
    parameter: ({ name, dims }) =>
      `this.file.parameter(${quoted(name)}, ${dims.length === 0 ? 1 : dims.join(" * ")})`,
    table: (table) => tableText(table, model),
  };
}

function tableText({ name, width, storage }: Plan["tables"][number], model: Model): string {
  const table = quoted(name);
  switch (storage) {
    case "f32":
      return `this.file.table(${table}, ${countOfKnown(name, model)}, ${width})`;
    case "f16":
      return `halfTable(this.file, ${table}, ${countOfKnown(name, model)}, ${width})`;
    case "i8":
      return `byteTable(this.file, ${table}, ${countOfKnown(name, model)}, ${width})`;
    case "source":
      return `sourceTable(this.tables, ${table}, ${width})`;
    default:
      return unreachable(storage, "storage");
  }
}

function ownerOfTable(table: string, model: Model): Feature {
  const owner = model.tables.get(table)?.feature;
  invariant(owner, `table ${table} belongs to no feature`);
  return featureNamed(model, owner);
}

/** The number of values of a table's feature, as an expression. */
function countOfKnown(table: string, model: Model): string {
  const feature = ownerOfTable(table, model);
  return String(knownValues(feature, null) ?? `this.file.vocabulary(${quoted(feature.name)}).length`);
}

/** WebAssembly computes only scores and outputs, and the ids that crosses need. */
export function onlyScores(model: Model, ranking: ValidGraph): ValidGraph {
  return validate(dropDeadNodes(scoresOfAll(model, ranking)));
}

/** The same with all nodes, so that each keeps its id. */
function scoresOfAll(model: Model, ranking: ValidGraph): ValidGraph {
  const isScore = scoresOf(model, ranking);
  const kept = [...ranking.outputs].filter(([name, id]) => isScore(name, id));
  return validate({ ...ranking, outputs: new Map(kept), roles: new Map() });
}

/** Tells outputs that WebAssembly computes. */
function scoresOf(model: Model, { nodes }: ValidGraph): (name: string, id: NodeId) => boolean {
  const served = new Set(servedNames(model));
  return (name, id) => served.has(name) || nodes[id]!.type.dtype === "i32";
}
