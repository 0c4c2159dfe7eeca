// Generates `model.ts`, one file without imports: a ranking program with a typed API, its kernels, and the
// reading of raw values. The weights file holds the weights and the fitted values of the features, and the
// module checks that file.

import { fingerprintOf } from "../../common/fingerprint.ts";
import { invariant } from "../../common/internal-error.ts";
import { comment, quoted } from "../../common/quoting.ts";
import { fillingsOf, type Padding } from "../../frontend/config/padding.ts";
import { hasLearningPipe, keepsVocabulary } from "../../frontend/kinds/registry.ts";
import { labelKindOf } from "../../frontend/labels/registry.ts";
import { type Model, ownerOf } from "../../frontend/model/model.ts";
import { validate } from "../../middle/builder/validate.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import { outputNames } from "../../middle/graph/outputs.ts";
import { dropDeadNodes } from "../../middle/passes/drop-dead-nodes.ts";
import { allChannels, channelsOf } from "../../middle/training/channels.ts";
import type { Mode } from "../contract/emit-options.ts";
import type { CodePlaces } from "../contract/emitted.ts";
import type { Plan, TableStorage } from "../serving/plan.ts";
import { planProgram } from "../serving/planner.ts";
import { withStorage } from "../serving/table-storage.ts";
import type { CountedColumns } from "../serving/weights-file.ts";
import { fusedPlaces, hasWasm, type WasmProgram, wasmProgram } from "../wasm/program.ts";
import { bundle } from "./bundle.ts";
import { explainMethod, goldenArguments, rankerClass, sessionClass } from "./classes.ts";
import { countedClass, countedColumns } from "./counting.ts";
import { carriedForCross, withParts } from "./crosses.ts";
import { type Explained, explainFunction } from "./explain.ts";
import { type FinishedModule, finishModule, type Heading } from "./finish-module.ts";
import { binaryConstant, programDeclarations, startArguments, usedFunctions } from "./program.ts";
import { carriedFor, encodingMethods, featuresClass, historyEnd, readerDeclarations } from "./readers.ts";
import {
  bindInputs,
  crossInputs,
  propertyName,
  readHistories,
  requestInterfaces,
  servedInputs,
  stepTimesOf,
} from "./schema.ts";
import { type ScoredLabel, scoresDeclarations, scoringFunctions } from "./scored-labels.ts";
import { placedStatements } from "./statements.ts";
import { type UserVector, userVectorFunction, userVectorMethod } from "./user-vector.ts";
import {
  type Declaration,
  type FunctionDeclaration,
  type InterfaceDeclaration,
  mentionedBy,
  written,
} from "./writer.ts";

export interface EmittedModule extends FinishedModule {
  /**
   * The module's WebAssembly, for where it has to be a file, and what `relaxedForm` makes the other form of
   * it by; null where histories are too long for its memory.
   */
  readonly wasm: { readonly simd: Uint8Array; readonly fused: Uint8Array } | null;
  readonly places: CodePlaces;
  /** Products of its WebAssembly that are done in 16-bit integers. */
  readonly quantised: readonly { readonly inner: number; readonly outer: number }[];
  /** What the weights file must hold. */
  readonly parameters: readonly string[];
  readonly tables: readonly string[];
  /** Features whose vocabulary it must hold, and those whose transforms learn something. */
  readonly vocabularies: readonly string[];
  readonly transforms: readonly string[];
  readonly counted: CountedColumns;
  /** A text that is the same where requests hold the same values, which are encoded alike. */
  readonly encoding: string;
}

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

export interface ModuleOptions {
  readonly mode?: Mode;
  /** Tables that are copied to WebAssembly's memory beside the projected ones. */
  readonly beside?: ReadonlySet<string>;
  /** An output that the module gives. */
  readonly userVector?: UserVector | null;
  /** The padding of histories in requests. */
  readonly padding?: Padding | null;
}

/**
 * `graph` is a ranking program (see `toRequest`) whose outputs are the logits of `model`'s predictions, and
 * what explains them (see `explainable`).
 */
