// How generated code gets raw values into columns and logits out: class `Features` and the functions around a request.

import type { ClassDeclarationStructure, OptionalKind, SourceFile } from "ts-morph";
import { hasIds, rawKindOf } from "../../kinds/registry.ts";
import { type Feature, ownerOf } from "../../model/model.ts";
import { scoresOf } from "./classes.ts";
import { crossStatements } from "./crosses.ts";
import type { Plan, PlannedOutput } from "./plan.ts";
import { locationText } from "./program.ts";
import type { BoundInput, CrossInput } from "./schema.ts";
import { comment, quoted } from "./text.ts";

/** By what a kind gives: the type of what reads its values, and the functions that read one and many with it. */
const readers = {
  ids: { type: "IdSpace", one: "readId", many: "readIds" },
  number: { type: "Numbers", one: "readNumber", many: "readNumbers" },
  vector: { type: "Vectors", one: "readVector", many: "readVectors" },
} as const;

export function featuresClass(features: readonly Feature[]): OptionalKind<ClassDeclarationStructure> {
  return {
    name: "Features",
    docs: ["How raw values become ids and numbers."],
    properties: features.map(({ name, kind }, i) => ({
      name: `f${i}`,
      type: readers[rawKindOf({ name, kind }).gives].type,
      isReadonly: true,
      docs: [comment(name)],
    })),
    ctors: [
      {
        parameters: [{ name: "file", type: "WeightsFile" }],
        statements: features.map((feature, i) => {
          // Features that share a vocabulary share what looks it up.
          const first = hasIds(feature.kind) ? features.findIndex((each) => readsAlike(each, feature)) : i;
          return `this.f${i} = ${first < i ? `this.f${first}` : readerOf(feature)};`;
        }),
      },
    ],
  };
}

function readsAlike(a: Feature, b: Feature): boolean {
  return ownerOf(a) === ownerOf(b) && a.missingIsUnknown === b.missingIsUnknown;
}

/** The names of runtime/serve that `readerOf` mentions. */
export function carriedFor(feature: Feature): readonly string[] {
  return rawKindOf(feature).carries(feature.kind);
}

function readerOf(feature: Feature): string {
  const { kind, missingIsUnknown } = feature;
  const owner = quoted(ownerOf(feature));
  const reader = rawKindOf(feature).code(kind, {
    vocabulary: `file.vocabulary(${owner})`,
    transform: (place) => `file.learned(${owner}, ${place})`,
  });
  return missingIsUnknown ? `new OrUnknown(${reader})` : reader;
}

/** `readRequest`, `score` and `toProbabilities`. */
export function addReaders(
  file: SourceFile,
  plan: Plan,
  bound: readonly BoundInput[],
  crosses: readonly CrossInput[],
  features: readonly Feature[],
  outputs: readonly { readonly label: string; readonly output: PlannedOutput }[],
): void {
  const read = (each: BoundInput, records: string, from: string, count: string, where: string): string => {
    const slot = locationText({ kind: "slot", slot: each.input.slot });
    const reader = readers[rawKindOf(each.feature).gives].many;
    return `${reader}(${slot}, ${records}, ${from}, ${count}, ${where}, ${quoted(each.name)}, f.f${features.indexOf(each.feature)});`;
  };
  const readOne = (each: BoundInput, record: string): string => {
    const slot = locationText({ kind: "slot", slot: each.input.slot });
    const { gives } = rawKindOf(each.feature);
    if (gives === "vector")
      return `readVector(${slot}, 0, ${record}, ${quoted(record)}, -1, ${quoted(each.name)}, f.f${features.indexOf(each.feature)});`;
    const reader = readers[gives].one;
    return `${slot}[0] = ${reader}(${record}, ${quoted(record)}, -1, ${quoted(each.name)}, f.f${features.indexOf(each.feature)});`;
  };
  const single = bound.filter(({ history }) => history === null);
  const histories = [...new Set(bound.flatMap(({ history }) => (history === null ? [] : [history])))];
  const parameters = [
    { name: "w", type: "Weights" },
    { name: "f", type: "Features" },
    { name: "q", type: "RequestValues" },
  ];
  file.addFunction({
    name: "readRequest",
    parameters: [...parameters, { name: "request", type: "UserRequest" }],
    returnType: "void",
    statements: [
      ...(histories.length === 0 ? [] : ['const history = readRecord(request, "", "history");']),
      ...histories.flatMap((history, i) => [
        `const list${i} = readListOf(history, "history", ${quoted(history.name)});`,
        `const from${i} = latestFrom(list${i}.length, ${history.max});`,
        `q.steps${plan.histories.indexOf(history.name)} = list${i}.length - from${i};`,
      ]),
      "reserveRequest(w, q);",
      ...histories.flatMap((history, i) =>
        bound
          .filter((each) => each.history === history)
          .map((each) =>
            read(
              each,
              `list${i}`,
              `from${i}`,
              `q.steps${plan.histories.indexOf(history.name)}`,
              quoted(`history.${history.name}`),
            ),
          ),
      ),
      ...(["user", "context"] as const).flatMap((scope) => {
        const inputs = single.filter(({ feature }) => feature.scope === scope);
        return inputs.length === 0
          ? []
          : [
              `const ${scope} = readRecord(request, "", "${scope}");`,
              ...inputs.map((each) => readOne(each, scope)),
            ];
      }),
      ...crosses
        .filter(({ feature }) => feature.scope !== "item")
        .flatMap((each) => crossStatements(each, "1")),
    ],
  });
  const steps = plan.histories.map((_, i) => `q.steps${i}`);
  const longest = steps.length === 0 ? "0" : steps.length === 1 ? steps[0]! : `Math.max(${steps.join(", ")})`;
  file.addFunction({
    name: "score",
    docs: ["Logits of all candidates, block by block: no score depends on another candidate."],
    parameters: [
      ...parameters,
      { name: "c", type: "CandidateValues" },
      { name: "candidates", type: "readonly unknown[]" },
      { name: "scores", type: "Scores" },
    ],
    returnType: "void",
    statements: [
      "const count = candidates.length;",
      ...outputs.map(({ label }, i) => `const out${i} = ${scoresOf("scores", label, outputs.length)};`),
      ...outputs.map(
        ({ label }, i) =>
          `checkOut(out${i}, ${outputs.length === 1 ? '"out"' : quoted(`out.${label}`)}, count);`,
      ),
      `const block = candidatesAtATime(${longest});`,
      "for (let from = 0; from < count; from += block) {",
      "const n = Math.min(block, count - from);",
      "reserveCandidates(w, q, c, n);",
      ...single
        .filter(({ feature }) => feature.scope === "item")
        .map((each) => read(each, "candidates", "from", "n", '"candidates"')),
      ...crosses
        .filter(({ feature }) => feature.scope === "item")
        .flatMap((each) => crossStatements(each, "n")),
      "computeCandidates(w, q, c, n);",
      ...outputs.map(
        ({ output }, i) =>
          `copyScores(out${i}, from, ${locationText(output.location)}, n, ${output.rows.kind === "each" && output.rows.per === "candidate"});`,
      ),
      "}",
    ],
  });
  file.addFunction({
    name: "toProbabilities",
    parameters: [
      { name: "scores", type: "Scores" },
      { name: "count", type: "number" },
    ],
    returnType: "void",
    statements: outputs.map(({ label }) => {
      const scores = scoresOf("scores", label, outputs.length);
      return `sigmoid(${scores}, ${scores}, count);`;
    }),
  });
}
