// Generates the code that reads raw values into columns and logits from outputs: class `Features` and the functions around a
// request.

import { invariant } from "../../common/internal-error.ts";
import { comment, quoted, typed } from "../../common/quoting.ts";
import type { Fillings } from "../../frontend/config/padding.ts";
import { call, type EmittedValue, namesIn, typescriptOf } from "../../frontend/kinds/made.ts";
import { hasIds, numbersIn, rawKindOf } from "../../frontend/kinds/registry.ts";
import { type Feature, type History, ownerOf } from "../../frontend/model/model.ts";
import type { Plan, PlannedInput } from "../serving/plan.ts";
import { CANDIDATES_AT_A_TIME } from "../wasm/arena.ts";
import type { WasmProgram } from "../wasm/program.ts";
import { countCandidates, countRequest, countScores, isCounted, type ReadValues } from "./counting.ts";
import { crossStatements } from "./crosses.ts";
import { blockText } from "./explain.ts";
import {
  type BoundInput,
  type CrossInput,
  fillingConstants,
  type ServedInput,
  type StepTimes,
} from "./schema.ts";
import { copying, predicting, type ScoredLabel, scoresOf } from "./scored-labels.ts";
import { elementsText, locationText } from "./statements.ts";
import type { ClassDeclaration, ConstantDeclaration, Declaration, Method } from "./writer.ts";

/** By what a kind gives: the type of what reads its values, and the functions that read one and many with it. */
const readers = {
  ids: { type: "IdSpace", one: "readId", many: "readIds", encode: "encodeIds" },
  number: { type: "Numbers", one: "readNumber", many: "readNumbers", encode: "encodeNumbers" },
  vector: { type: "NumbersSpace", one: "readVector", many: "readVectors", encode: "encodeVectors" },
} as const;

/** `counts`: whether the module has `stats`. */
export function featuresClass(features: readonly Feature[], counts: boolean): ClassDeclaration {
  return {
    kind: "class",
    name: "Features",
    doc: "How raw values become ids and numbers.",
    properties: [
      ...(counts ? [{ name: "counted", type: "Counted | null", doc: "null: nothing is counted." }] : []),
      ...features.map(({ name, kind, set }, i) => ({
        name: `f${i}`,
        type: set === null ? readers[rawKindOf({ name, kind }).gives].type : "SetSpace",
        isReadonly: true,
        doc: comment(name),
      })),
    ],
    methods: [],
    constructs: {
      parameters: [
        { name: "file", type: "WeightsFile" },
        ...(counts ? [{ name: "counts", type: "boolean" }] : []),
      ],
      code: [
        ...features.map(
          (feature, i) => `this.f${i} = ${typescriptOf(readerAmong(features, i, "this"), ownerOf(feature))};`,
        ),
        ...(counts ? ["this.counted = counts ? new Counted(this, file) : null;"] : []),
      ],
    },
  };
}

/**
 * What reads the i-th of these features, where `self` has those before it as `f0`, `f1`, …: features that share a vocabulary
 * share what looks it up.
 */
export function readerAmong(features: readonly Feature[], i: number, self: string): EmittedValue {
  const feature = features[i]!;
  const first = hasIds(feature.kind) ? features.findIndex((each) => readsAlike(each, feature)) : i;
  if (first === i) return setReader(feature, readerOf(feature));
  const text = `${self}.f${first}${features[first]!.set === null ? "" : ".space"}`;
  return setReader(feature, { kind: "variable", text });
}

function readsAlike(a: Feature, b: Feature): boolean {
  return ownerOf(a) === ownerOf(b) && a.missingIsUnknown === b.missingIsUnknown;
}

/** The names of compiler/serve that what reads it mentions. */
export function carriedFor(feature: Feature): readonly string[] {
  return namesIn(setReader(feature, readerOf(feature)));
}

function setReader({ kind, set }: Feature, reader: EmittedValue): EmittedValue {
  return set === null ? reader : call(kind.kind === "text" ? "WordSet" : "ListSet", reader, set.max);
}

function readerOf(feature: Feature): EmittedValue {
  const { kind, missingIsUnknown } = feature;
  const reader = rawKindOf(feature).code(kind);
  return missingIsUnknown ? call("OrUnknown", reader) : reader;
}

/** What the columns of these inputs must hold, as an expression. */
function shapeOf(inputs: readonly BoundInput[]): string {
  const columns = inputs.map(({ name, feature: { kind, set } }) => {
    const holds = set !== null ? '"set"' : hasIds(kind) ? '"id"' : String(numbersIn(kind));
    return `[${quoted(name)}, ${holds}]`;
  });
  return `[${columns.join(", ")}]`;
}