export function emitModule(
  model: Model,
  graph: ValidGraph,
  explained: readonly Explained[],
  storageOf: (table: string) => TableStorage,
  origin: Pick<Heading, "version" | "run">,
  { mode = "exact", beside = new Set(), userVector = null, padding = null }: ModuleOptions = {},
): EmittedModule {
  const ranking = withParts(model, graph);
  const plan = withStorage(planProgram(ranking, beside), storageOf);
  invariant(plan.independentCandidates, "a candidate's score depends on other candidates");
  const bound = bindInputs(model, plan);
  const histories = readHistories(model, plan.histories, bound);
  const fillings = fillingsOf(padding, model.histories.keys());
  const crosses = crossInputs(model, plan);
  const served = servedInputs(model, plan);
  const read = bound.reduce((count, { rowOf }) => count + (rowOf === null ? 1 : 2), 0);
  invariant(
    read + crosses.length + served.length === plan.inputs.length,
    "the graph has an input that the model does not declare",
  );
  const features = [...new Set(bound.map(({ feature }) => feature))];
  const labels = model.predictions.map((prediction): ScoredLabel => {
    const channels = channelsOf(prediction).map((channel) => {
      const output = plan.outputs.find(({ name }) => name === outputNames.logit(channel));
      invariant(output?.size === 1, `the graph has no logit of ${channel}`);
      return output;
    });
    return { label: prediction.label, type: model.labels.get(prediction.label)!.type, channels };
  });

  invariant(hasWasm(plan), "a ranking program computes what only training does");
  const longest = (history: string) => {
    const found = model.histories.get(history);
    invariant(found, `the model has no history ${history}`);
    return found.max;
  };
  const wasm = wasmProgram(onlyScores(model, ranking), longest, mode, beside);
  const quantised = (wasm?.quantised ?? []).map(({ inner, outer }) => ({ inner, outer }));

  const stored = plan.tables.filter(({ storage }) => storage === "source");
  const declarations: readonly Declaration[] = [
    ...requestInterfaces(model, bound, histories, fillings, "columns"),
    {
      ...{ kind: "type", name: "Candidates", isExported: true },
      doc: "Candidates as a list, or as columns.",
      type: "readonly Candidate[] | Columns<CandidateColumns>",
    },
    ...scoresDeclarations(labels),
    ...(stored.length === 0 ? [] : [tablesInterface(stored)]),
    optionsInterface(stored.length > 0),
    createFunction(model, labels, stored, wasm, quantised.length > 0),
    rankerClass(model, plan, labels, { hasWasm: wasm !== null, isFast: quantised.length > 0 }, [
      ...encodingMethods(bound, histories, fillings, features),
      ...(explained.length > 0 ? [explainMethod] : []),
      ...(userVector === null ? [] : [userVectorMethod(userVector)]),
    ]),
    sessionClass(labels, wasm !== null),
    featuresClass(features, true),
    countedClass(bound, histories, features, labels),
    ...readerDeclarations(
      plan,
      wasm,
      bound,
      histories,
      fillings,
      crosses,
      served,
      features,
      labels,
      stepTimesOf(model, bound),
    ),
    ...(explained.length > 0
      ? [
          explainFunction(plan, wasm !== null, explained, (history, given) =>
            historyEnd(histories, fillings, history, given),
          ),
        ]
      : []),
    ...(userVector === null ? [] : [userVectorFunction(plan, wasm !== null, userVector)]),
    ...programDeclarations(plan, wasm),
  ];
  const known = [
    ...usedFunctions(plan),
    ...[
      "WeightsFile",
      "readRecord",
      "readList",
      "propertyOf",
      "countRecords",
      "readId",
      "readIds",
      "readNumber",
      "readNumbers",
      "readVector",
      "readVectors",
      "requirePast",
      "readSet",
      "readSets",
    ],
    ...["encodeIds", "encodeNumbers", "encodeVectors", "encodeSets", "Records", "ColumnShape"],
    ...["IdSpace", "SetSpace", "Numbers", "NumbersSpace", "OrUnknown", "latestFrom"],
    ...["HistoryFilling", "ownSteps", "encodeOwnSteps"],
    ...features.flatMap(carriedFor),
    ...crosses.flatMap(carriedForCross),
    ...[
      "EmbeddingSource",
      "HalfTable",
      "ByteTable",
      "SourceTable",
      "halfTable",
      "byteTable",
      "sourceTable",
      "checkSources",
    ],
    ...(explained.length > 0 ? ["Attention", "newWeights", "weighSteps", "askSteps"] : []),
    ...["IdCounter", "NumberCounter", "LengthCounter", "PresenceCounter", "ScoreCounter", "Counters"],
    ...["startWasm", "checkGiven", "candidatesAtATime"],
    ...scoringFunctions,
    ...labels.flatMap(({ type }) => labelKindOf({ type }).kernel ?? []),
    ...["verifyGolden", "FAST_TOLERANCE"],
  ];
  const mentioned = mentionedBy(declarations);
  const roots = [...publicNames, ...known.filter((name) => mentioned.has(name))];
  const bundled = bundle(roots, new Set([...publicNames, "Attention", "EmbeddingSource"]));
  const finished = finishModule(
    [...declarations, ...bundled],
    {
      does: `Ranks candidates by the model ${model.name}`,
      ...{ model: model.name, carrier: "model.weights.bin", ...origin },
    },
    wasm === null ? [] : [binaryConstant(wasm)],
  );
  return {
    ...finished,
    wasm: wasm === null ? null : { simd: wasm.encoded.plain, fused: fusedPlaces(wasm.encoded) },
    places: { functions: wasm?.functions ?? [], statements: placedStatements(plan) },
    quantised,
    parameters: plan.parameters.map(({ name }) => name),
    tables: plan.tables.map(({ name }) => name),
    vocabularies: [...new Set(features.filter(keepsVocabulary).map(ownerOf))],
    transforms: [...new Set(features.filter(hasLearningPipe).map(ownerOf))],
    counted: countedColumns(bound, histories),
    encoding: fingerprintOf(
      [
        ...histories.map(({ name, max }) => [name, max, ...(fillings.get(name) ?? [])].join(" ")),
        written(
          [...requestInterfaces(model, bound, histories, fillings, "columns"), featuresClass(features, true)],
          {
            ...{ language: "typescript", comments: false, nested: false },
          },
        ),
      ].join("\n"),
    ),
  };
}

