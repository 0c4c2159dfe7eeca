// Makes `model.ts`: a ranking program with a typed API, its kernels and the reading of raw values, in one file that
// imports nothing. Weights and what was learned about features stand in the weights file, which the module checks.

import { invariant } from "../../common/internal-error.ts";
import { comment, quoted } from "../../common/quoting.ts";
import { hasLearningPipe, keepsVocabulary } from "../../frontend/kinds/registry.ts";
import { type Model, ownerOf } from "../../frontend/model/model.ts";
import { validate } from "../../middle/build/validate.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import { dropDeadNodes } from "../../middle/passes/drop-dead-nodes.ts";
import { outputNames } from "../../middle/programs/program.ts";
import type { Mode } from "../contract/emit-options.ts";
import { fusedPlaces, hasWasm, wasmProgram } from "../wasm/program.ts";
import { carry, referredTo, type ServeSources } from "./carry.ts";
import { addLabel, addScores, explainMethod, goldenArguments, rankerClass, sessionClass } from "./classes.ts";
import { carriedForCross, withParts } from "./crosses.ts";
import { addExplain, type Explained } from "./explain.ts";
import type { TableStorage } from "./plan.ts";
import { planProgram } from "./planner.ts";
import { addProgram, binaryConstant, startArguments, usedFunctions } from "./program.ts";
import { finishModule, type Heading, newProject, withoutTypes } from "./project.ts";
import { addReaders, carriedFor, encodingMethods, featuresClass, historyShape } from "./readers.ts";
import { bindInputs, crossInputs, propertyName, requestInterfaces } from "./schema.ts";
import { withStorage } from "./table-storage.ts";

export interface EmittedModule {
  readonly typescript: string;
  readonly javascript: string;
  /**
   * The module's WebAssembly, for where it has to be a file, and what `relaxedForm` makes the other form of it by; null where
   * histories are too long for its memory.
   */
  readonly wasm: { readonly simd: Uint8Array; readonly fused: Uint8Array } | null;
  /** Products of its WebAssembly that are done in 16-bit integers. */
  readonly quantised: readonly { readonly inner: number; readonly outer: number }[];
  /** What the weights file must name to be accepted. */
  readonly program: string;
  /** What the weights file must hold. */
  readonly parameters: readonly string[];
  readonly tables: readonly string[];
  /** Features whose vocabulary it must hold, and those whose transforms learn something. */
  readonly vocabularies: readonly string[];
  readonly transforms: readonly string[];
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
];

/**
 * `graph` is a ranking program (see `toRequest`) whose outputs are the logits of `model`'s predictions, and what explains them
 * (see `explainable`).
 */