/** `encodeCandidates` and `encodeHistory` for `Ranker`: `f` has become `this.f`. */
export function encodingMethods(
  bound: readonly BoundInput[],
  histories: readonly History[],
  fillings: Fillings,
  features: readonly Feature[],
): Method[] {
  const columns = (inputs: readonly BoundInput[], list: string, where: string) =>
    inputs.map(({ name, feature }) => {
      const encode = feature.set === null ? readers[rawKindOf(feature).gives].encode : "encodeSets";
      return `[${quoted(name)}]: ${encode}(${list}, ${where}, ${quoted(name)}, this.f.f${features.indexOf(feature)}),`;
    });
  const candidates = {
    name: "encodeCandidates",
    doc: "Candidates as columns, to be ranked as `{ columns }`, or some of them as `{ columns, rows }`: encoded once, a catalogue\nis ranked without an object for each candidate.\n@throws RankerInputError, naming the field.",
    parameters: [{ name: "candidates", type: "readonly Candidate[]" }],
    returns: "CandidateColumns",
    code: [
      'readList(candidates, "candidates");',
      "return {",
      ...columns(ofCandidates(bound), "candidates", '"candidates"'),
      "};",
    ],
  };
  if (histories.length === 0) return [candidates];
  return [
    candidates,
    {
      name: "encodeHistory",
      doc: "A user's history as columns, which a request takes in its place.\n@throws RankerInputError, naming the field.",
      parameters: [{ name: "history", type: "Histories" }],
      returns: "HistoryColumns",
      code: [
        ...histories.map(
          ({ name }, i) =>
            `const list${i} = readList(propertyOf(history, ${quoted(name)}), ${quoted(`history.${name}`)});`,
        ),
        "return {",
        ...histories.flatMap((history, i) => {
          const fields = ofHistory(bound, history);
          const where = quoted(`history.${history.name}`);
          if (fillings.has(history.name))
            return [
              `[${quoted(history.name)}]: encodeOwnSteps(list${i}, ${where}, FILLING${i}, (steps) => ({ columns: {`,
              ...columns(fields, "steps", where),
              fields.length > 0 ? "} }))," : "}, rows: steps.length })),",
            ];
          return [
            `[${quoted(history.name)}]: { columns: {`,
            ...columns(fields, `list${i}`, where),
            fields.length > 0 ? "} }," : `}, rows: list${i}.length },`,
          ];
        }),
        "};",
      ],
    },
  ];
}

function ofCandidates(bound: readonly BoundInput[]): readonly BoundInput[] {
  return bound.filter(({ history, feature }) => history === null && feature.scope === "item");
}

function ofHistory(bound: readonly BoundInput[], history: History): readonly BoundInput[] {
  return bound.filter((each) => each.history === history);
}

/** The constant that says what the columns of a history must hold. */
function historyShape(histories: readonly History[], history: string): string {
  return `HISTORY${histories.findIndex(({ name }) => name === history)}`;
}

/** An expression for the index after the last step of a history that is `given` as a list or columns. */
export function historyEnd(
  histories: readonly History[],
  fillings: Fillings,
  history: string,
  given: string,
): string {
  const all = `countRecords(${given}, ${quoted(`history.${history}`)}, ${historyShape(histories, history)})`;
  if (!fillings.has(history)) return all;
  const i = histories.findIndex(({ name }) => name === history);
  return `ownSteps(${given}${typed(" as Records")}, ${all}, FILLING${i}).to`;
}

