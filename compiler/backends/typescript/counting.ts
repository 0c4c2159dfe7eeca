// Generates what a module counts for `ranker.stats()`: class `Counted`, a counter for each value that is
// read, and the statements that count after a request was read, after its candidates were, and after they
// were scored.

import { quoted } from "../../common/quoting.ts";
import { keepsVocabulary, mayBeMissing, rawKindOf } from "../../frontend/kinds/registry.ts";
import type { Feature, History, LabelType } from "../../frontend/model/model.ts";
import type { CountedColumns } from "../serving/weights-file.ts";
import type { BoundInput } from "./schema.ts";
import type { ScoredLabel } from "./scored-labels.ts";
import type { ClassDeclaration, Method } from "./writer.ts";

type Counts = "IdCounter" | "NumberCounter" | "PresenceCounter";

/** As the baseline of a run counts them: buckets by their numbers. */
function counterOf(feature: Feature): Counts {
  const { kind } = feature;
  if (kind.kind === "number" || kind.kind === "bins") return "NumberCounter";
  return rawKindOf(feature).gives === "vector" ? "PresenceCounter" : "IdCounter";
}

/** The column of training data that has its values. */
function columnOf({ name, history }: BoundInput): string {
  return history?.fields.find((field) => field.name === name)?.column ?? name;
}

/** Of hashed ids, frequent values are not kept: nothing of a weights file has their texts. */
export function countedColumns(bound: readonly BoundInput[], histories: readonly History[]): CountedColumns {
  const columns = (type: Counts) => bound.filter(({ feature }) => counterOf(feature) === type);
  const isListed = ({ feature: { kind } }: BoundInput) =>
    keepsVocabulary({ kind }) || kind.kind === "enum" || kind.kind === "int" || kind.kind === "sized_id";
  return {
    values: [...new Set(columns("IdCounter").filter(isListed).map(columnOf))],
    numbers: [...new Set([...columns("NumberCounter").map(columnOf), ...histories.map(lengthsColumn)])],
  };
}

/** Lists of a history are equally long: the first has the lengths. */
export function lengthsColumn({ fields }: History): string {
  return fields[0]!.column;
}

/** Names of counters: by the input, the history, the label. */
const names = {
  value: (i: number) => `v${i}`,
  lengths: (i: number) => `h${i}`,
  scores: (i: number) => `s${i}`,
};

export function countedClass(
  bound: readonly BoundInput[],
  histories: readonly History[],
  features: readonly Feature[],
  labels: readonly ScoredLabel[],
): ClassDeclaration {
  const values = bound.map((each, i) => {
    const { feature } = each;
    const type = counterOf(feature);
    const column = quoted(columnOf(each));
    const space = `f.f${features.indexOf(feature)}${feature.set === null ? "" : ".space"}`;
    const made = {
      IdCounter: `new IdCounter(${space}, file.common(${column}))`,
      NumberCounter: `new NumberCounter(file.usual(${column}))`,
      PresenceCounter: "new PresenceCounter()",
    }[type];
    return { name: names.value(i), type, made };
  });
  const lengths = histories.map((history, i) => ({
    ...{ name: names.lengths(i), type: "LengthCounter" },
    made: `new LengthCounter(file.usual(${quoted(lengthsColumn(history))}))`,
  }));
  const counted = labels.flatMap(({ label, type }, i) => (isCounted(type) ? [{ label, i }] : []));
  const scores = counted.map(({ i }) => ({
    ...{ name: names.scores(i), type: "ScoreCounter", made: "new ScoreCounter()" },
  }));
  const all = [...values, ...lengths, ...scores];
  const named = (of: History | null) =>
    bound
      .map((each, i) => ({ each, counter: `this.${names.value(i)}` }))
      .filter(({ each }) => each.history === of)
      .map(({ each, counter }) => `[${quoted(each.name)}, ${counter}]`)
      .join(", ");
  return {
    kind: "class",
    name: "Counted",
    doc: "What `stats` counts, a counter for each value.",
    properties: [
      ...all.map(({ name, type }) => ({ name, type, isReadonly: true })),
      { name: "all", type: "Counters", isReadonly: true },
    ],
    methods: [],
    constructs: {
      parameters: [
        { name: "f", type: "Features" },
        { name: "file", type: "WeightsFile" },
      ],
      code: [
        ...all.map(({ name, made }) => `this.${name} = ${made};`),
        "this.all = new Counters(",
        `[${named(null)}],`,
        "[",
        ...histories.map(
          (history, i) =>
            `[${quoted(history.name)}, { lengths: this.${names.lengths(i)}, fields: [${named(history)}] }],`,
        ),
        "],",
        `[${counted.map(({ label, i }) => `[${quoted(label)}, this.${names.scores(i)}]`).join(", ")}],`,
        ");",
      ],
    },
  };
}