function tablesInterface(stored: Plan["tables"]): InterfaceDeclaration {
  return {
    kind: "interface",
    name: "Tables",
    isExported: true,
    doc: "Tables whose rows live in a store. What a source throws passes through.",
    properties: stored.map(({ name, width }) => ({
      name: propertyName(name),
      type: "EmbeddingSource",
      isReadonly: true,
      doc: `${width} numbers a row.`,
    })),
  };
}

function optionsInterface(hasStored: boolean): InterfaceDeclaration {
  return {
    kind: "interface",
    name: "RankerOptions",
    isExported: true,
    properties: [
      {
        name: "weights",
        type: "Uint8Array | ArrayBuffer",
        isReadonly: true,
        doc: "The bytes of model.weights.bin. They are kept and must not change.",
      },
      {
        name: "checkTables",
        type: "boolean",
        isReadonly: true,
        isOptional: true,
        doc: "Whether the tables are read through once, for their checksums: true unless `false` is given, as for tables of several\nGB that are mapped into memory. All else is checked in any case.",
      },
      ...(hasStored
        ? [
            {
              name: "tables",
              type: "Tables",
              isReadonly: true,
              doc: "Where the rows are that the weights file does not hold.",
            },
          ]
        : []),
      {
        name: "verify",
        type: "boolean",
        isReadonly: true,
        isOptional: true,
        doc: "Score the golden requests first, and fail if they differ from what training gives.",
      },
      {
        name: "stats",
        type: "boolean",
        isReadonly: true,
        isOptional: true,
        doc: "Count requests, candidates, missing and unknown values, lengths of histories and scores, for `ranker.stats()`.",
      },
      {
        name: "backend",
        type: '"auto" | "simd" | "typescript"',
        isReadonly: true,
        isOptional: true,
        doc: "What is to compute scores. By default the fastest that there is: SIMD with multiply-adds that round once, SIMD, plain TypeScript. The second gives the same bits everywhere.",
      },
      {
        name: "wasm",
        type: "WasmModule",
        isReadonly: true,
        isOptional: true,
        doc: 'The module of model.wasm or model.relaxed.wasm, where bytes may not be compiled (edge workers): `import wasm from "./model.wasm"`.',
      },
    ],
  };
}

function createFunction(
  model: Model,
  labels: readonly ScoredLabel[],
  stored: Plan["tables"],
  wasm: WasmProgram | null,
  isFast: boolean,
): FunctionDeclaration {
  const doc = [
    model.doc,
    "Checks and reads the weights.\n@throws RankerWeightsError where they are not this model's, or damaged; RankerWasmError where `wasm` is not this model's.",
  ];
  return {
    kind: "function",
    name: "createRanker",
    isExported: true,
    isAsync: true,
    doc: comment(doc.filter((text) => text !== "").join("\n\n")),
    parameters: [{ name: "options", type: "RankerOptions" }],
    returns: "Promise<Ranker>",
    code: [
      `checkSources(propertyOf(options, "tables"), [${stored.map(({ name }) => quoted(name)).join(", ")}]);`,
      "const file = new WeightsFile(options.weights, MODEL.program, options.checkTables !== false);",
      ...(wasm === null
        ? []
        : [
            'const { backend = "auto" } = options;',
            `const wasm = backend === "typescript" ? null : await startWasm(${startArguments(wasm)}, backend, options.wasm);`,
          ]),
      `const ranker = new Ranker(file, options.stats === true${wasm === null ? "" : ", wasm"}${stored.length > 0 ? ", options.tables" : ""});`,
      ...(wasm === null
        ? []
        : [
            `if (wasm?.backend === "module") checkGiven(file.header.golden, ${goldenArguments("ranker", labels, isFast)});`,
          ]),
      "if (options.verify === true) ranker.verify();",
      "ranker.stats({ reset: true });",
      "return ranker;",
    ],
  };
}

/** WebAssembly computes scores alone, and what crosses keep of ids. */
function onlyScores(model: Model, ranking: ValidGraph): ValidGraph {
  const logits = new Set(allChannels(model.predictions).map(outputNames.logit));
  const kept = [...ranking.outputs].filter(
    ([name, id]) => logits.has(name) || ranking.nodes[id]!.type.dtype === "i32",
  );
  return validate(dropDeadNodes({ ...ranking, outputs: new Map(kept) }));
}