/** `readRequest` and `score`. */
export function readerDeclarations(
  plan: Plan,
  wasm: WasmProgram | null,
  bound: readonly BoundInput[],
  histories: readonly History[],
  fillings: Fillings,
  crosses: readonly CrossInput[],
  served: readonly ServedInput[],
  features: readonly Feature[],
  outputs: readonly ScoredLabel[],
  times: StepTimes | null,
): readonly Declaration[] {
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
  const stepStatements = ({ name, max }: History, i: number): string[] => {
    const all = `countRecords(list${i}, ${quoted(`history.${name}`)}, ${historyShape(histories, name)})`;
    const steps = `q.steps${plan.histories.indexOf(name)}`;
    if (!fillings.has(name))
      return [
        `const count${i} = ${all};`,
        `const from${i} = latestFrom(count${i}, ${max});`,
        `${steps} = count${i} - from${i};`,
      ];
    return [
      `const own${i} = ownSteps(list${i}, ${all}, FILLING${i});`,
      `const count${i} = own${i}.to - own${i}.from;`,
      `const from${i} = own${i}.from + latestFrom(count${i}, ${max});`,
      `${steps} = own${i}.to - from${i};`,
    ];
  };
  const readValues = (each: BoundInput, records: string, from: string, count: string): ReadValues => ({
    ...{ bound: each, slot: slotText(each.input), records, from, count },
    elements: each.rowOf === null ? count : elementsOf(each),
  });
  const shape = (name: string, inputs: readonly BoundInput[]): ConstantDeclaration => ({
    ...{ kind: "constant", name, type: "ColumnShape", value: shapeOf(inputs) },
  });
  const parameters = [
    { name: "w", type: "Weights" },
    { name: "f", type: "Features" },
    { name: "q", type: "RequestValues" },
  ];
  const blockParameters = [
    { name: "c", type: "CandidateValues" },
    { name: "candidates", type: "Records" },
  ];
  const links = outputs.flatMap((each, i) => predicting(each, `out${i}`));
  return [
    ...histories.map((history) => shape(historyShape(histories, history.name), ofHistory(bound, history))),
    ...fillingConstants(histories, fillings),
    shape("CANDIDATES", ofCandidates(bound)),
    {
      kind: "function",
      name: "readRequest",
      parameters: [...parameters, { name: "request", type: "UserRequest" }],
      returns: "void",
      code: [
        ...(histories.length === 0 ? [] : ['const history = readRecord(request, "", "history");']),
        ...histories.flatMap((history, i) => [
          `const list${i} = propertyOf(history, ${quoted(history.name)})${typed(" as Records")};`,
          ...stepStatements(history, i),
        ]),
        "reserveRequest(w, q);",
        ...histories.flatMap((history, i) =>
          ofHistory(bound, history).map((each) =>
            read(
              each,
              `list${i}`,
              `from${i}`,
              `q.steps${plan.histories.indexOf(history.name)}`,
              quoted(`history.${history.name}`),
            ),
          ),
        ),
        ...served.map(({ input, value }) => `${slotText(input)}.fill(${value});`),
        ...(["user", "context"] as const).flatMap((scope) => {
          const inputs = single.filter(({ feature }) => feature.scope === scope);
          return inputs.length === 0
            ? []
            : [
                `const ${scope} = readRecord(request, "", "${scope}");`,
                ...inputs.map((each) => readOne(each, scope)),
              ];
        }),
        ...(times?.steps ?? []).map(({ input, name, history }) => {
          const i = histories.indexOf(history!);
          const steps = `${slotText(input)}, from${i}, q.steps${plan.histories.indexOf(history!.name)}`;
          const where = `${quoted(`history.${history!.name}`)}, ${quoted(name)}`;
          return `requirePast(${steps}, ${where}, ${slotText(times!.now.input)}, ${quoted(`context.${times!.now.name}`)});`;
        }),
        ...crosses
          .filter(({ feature }) => feature.scope !== "item")
          .flatMap((each) => crossStatements(each, "1")),
        ...countRequest(
          [
            ...histories.flatMap((history, i) =>
              ofHistory(bound, history).map((each) =>
                readValues(each, `list${i}`, `from${i}`, `q.steps${plan.histories.indexOf(history.name)}`),
              ),
            ),
            ...single
              .filter(({ feature }) => feature.scope !== "item")
              .map((each) => readValues(each, `[${each.feature.scope}]`, "0", "1")),
          ],
          bound,
          histories.map((_, i) => `count${i}`),
        ),
      ],
    },
    {
      kind: "function",
      name: "candidatesOf",
      parameters: [{ name: "request", type: "Request" }],
      returns: "Candidates",
      code: [`return propertyOf(request, "candidates")${typed(" as Candidates")};`],
    },
    {
      kind: "function",
      name: "computeBlock",
      doc: "Reads n candidates, and computes all that scores need of them.",
      parameters: [
        ...parameters,
        ...blockParameters,
        { name: "from", type: "number" },
        { name: "n", type: "number" },
      ],
      returns: "void",
      code: [
        "reserveCandidates(w, q, c, n);",
        ...ofCandidates(bound).map((each) => read(each, "candidates", "from", "n", '"candidates"')),
        ...crosses
          .filter(({ feature }) => feature.scope === "item")
          .flatMap((each) => crossStatements(each, "n")),
        ...countCandidates(
          ofCandidates(bound).map((each) => readValues(each, "candidates", "from", "n")),
          bound,
        ),
        "computeCandidates(w, q, c, n);",
      ],
    },
    {
      kind: "function",
      name: "score",
      doc: "Scores of all candidates, block by block: none depends on another candidate.",
      parameters: [
        ...parameters,
        ...blockParameters,
        { name: "out", type: "Scores | undefined" },
        { name: "asProbabilities", type: "boolean" },
      ],
      returns: "Scores",
      code: [
        'const count = countRecords(candidates, "candidates", CANDIDATES);',
        "const scores = out ?? newScores(count);",
        ...outputs.map(({ label }, i) => `const out${i} = ${scoresOf("scores", label, outputs.length)};`),
        ...outputs.map(
          ({ label, channels }, i) =>
            `checkOut(out${i}, ${outputs.length === 1 ? '"out"' : quoted(`out.${label}`)}, count${channels.length === 1 ? "" : ` * ${channels.length}`});`,
        ),
        ...(wasm === null ? [] : ["q.wasm?.own(q);"]),
        `const block = ${wasm === null ? "" : `c.wasm !== null ? ${CANDIDATES_AT_A_TIME} : `}${blockText(plan)};`,
        "for (let from = 0; from < count; from += block) {",
        "const n = Math.min(block, count - from);",
        "computeBlock(w, f, q, c, candidates, from, n);",
        ...outputs.flatMap((each, i) => copying(each, `out${i}`, plan)),
        "}",
        ...(links.length === 0 ? [] : ["if (asProbabilities) {", ...links, "}"]),
        ...countScores(outputs.map(({ type }, i) => (isCounted(type) ? `out${i}` : null))),
        "return scores;",
      ],
    },
  ];
}