/** Where the values of an input stand after they were read. */
export interface ReadValues {
  readonly bound: BoundInput;
  /** The ids. */
  readonly slot: string;
  /** How many there are; of sets more or fewer than records. */
  readonly elements: string;
  /** The records that they were read from. */
  readonly records: string;
  readonly from: string;
  readonly count: string;
}

/** Counts values that were read; `all` are the inputs of the module. */
function countValues(read: readonly ReadValues[], all: readonly BoundInput[]): string[] {
  return read.flatMap(({ bound, slot, elements, records, from, count }) => {
    const counter = `counted.${names.value(all.indexOf(bound))}`;
    const given = `${records}, ${from}, ${count}, ${quoted(bound.name)}`;
    const { feature } = bound;
    if (counterOf(feature) !== "IdCounter") return [`${counter}.addOf(${given});`];
    const canMiss = feature.set === null && mayBeMissing(feature);
    return [
      `${counter}.add(${slot}, ${elements});`,
      ...(canMiss ? [`${counter}.addMissing(${given});`] : []),
    ];
  });
}

/** Statements for the end of `readRequest`. `lengths`: by history, how many steps were given. */
export function countRequest(
  read: readonly ReadValues[],
  all: readonly BoundInput[],
  lengths: readonly string[],
): string[] {
  return whereCounted([
    "counted.all.requests++;",
    ...lengths.map((length, i) => `counted.${names.lengths(i)}.add(${length});`),
    ...countValues(read, all),
  ]);
}

/** Statements after a block of candidates was read. */
export function countCandidates(read: readonly ReadValues[], all: readonly BoundInput[]): string[] {
  return read.length === 0 ? [] : whereCounted(countValues(read, all));
}

/** Whether scores are counted: probabilities of a yes are. */
export function isCounted({ kind }: LabelType): boolean {
  return kind === "binary" || kind === "share";
}

/** Statements for the end of `score`; `outs` are the scores by label, null for those that are not counted. */
export function countScores(outs: readonly (string | null)[]): string[] {
  return whereCounted([
    "counted.all.candidates += count;",
    ...outs.flatMap((out, i) =>
      out === null ? [] : [`counted.${names.scores(i)}.add(${out}, count, asProbabilities);`],
    ),
  ]);
}

function whereCounted(code: readonly string[]): string[] {
  return ["const { counted } = f;", "if (counted !== null) {", ...code, "}"];
}

/** A method's code that asks a ranker's features something which is no request of anybody. */
export function uncounted(statement: string): string[] {
  return [
    "const { counted } = this.f;",
    "this.f.counted = null;",
    "try {",
    statement,
    "} finally {",
    "this.f.counted = counted;",
    "}",
  ];
}

/** `stats` for `Ranker`. */
export const statsMethod: Method = {
  name: "stats",
  doc: "What was counted since the ranker was made with `stats: true`; null where it was made without. With `reset`, counting then begins\nagain from 0. Of a request that threw, what was read before is counted.",
  parameters: [{ name: "options", type: "{ readonly reset?: boolean }", isOptional: true }],
  returns: "RankerStats | null",
  code: [
    "const { counted } = this.f;",
    "if (counted === null) return null;",
    "const stats = counted.all.read(this.about);",
    "if (options?.reset === true) counted.all.reset();",
    "return stats;",
  ],
};
