// The classes of the generated API: `Ranker`, its sessions, and the scores they give.

import { invariant, unreachable } from "../../common/internal-error.ts";
import { quoted, typed } from "../../common/quoting.ts";
import { knownValues } from "../../frontend/kinds/registry.ts";
import { featureNamed, type Model } from "../../frontend/model/model.ts";
import { sizeOf } from "../../middle/graph/types.ts";
import type { Plan } from "../serving/plan.ts";
import { statsMethod, uncounted } from "./counting.ts";
import { preparing } from "./program.ts";
import {
  hasTop,
  logitsDoc,
  predictionDoc,
  type ScoredLabel,
  scoresOf,
  topCode,
  topDoc,
  topParameters,
} from "./scored-labels.ts";
import type { ClassDeclaration, Method } from "./writer.ts";

export function rankerClass(
  model: Model,
  plan: Plan,
  labels: readonly ScoredLabel[],
  { hasWasm, isFast }: { readonly hasWasm: boolean; readonly isFast: boolean },
  further: readonly Method[],
): ClassDeclaration {
  return {
    kind: "class",
    name: "Ranker",
    isExported: true,
    doc: "Scores candidates. Made by `createRanker`; every method is synchronous.",
    properties: [
      {
        name: "about",
        type: "About",
        isReadonly: true,
        doc: "Which model, program and run this is, and which dinc made it.",
      },
      { name: "file", type: "WeightsFile", isPrivate: true, isReadonly: true },
      { name: "w", type: "Weights", isPrivate: true, isReadonly: true },
      { name: "f", type: "Features", isPrivate: true, isReadonly: true },
      {
        name: "c",
        isPrivate: true,
        isReadonly: true,
        type: "CandidateValues",
        doc: "Shared by all sessions: it holds nothing between two calls.",
      },
      {
        name: "session",
        type: "Session",
        isPrivate: true,
        isReadonly: true,
        doc: "Takes one request after the other.",
      },
    ],
    constructs: {
      parameters: [
        { name: "file", type: "WeightsFile" },
        { name: "counts", type: "boolean" },
        ...(hasWasm ? [{ name: "wasm", type: "Wasm | null" }] : []),
        ...(plan.tables.some(({ storage }) => storage === "source")
          ? [{ name: "tables", type: "Tables" }]
          : []),
      ],
      code: [
        "this.about = { model: MODEL.name, program: MODEL.program, run: file.header.run, version: MODEL.version };",
        "this.file = file;",
        "this.f = new Features(file, counts);",
        `this.w = new Weights([\n${plan.parameters
          .map(({ name, dims }) => `file.parameter(${quoted(name)}, ${sizeOf(dims)}),\n`)
          .join("")}], [\n${plan.tables.map((table) => `${tableText(table, model)},\n`).join("")}]);`,
        ...preparing(plan, "this.w", hasWasm),
        `this.c = new CandidateValues(${hasWasm ? "wasm" : ""});`,
        "this.session = new Session(this.w, this.f, this.c);",
      ],
    },
    methods: [
      {
        name: "backend",
        isGetter: true,
        parameters: [],
        returns: "Backend",
        doc: "What computes the scores.",
        code: [hasWasm ? 'return this.c.wasm?.backend ?? "typescript";' : 'return "typescript";'],
      },
      {
        name: "rank",
        doc: `${predictionDoc(labels)}\n@throws RankerInputError, naming the field, for what cannot be scored.`,
        parameters: [{ name: "request", type: "Request" }],
        returns: "Scores",
        code: ["this.session.read(request);", "return this.session.rank(candidatesOf(request));"],
      },
      {
        name: "logits",
        doc: logitsDoc(labels),
        parameters: [{ name: "request", type: "Request" }],
        returns: "Scores",
        code: ["this.session.read(request);", "return this.session.logits(candidatesOf(request));"],
      },
      ...(hasTop(labels)
        ? [
            {
              name: "topK",
              doc: topDoc(labels),
              parameters: [{ name: "request", type: "Request" }, ...topParameters(labels)],
              returns: "Top[]",
              code: [
                "this.session.read(request);",
                `return this.session.topK(candidatesOf(request), k${labels.length === 1 ? "" : ", label"});`,
              ],
            },
          ]
        : []),
      {
        name: "user",
        doc: "Does the work that all candidates share, once, for as many calls as follow.",
        parameters: [{ name: "request", type: "UserRequest" }],
        returns: "Session",
        code: [
          "const session = new Session(this.w, this.f, this.c);",
          "session.read(request);",
          "return session;",
        ],
      },
      ...further,
      {
        name: "verify",
        parameters: [],
        doc: `Scores the golden requests that came with the weights; gives the largest difference of a logit.\n@throws RankerWeightsError where one is larger than ${isFast ? "16-bit products explain" : "f32 explains"}.`,
        returns: "number",
        code: uncounted(
          `return verifyGolden(this.file.header.golden, ${goldenArguments("this", labels, isFast)});`,
        ),
      },
      statsMethod,
    ],
  };
}

