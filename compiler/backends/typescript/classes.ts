// The classes of the generated API: `Ranker`, its sessions, and the scores they give.

import {
  type ClassDeclarationStructure,
  type MethodDeclarationStructure,
  type OptionalKind,
  type ParameterDeclarationStructure,
  Scope,
  type SourceFile,
} from "ts-morph";
import { invariant, unreachable } from "../../common/internal-error.ts";
import { quoted } from "../../common/quoting.ts";
import { knownValues } from "../../frontend/kinds/registry.ts";
import { featureNamed, type Model } from "../../frontend/model/model.ts";
import { sizeOf } from "../../middle/graph/types.ts";
import type { Plan } from "./plan.ts";
import { propertyName } from "./schema.ts";

/** One label: a list of numbers. Several: such a list for each. */
export function addScores(file: SourceFile, labels: readonly string[]): void {
  const doc = "One number a candidate, in their order.";
  if (labels.length === 1)
    file.addTypeAlias({ name: "Scores", isExported: true, docs: [doc], type: "Float32Array" });
  else
    file.addInterface({
      name: "Scores",
      isExported: true,
      docs: [`By label: ${doc.charAt(0).toLowerCase()}${doc.slice(1)}`],
      properties: labels.map((label) => ({
        name: propertyName(label),
        type: "Float32Array",
        isReadonly: true,
      })),
    });
  const fresh = "new Float32Array(count)";
  file.addFunction({
    name: "newScores",
    parameters: [{ name: "count", type: "number" }],
    returnType: "Scores",
    statements:
      labels.length === 1
        ? [`return ${fresh};`]
        : ["return {", ...labels.map((label) => `[${quoted(label)}]: ${fresh},`), "};"],
  });
}

/** With several labels one must be named to have candidates in an order. */
export function addLabel(file: SourceFile, labels: readonly string[]): void {
  if (labels.length === 1) return;
  file.addTypeAlias({
    name: "Label",
    isExported: true,
    docs: ["What is predicted of a candidate."],
    type: labels.map(quoted).join(" | "),
  });
}

/** The part of `Scores` that belongs to a label, as an expression. */
export function scoresOf(scores: string, label: string, count: number): string {
  return count === 1 ? scores : `${scores}[${quoted(label)}]`;
}

export function rankerClass(
  model: Model,
  plan: Plan,
  labels: readonly string[],
  { hasWasm, isFast }: { readonly hasWasm: boolean; readonly isFast: boolean },
  further: readonly OptionalKind<MethodDeclarationStructure>[],
): OptionalKind<ClassDeclarationStructure> {
  return {
    name: "Ranker",
    isExported: true,
    docs: ["Scores candidates. Made by `createRanker`; every method is synchronous."],
    properties: [
      {
        name: "about",
        type: "About",
        isReadonly: true,
        docs: ["Which model, program and run this is."],
      },
      { name: "file", type: "WeightsFile", scope: Scope.Private, isReadonly: true },
      { name: "w", type: "Weights", scope: Scope.Private, isReadonly: true },
      { name: "f", type: "Features", scope: Scope.Private, isReadonly: true },
      {
        name: "c",
        scope: Scope.Private,
        isReadonly: true,
        type: "CandidateValues",
        docs: ["Shared by all sessions: it holds nothing between two calls."],
      },
      {
        name: "session",
        type: "Session",
        scope: Scope.Private,
        isReadonly: true,
        docs: ["Takes one request after the other."],
      },
    ],
    ctors: [
      {
        parameters: [
          { name: "file", type: "WeightsFile" },
          ...(hasWasm ? [{ name: "wasm", type: "Wasm | null" }] : []),
          ...(plan.tables.some(({ storage }) => storage === "source")
            ? [{ name: "tables", type: "Tables" }]
            : []),
        ],
        statements: [
          "this.about = { model: MODEL.name, program: MODEL.program, run: file.header.run };",
          "this.file = file;",
          `this.c = new CandidateValues(${hasWasm ? "wasm" : ""});`,
          "this.f = new Features(file);",
          `this.w = new Weights([\n${plan.parameters
            .map(({ name, dims }) => `file.parameter(${quoted(name)}, ${sizeOf(dims)}),\n`)
            .join("")}], [\n${plan.tables.map((table) => `${tableText(table, model)},\n`).join("")}]);`,
          "prepare(this.w);",
          ...(hasWasm ? ["if (wasm !== null) share(this.w, wasm);"] : []),
          "this.session = new Session(this.w, this.f, this.c);",
        ],
      },
    ],
    getAccessors: [
      {
        name: "backend",
        returnType: "Backend",
        docs: ["What computes the scores."],
        statements: [hasWasm ? 'return this.c.wasm?.backend ?? "typescript";' : 'return "typescript";'],
      },
    ],
    methods: [
      {
        name: "rank",
        docs: [
          "The probability of each candidate.\n@throws RankerInputError, naming the field, for what cannot be scored.",
        ],
        parameters: [{ name: "request", type: "Request" }],
        returnType: "Scores",
        statements: ["this.session.read(request);", "return this.session.rank(candidatesOf(request));"],
      },
      {
        name: "logits",
        docs: ["As `rank`, before the sigmoid."],
        parameters: [{ name: "request", type: "Request" }],
        returnType: "Scores",
        statements: ["this.session.read(request);", "return this.session.logits(candidatesOf(request));"],
      },
      {
        name: "topK",
        docs: [topKDoc(labels)],
        parameters: [{ name: "request", type: "Request" }, ...topKParameters(labels)],
        returnType: "Top[]",
        statements: [
          "this.session.read(request);",
          `return this.session.topK(candidatesOf(request), k${labels.length === 1 ? "" : ", label"});`,
        ],
      },
      {
        name: "user",
        docs: ["Does the work that all candidates share, once, for as many calls as follow."],
        parameters: [{ name: "request", type: "UserRequest" }],
        returnType: "Session",
        statements: [
          "const session = new Session(this.w, this.f, this.c);",
          "session.read(request);",
          "return session;",
        ],
      },
      ...further,
      {
        name: "verify",
        docs: [
          `Scores the golden requests that came with the weights; gives the largest difference of a logit.\n@throws RankerWeightsError where one is larger than ${isFast ? "16-bit products explain" : "f32 explains"}.`,
        ],
        returnType: "number",
        statements: [
          `return verifyGolden(this.file.header.golden, ${goldenArguments("this", labels, isFast)});`,
        ],
      },
    ],
  };
}

