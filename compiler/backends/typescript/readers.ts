// How generated code gets raw values into columns and logits out: class `Features` and the functions around a request.

import type { ClassDeclarationStructure, OptionalKind, SourceFile } from "ts-morph";
import { invariant } from "../../internal-error.ts";
import { hasIds, rawKindOf } from "../../kinds/registry.ts";
import { type Feature, ownerOf } from "../../model/model.ts";
import type { WasmProgram } from "../wasm/program.ts";
import { scoresOf } from "./classes.ts";
import { crossStatements } from "./crosses.ts";
import type { Plan, PlannedInput, PlannedOutput } from "./plan.ts";
import { elementsText, locationText } from "./program.ts";
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
    properties: features.map(({ name, kind, set }, i) => ({
      name: `f${i}`,
      type: set === null ? readers[rawKindOf({ name, kind }).gives].type : "SetSpace",
      isReadonly: true,
      docs: [comment(name)],
    })),
    ctors: [
      {
        parameters: [{ name: "file", type: "WeightsFile" }],
        statements: features.map((feature, i) => {
          // Features that share a vocabulary share what looks it up.
          const first = hasIds(feature.kind) ? features.findIndex((each) => readsAlike(each, feature)) : i;
          const shared = `this.f${first}${features[first]?.set == null ? "" : ".space"}`;
          const reader = first < i ? shared : readerOf(feature);
          return `this.f${i} = ${setReaderOf(feature, reader)};`;
        }),
      },
    ],
  };
}

function readsAlike(a: Feature, b: Feature): boolean {
  return ownerOf(a) === ownerOf(b) && a.missingIsUnknown === b.missingIsUnknown;
}

/** The names of runtime/serve that `readerOf` and `setReaderOf` mention. */
export function carriedFor(feature: Feature): readonly string[] {
  const { kind, set } = feature;
  const sets = set === null ? [] : [kind.kind === "text" ? "WordSet" : "ListSet"];
  return [...rawKindOf(feature).carries(kind), ...sets];
}

function setReaderOf({ kind, set }: Feature, reader: string): string {
  if (set === null) return reader;
  return `new ${kind.kind === "text" ? "WordSet" : "ListSet"}(${reader}, ${set.max})`;
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
  wasm: WasmProgram | null,
  bound: readonly BoundInput[],
  crosses: readonly CrossInput[],
  features: readonly Feature[],
  outputs: readonly { readonly label: string; readonly output: PlannedOutput }[],
): void {
  const slotText = ({ slot }: PlannedInput) => locationText({ kind: "slot", slot });
  const elementsOf = ({ input: { rows } }: BoundInput) => {
    invariant(rows.kind === "elements", "a set is read into rows of another kind");
    return elementsText(rows, plan);
  };
  const read = (each: BoundInput, records: string, from: string, count: string, where: string): string => {
    const slot = slotText(each.input);
    const name = quoted(each.name);
    if (each.rowOf !== null) {
      const rowOf = slotText(each.rowOf);
      return `${elementsOf(each)} = readSets(${slot}, ${rowOf}, ${records}, ${from}, ${count}, ${where}, ${name}, f.f${features.indexOf(each.feature)});`;
    }
    const reader = readers[rawKindOf(each.feature).gives].many;
    return `${reader}(${slot}, ${records}, ${from}, ${count}, ${where}, ${name}, f.f${features.indexOf(each.feature)});`;
  };
  const readOne = (each: BoundInput, record: string): string => {
    const slot = slotText(each.input);
    const name = quoted(each.feature.name);
    // All values are of the one row 0, which a fresh buffer has.
    if (each.rowOf !== null)
      return `${elementsOf(each)} = readSet(${slot}, 0, ${record}, ${quoted(record)}, -1, ${name}, f.f${features.indexOf(each.feature)});`;
    const { gives } = rawKindOf(each.feature);
    if (gives === "vector")
      return `readVector(${slot}, 0, ${record}, ${quoted(record)}, -1, ${name}, f.f${features.indexOf(each.feature)});`;
    const reader = readers[gives].one;
    return `${slot}[0] = ${reader}(${record}, ${quoted(record)}, -1, ${name}, f.f${features.indexOf(each.feature)});`;
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
      ...(wasm === null ? [] : ["q.wasm?.own(q);"]),
      `const block = ${wasm === null ? "" : "c.wasm !== null ? CANDIDATE_ROWS : "}candidatesAtATime(${longest});`,
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
          `copyScores(out${i}, from, c.out${i}, n, ${output.rows.kind === "each" && output.rows.per === "candidate"});`,
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