/** What `verifyGolden` takes beside the requests: what scores one of them with `ranker`, and how close it must be. */
export function goldenArguments(ranker: string, labels: readonly ScoredLabel[], isFast: boolean): string {
  const logits = labels.map(
    ({ label }) => `[${quoted(label)}, ${scoresOf("scores", label, labels.length)}]${typed(" as const")}`,
  );
  const score = `(request${typed(": unknown")}) => {
const scores = ${ranker}.logits(request${typed(" as Request")});
return [${logits.join(", ")}];
}`;
  return isFast ? `${score}, FAST_TOLERANCE` : score;
}

/** For a model that attends to a history; others have no such method. */
export const explainMethod: Method = {
  name: "explain",
  doc: "How much each step of a history mattered to each candidate, for each attention of the network and each of its heads. Scores\nare computed anew, with buffers that are not kept.\n@throws RankerInputError as `rank` does.",
  parameters: [{ name: "request", type: "Request" }],
  returns: "Attention[]",
  code: uncounted("return explain(this.w, this.f, request);"),
};

export function sessionClass(labels: readonly ScoredLabel[], hasWasm: boolean): ClassDeclaration {
  const parameters = [
    { name: "candidates", type: "Candidates" },
    { name: "out", type: "Scores", isOptional: true },
  ];
  return {
    kind: "class",
    name: "Session",
    isExported: true,
    doc: "One user's request, ready to score candidates. Made by `ranker.user`.",
    properties: [
      { name: "w", type: "Weights", isPrivate: true, isReadonly: true },
      { name: "f", type: "Features", isPrivate: true, isReadonly: true },
      { name: "c", type: "CandidateValues", isPrivate: true, isReadonly: true },
      { name: "q", type: "RequestValues", isPrivate: true, isReadonly: true },
    ],
    constructs: {
      parameters: [
        { name: "w", type: "Weights" },
        { name: "f", type: "Features" },
        { name: "c", type: "CandidateValues" },
      ],
      code: [
        "this.w = w;",
        "this.f = f;",
        "this.c = c;",
        `this.q = new RequestValues(${hasWasm ? "c.wasm" : ""});`,
      ],
    },
    methods: [
      {
        name: "read",
        doc: "For `Ranker`: takes another request in the place of this one.",
        parameters: [{ name: "request", type: "UserRequest" }],
        returns: "void",
        code: ["readRequest(this.w, this.f, this.q, request);", "computeRequest(this.w, this.q);"],
      },
      {
        name: "logits",
        doc: "The logit of each candidate, in `out` if it is given.",
        parameters,
        returns: "Scores",
        code: ["return score(this.w, this.f, this.q, this.c, candidates, out, false);"],
      },
      {
        name: "rank",
        doc: `${predictionDoc(labels).slice(0, -1)}, in \`out\` if it is given: then no array is made, and from columns nothing at all.`,
        parameters,
        returns: "Scores",
        code: ["return score(this.w, this.f, this.q, this.c, candidates, out, true);"],
      },
      ...(hasTop(labels)
        ? [
            {
              name: "topK",
              doc: topDoc(labels),
              parameters: [parameters[0]!, ...topParameters(labels)],
              returns: "Top[]",
              code: topCode(labels),
            },
          ]
        : []),
    ],
  };
}

/** A table, as an expression in `Ranker`'s constructor. */
function tableText({ name, width, storage }: Plan["tables"][number], model: Model): string {
  const table = quoted(name);
  switch (storage) {
    case "f32":
      return `file.table(${table}, ${countOfKnown(name, model)}, ${width})`;
    case "f16":
      return `halfTable(file, ${table}, ${countOfKnown(name, model)}, ${width})`;
    case "i8":
      return `byteTable(file, ${table}, ${countOfKnown(name, model)}, ${width})`;
    case "source":
      return `sourceTable(tables, ${table}, ${width})`;
    default:
      return unreachable(storage, "storage");
  }
}

/** How many values a table's feature has, as an expression in `Ranker`'s constructor. */
function countOfKnown(table: string, model: Model): string {
  const owner = model.tables.get(table)?.feature;
  invariant(owner, `table ${table} belongs to no feature`);
  const feature = featureNamed(model, owner);
  return String(knownValues(feature, null) ?? `file.vocabulary(${quoted(feature.name)}).length`);
}