/** What `verifyGolden` takes beside the requests: what scores one of them with `ranker`, and how close it must be. */
export function goldenArguments(ranker: string, labels: readonly string[], isFast: boolean): string {
  const logits = labels.map(
    (label) => `[${quoted(label)}, ${scoresOf("scores", label, labels.length)}] as const`,
  );
  const score = `(request: unknown) => {
const scores = ${ranker}.logits(request as Request);
return [${logits.join(", ")}];
}`;
  return isFast ? `${score}, FAST_TOLERANCE` : score;
}

/** For a model that attends to a history; others have no such method. */
export const explainMethod: OptionalKind<MethodDeclarationStructure> = {
  name: "explain",
  docs: [
    "How much each step of a history mattered to each candidate, for each attention of the network and each of its heads. Scores\nare computed anew, with buffers that are not kept.\n@throws RankerInputError as `rank` does.",
  ],
  parameters: [{ name: "request", type: "Request" }],
  returnType: "Attention[]",
  statements: ["return explain(this.w, this.f, request);"],
};

function topKDoc(labels: readonly string[]): string {
  const of = labels.length === 1 ? "" : " by one label";
  return `The k best candidates${of}, the best first; of equal ones the one given first. All where there are fewer.`;
}

function topKParameters(labels: readonly string[]): OptionalKind<ParameterDeclarationStructure>[] {
  const k = { name: "k", type: "number" };
  return labels.length === 1 ? [k] : [k, { name: "label", type: "Label" }];
}

export function sessionClass(
  labels: readonly string[],
  hasWasm: boolean,
): OptionalKind<ClassDeclarationStructure> {
  const parameters = [
    { name: "candidates", type: "Candidates" },
    { name: "out", type: "Scores", hasQuestionToken: true },
  ];
  return {
    name: "Session",
    isExported: true,
    docs: ["One user's request, ready to score candidates. Made by `ranker.user`."],
    properties: [
      { name: "w", type: "Weights", scope: Scope.Private, isReadonly: true },
      { name: "f", type: "Features", scope: Scope.Private, isReadonly: true },
      { name: "c", type: "CandidateValues", scope: Scope.Private, isReadonly: true },
      { name: "q", type: "RequestValues", scope: Scope.Private, isReadonly: true },
    ],
    ctors: [
      {
        parameters: [
          { name: "w", type: "Weights" },
          { name: "f", type: "Features" },
          { name: "c", type: "CandidateValues" },
        ],
        statements: [
          "this.w = w;",
          "this.f = f;",
          "this.c = c;",
          `this.q = new RequestValues(${hasWasm ? "c.wasm" : ""});`,
        ],
      },
    ],
    methods: [
      {
        name: "read",
        docs: ["For `Ranker`: takes another request in the place of this one."],
        parameters: [{ name: "request", type: "UserRequest" }],
        returnType: "void",
        statements: ["readRequest(this.w, this.f, this.q, request);", "computeRequest(this.w, this.q);"],
      },
      {
        name: "logits",
        docs: ["The logit of each candidate, in `out` if it is given."],
        parameters,
        returnType: "Scores",
        statements: ["return score(this.w, this.f, this.q, this.c, candidates, out, false);"],
      },
      {
        name: "rank",
        docs: [
          "The probability of each candidate, in `out` if it is given: then no array is made, and from columns nothing at all.",
        ],
        parameters,
        returnType: "Scores",
        statements: ["return score(this.w, this.f, this.q, this.c, candidates, out, true);"],
      },
      {
        name: "topK",
        docs: [topKDoc(labels)],
        parameters: [parameters[0]!, ...topKParameters(labels)],
        returnType: "Top[]",
        statements:
          labels.length === 1
            ? ["return topOf(this.logits(candidates), k);"]
            : [
                "const logits = this.logits(candidates);",
                `if (!Object.hasOwn(logits, label)) throw new RankerInputError("label", ${quoted(`must be one of ${labels.map((label) => JSON.stringify(label)).join(", ")}`)});`,
                "return topOf(logits[label], k);",
              ],
      },
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