export function emitModule(
  model: Model,
  graph: ValidGraph,
  explained: readonly Explained[],
  storageOf: (table: string) => TableStorage,
  sources: ServeSources,
  origin: Pick<Heading, "version" | "run">,
  mode: Mode = "exact",
): EmittedModule {
  const ranking = withParts(model, graph);
  const plan = withStorage(planProgram(ranking), storageOf);
  invariant(plan.independentCandidates, "a candidate's score depends on other candidates");
  const bound = bindInputs(model, plan);
  const crosses = crossInputs(model, plan);
  const read = bound.reduce((count, { rowOf }) => count + (rowOf === null ? 1 : 2), 0);
  invariant(
    read + crosses.length === plan.inputs.length,
    "the graph has an input that the model does not declare",
  );
  const features = [...new Set(bound.map(({ feature }) => feature))];
  const outputs = model.predictions.map(({ label }) => {
    const output = plan.outputs.find(({ name }) => name === outputNames.logit(label));
    invariant(output?.size === 1, `the graph has no logit of ${label}`);
    return { label, output };
  });

  invariant(hasWasm(plan), "a ranking program computes what only training does");
  const longest = (history: string) => {
    const found = model.histories.get(history);
    invariant(found, `the model has no history ${history}`);
    return found.max;
  };
  const wasm = wasmProgram(onlyScores(model, ranking), longest, mode);
  const quantised = (wasm?.quantised ?? []).map(({ inner, outer }) => ({ inner, outer }));

  const project = newProject();
  const file = project.createSourceFile("/model.ts");
  file.addInterfaces(requestInterfaces(model, bound, "columns"));
  file.addTypeAlias({
    name: "Candidates",
    isExported: true,
    docs: ["Candidates as a list, or as columns."],
    type: "readonly Candidate[] | Columns<CandidateColumns>",
  });
  const labels = outputs.map(({ label }) => label);
  addScores(file, labels);
  addLabel(file, labels);
  const stored = plan.tables.filter(({ storage }) => storage === "source");
  if (stored.length > 0)
    file.addInterface({
      name: "Tables",
      isExported: true,
      docs: ["Tables whose rows live in a store. What a source throws passes through."],
      properties: stored.map(({ name, width }) => ({
        name: propertyName(name),
        type: "EmbeddingSource",
        isReadonly: true,
        docs: [`${width} numbers a row.`],
      })),
    });
  file.addInterface({
    name: "RankerOptions",
    isExported: true,
    properties: [
      {
        name: "weights",
        type: "Uint8Array | ArrayBuffer",
        isReadonly: true,
        docs: ["The bytes of model.weights.bin. They are kept and must not change."],
      },
      {
        name: "checkTables",
        type: "boolean",
        isReadonly: true,
        hasQuestionToken: true,
        docs: [
          "Whether the tables are read through once, for their checksums: true unless `false` is given, as for tables of several\nGB that are mapped into memory. All else is checked in any case.",
        ],
      },
      ...(stored.length > 0
        ? [
            {
              name: "tables",
              type: "Tables",
              isReadonly: true,
              docs: ["Where the rows are that the weights file does not hold."],
            },
          ]
        : []),
      {
        name: "verify",
        type: "boolean",
        isReadonly: true,
        hasQuestionToken: true,
        docs: ["Score the golden requests first, and fail if they differ from what training gives."],
      },
      {
        name: "backend",
        type: '"auto" | "simd" | "typescript"',
        isReadonly: true,
        hasQuestionToken: true,
        docs: [
          "What is to compute scores. By default the fastest that there is: SIMD with multiply-adds that round once, SIMD, plain TypeScript. The second gives the same bits everywhere.",
        ],
      },
      {
        name: "wasm",
        type: "WasmModule",
        isReadonly: true,
        hasQuestionToken: true,
        docs: [
          'The module of model.wasm or model.relaxed.wasm, where bytes may not be compiled (edge workers): `import wasm from "./model.wasm"`.',
        ],
      },
    ],
  });
  file.addFunction({
    name: "createRanker",
    isExported: true,
    isAsync: true,
    docs: [
      comment(
        [
          model.doc,
          "Checks and reads the weights.\n@throws RankerWeightsError where they are not this model's, or damaged; RankerWasmError where `wasm` is not this model's.",
        ]
          .filter((text) => text !== "")
          .join("\n\n"),
      ),
    ],
    parameters: [{ name: "options", type: "RankerOptions" }],
    returnType: "Promise<Ranker>",
    statements: [
      `checkSources(propertyOf(options, "tables"), [${stored.map(({ name }) => quoted(name)).join(", ")}]);`,
      "const file = new WeightsFile(options.weights, MODEL.program, options.checkTables !== false);",
      ...(wasm === null
        ? []
        : [
            'const { backend = "auto" } = options;',
            `const wasm = backend === "typescript" ? null : await startWasm(${startArguments(wasm)}, backend, options.wasm);`,
          ]),
      `const ranker = new Ranker(file${wasm === null ? "" : ", wasm"}${stored.length > 0 ? ", options.tables" : ""});`,
      ...(wasm === null
        ? []
        : [
            `if (wasm?.backend === "module") checkGiven(file.header.golden, ${goldenArguments("ranker", labels, quantised.length > 0)});`,
          ]),
      "if (options.verify === true) ranker.verify();",
      "return ranker;",
    ],
  });
  file.addClass(
    rankerClass(model, plan, labels, { hasWasm: wasm !== null, isFast: quantised.length > 0 }, [
      ...encodingMethods(bound, features),
      ...(explained.length > 0 ? [explainMethod] : []),
    ]),
  );
  file.addClass(sessionClass(labels, wasm !== null));
  file.addClass(featuresClass(features));
  addReaders(file, plan, wasm, bound, crosses, features, outputs);
  if (explained.length > 0)
    addExplain(file, plan, wasm !== null, explained, (history) => historyShape(bound, history));
  addProgram(file, plan, wasm);
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
      "readSet",
      "readSets",
    ],
    ...["encodeIds", "encodeNumbers", "encodeVectors", "encodeSets", "Records", "ColumnShape"],
    ...["IdSpace", "SetSpace", "Numbers", "Vectors", "OrUnknown", "latestFrom"],
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
    ...["startWasm", "checkGiven", "copyScores", "checkOut", "sigmoid", "candidatesAtATime"],
    ...["verifyGolden", "FAST_TOLERANCE", "topOf"],
  ];
  const roots = [...publicNames, ...referredTo(file, known)];
  file.addStatements(
    carry(sources, roots, new Set([...publicNames, "Attention", "EmbeddingSource"])).map(
      (text) => `\n${text}`,
    ),
  );

  const { typescript, program, head } = finishModule(
    file,
    {
      does: `Ranks candidates by the model ${model.name}`,
      ...{ model: model.name, carrier: "model.weights.bin", ...origin },
    },
    wasm === null ? [] : binaryConstant(wasm),
  );
  return {
    typescript,
    // What is said about it stands in model.ts, which package.json gives as its types.
    javascript: `${head}\n${withoutTypes(typescript, "no comments")}`,
    wasm: wasm === null ? null : { simd: wasm.encoded.plain, fused: fusedPlaces(wasm.encoded) },
    quantised,
    program,
    parameters: plan.parameters.map(({ name }) => name),
    tables: plan.tables.map(({ name }) => name),
    vocabularies: [...new Set(features.filter(keepsVocabulary).map(ownerOf))],
    transforms: [...new Set(features.filter(hasLearningPipe).map(ownerOf))],
  };
}

/** WebAssembly computes scores alone, and what crosses keep of ids. */
function onlyScores(model: Model, ranking: ValidGraph): ValidGraph {
  const logits = new Set(model.predictions.map(({ label }) => outputNames.logit(label)));
  const kept = [...ranking.outputs].filter(
    ([name, id]) => logits.has(name) || ranking.nodes[id]!.type.dtype === "i32",
  );
  return validate(dropDeadNodes({ ...ranking, outputs: new Map(kept) }));
}
