// The words of the language besides functions and blocks, each read from its object: kinds, transforms, settings with their
// choices, and the options in parentheses after them.

import { keywordNamed } from "../../../../grammar/tokens.ts";
import { LOSS_OPTIONS } from "../../../frontend/check/check-loss.ts";
import { AUTO } from "../../../frontend/check/embedding.ts";
import { MISSING } from "../../../frontend/check/features.ts";
import { HISTORY_OPTIONS } from "../../../frontend/check/histories.ts";
import { LABEL_OPTIONS } from "../../../frontend/check/label-options.ts";
import { FOR } from "../../../frontend/check/named-parts.ts";
import { PREDICT_OPTIONS } from "../../../frontend/check/own-loss.ts";
import { SERVED } from "../../../frontend/check/served.ts";
import { SETTINGS, type SettingDefinition } from "../../../frontend/check/train.ts";
import { takesParts } from "../../../frontend/check/train-optimizers.ts";
import { SIGNATURE_TYPES } from "../../../frontend/elaborate/signatures.ts";
import { codesTransform } from "../../../frontend/kinds/codes.kind.ts";
import { POOLINGS, SET_OPTIONS, set, WEIGHTED } from "../../../frontend/kinds/read-set.ts";
import { allKinds } from "../../../frontend/kinds/registry.ts";
import { allBinnings, allTransforms } from "../../../frontend/kinds/transforms.ts";
import { labelKinds } from "../../../frontend/labels/registry.ts";
import { SCOPES } from "../../../frontend/syntax/build.ts";
import { FREEZE, TABLE_OPTIONS } from "../../../frontend/values/table-options.ts";
import type { MetricDefinition, MetricParameter } from "../../../middle/metrics/define-metric.ts";
import type { Monitor } from "../../../middle/metrics/monitor.ts";
import { allMetrics, PER } from "../../../middle/metrics/registry.ts";
import type { NumberConstraint, Optioned, OptionReader } from "../../../middle/training/options.ts";
import {
  type EntryParameter,
  freezeEntry,
  initEntries,
  type LanguageEntry,
  named,
  partsOf,
  type Takes,
  wordEntry,
} from "./entry.ts";

const NUMBER: Takes = { kind: "number" };
const INT: Takes = { kind: "int" };
const words = (...each: LanguageEntry[]): Takes => ({ kind: "words", words: each });

const pools = POOLINGS.map((name) => wordEntry(name, ""));
const setOptions = Object.entries(SET_OPTIONS).map(([name, doc]) =>
  named(name, doc, name === "pool" ? words(...pools) : INT, name, name !== "max"),
);
const unknown = words(wordEntry(MISSING.unknown, "The id 1."));
const missing = named(MISSING.option, MISSING.doc, unknown);
const served = named(SERVED.option, SERVED.doc, unknown);

/** A set's word for weights, with the column that has them. */
export const weightedEntry: LanguageEntry = {
  name: WEIGHTED.word,
  label: WEIGHTED.form,
  parameters: [named(WEIGHTED.option, WEIGHTED.columnDoc, { kind: "none" }, WEIGHTED.option, false)],
  doc: WEIGHTED.doc,
  form: WEIGHTED.form,
};

/** All forms of kinds; several may share a name. */
export const kindEntries: readonly LanguageEntry[] = [
  ...allKinds.flatMap((kind): LanguageEntry[] => {
    const { keyword, form, doc, options } = kind;
    if (keyword === null) return [];
    const isText = keyword === "text";
    const takes: Takes = options.includes("file") || options.includes("zone") ? { kind: "string" } : INT;
    const given = options.map((option) =>
      named(option, doc, takes, option, keyword === "id" && option === "min_count"),
    );
    const leading: EntryParameter[] =
      kind.gives === "cross"
        ? [{ ...named("features", doc, { kind: "ids" }), isNamed: false, isRest: true, isOptional: false }]
        : [];
    const more = isText ? setOptions : kind.gives === "cross" ? [] : [missing, served];
    return [{ name: keyword, label: form, parameters: [...leading, ...given, ...more], doc, form }];
  }),
  {
    name: set.keyword,
    label: set.form,
    parameters: [
      { ...named("kind", "The kind of one value.", { kind: "kind" }), isNamed: false, isOptional: false },
      {
        ...named(WEIGHTED.word, WEIGHTED.doc, words(wordEntry(WEIGHTED.word, WEIGHTED.doc))),
        isNamed: false,
      },
      ...setOptions,
    ],
    doc: set.doc,
    form: set.form,
  },
];

const codesEntry: LanguageEntry = {
  name: codesTransform.keyword,
  label: codesTransform.form,
  parameters: Object.entries(codesTransform.options).map(([name, doc]) =>
    named(name, doc, INT, name, name === "prefixes"),
  ),
  doc: codesTransform.doc,
  form: codesTransform.form,
};

export const transformEntries: readonly LanguageEntry[] = [
  ...[...allTransforms, ...allBinnings].map(({ keyword, form, doc }) => ({
    name: keyword,
    label: form,
    parameters: partsOf(form).map(({ text }, i) => ({
      ...named(text, doc, NUMBER),
      isNamed: false,
      isOptional: i > 0,
    })),
    doc,
    form,
  })),
  codesEntry,
];

const labelOptions = [
  named("weight", LABEL_OPTIONS.weight, { kind: "rowWeight" }),
  named("missing", LABEL_OPTIONS.missing, words(wordEntry("none", LABEL_OPTIONS.missing))),
];
export const labelKindEntries: readonly LanguageEntry[] = Object.values(labelKinds).map(
  ({ name, form, doc }) => ({
    ...wordEntry(name, doc, form),
    parameters: [
      ...partsOf(form)
        .filter(({ text }) => /^[a-z]+$/.test(text))
        .map(({ text }) => ({ ...named(text, doc, words(wordEntry(text, doc))), isNamed: false })),
      ...labelOptions,
    ],
  }),
);
export const scopeEntries = Object.entries(SCOPES).map(([name, doc]) => wordEntry(name, doc));
export const typeEntries = Object.entries(SIGNATURE_TYPES).map(([name, { form, doc }]) =>
  wordEntry(name, doc, form),
);

export const autoEntry = wordEntry(AUTO.word, AUTO.doc);

export const embedEntry: LanguageEntry = {
  name: "embed",
  label: `embed(width, ${FREEZE.word}, ${Object.keys(TABLE_OPTIONS).join(", ")})`,
  parameters: [
    {
      ...named("width", keywordNamed("embed")?.doc ?? "", words(autoEntry)),
      isNamed: false,
      isOptional: false,
    },
    { ...named(FREEZE.word, FREEZE.doc, words(freezeEntry)), isNamed: false },
    ...Object.entries(TABLE_OPTIONS).map(([name, doc]) =>
      named(name, doc, name === "init" ? words(...initEntries) : { kind: "string" }),
    ),
  ],
  doc: keywordNamed("embed")?.doc ?? "",
  form: "embed 16",
};

export const historyEntry: LanguageEntry = {
  name: "history",
  label: "history name(max)",
  parameters: Object.entries(HISTORY_OPTIONS).map(([name, doc]) => named(name, doc, INT, name, false)),
  doc: keywordNamed("history")?.doc ?? "",
  form: "history clicks(max: 50)",
};

export const lossEntry: LanguageEntry = {
  name: "loss",
  label: "loss name(weight)",
  parameters: Object.entries(LOSS_OPTIONS).map(([name, doc]) => named(name, doc, { kind: "any" })),
  doc: keywordNamed("loss")?.doc ?? "",
  form: "loss",
};

export const predictEntry: LanguageEntry = {
  name: "predict",
  label: "predict name(loss, weight)",
  parameters: Object.entries(PREDICT_OPTIONS).map(([name, doc]) =>
    named(name, doc, { kind: name === "loss" ? "loss" : "any" }),
  ),
  doc: keywordNamed("predict")?.doc ?? "",
  form: "predict",
};

/** Records the options that an object of `train` reads. */
class OptionRecorder implements OptionReader {
  readonly parameters = new Map<string, EntryParameter>();
  /** An example; null if no option is required. */
  example: string | null = null;
  private readonly options: readonly string[];

  constructor(options: readonly string[]) {
    this.options = options;
  }

  number(option: string, range: NumberConstraint, fallback: number): number {
    this.add(option, `${option} = ${fallback}`, range.text, NUMBER, true);
    return fallback;
  }

  optional(option: string, range: NumberConstraint): null {
    this.add(option, option, range.text, NUMBER, true);
    return null;
  }

  required(option: string, range: NumberConstraint, example: string): number {
    this.example ??= example;
    this.add(option, option, range.text, NUMBER, false);
    return 1;
  }

  flag(option: string): boolean {
    this.add(
      option,
      `${option} = false`,
      "`true` or `false`",
      words(wordEntry("true", ""), wordEntry("false", "")),
      true,
    );
    return false;
  }

  word<W extends string>(option: string, known: readonly W[], fallback: W): W {
    const entries = known.map((word) => wordEntry(word, ""));
    this.add(
      option,
      `${option} = ${fallback}`,
      known.map((word) => `\`${word}\``).join(" or "),
      words(...entries),
      true,
    );
    return fallback;
  }

  monitor(): Monitor {
    this.add(
      "metric",
      "metric",
      "One of `metrics`, or a sum such as `auc + gauc`.",
      { kind: "metric" },
      true,
    );
    this.add("label", "label", "The label whose predictions count.", { kind: "label" }, true);
    return { terms: [], label: null };
  }

  /** In the order of options without names. */
  inOrder(): EntryParameter[] {
    return this.options.flatMap((option) => this.parameters.get(option) ?? []);
  }

  private add(option: string, text: string, doc: string, takes: Takes, isOptional: boolean): void {
    if (!this.parameters.has(option))
      this.parameters.set(option, { ...named(option, doc, takes, text, isOptional), isNamed: false });
  }
}

function optionedEntry(
  name: string,
  { doc, options, read }: Optioned<unknown>,
  setting: string,
): LanguageEntry {
  const recorder = new OptionRecorder(options);
  read(recorder);
  const part = named(FOR.option, FOR.doc, { kind: "part" });
  const parameters = [...recorder.inOrder(), ...(takesParts(setting, name) ? [part] : [])];
  return {
    name,
    label: `${name}(${parameters.map(({ text }) => text).join(", ")})`,
    parameters,
    doc,
    form: recorder.example ?? name,
  };
}

function metricEntry({ name, doc, parameters: shapes }: MetricDefinition): LanguageEntry {
  const per = { ...named(PER.name, PER.doc, { kind: "domain" }, PER.name, true), isNamed: true };
  const parameters = [
    ...Object.entries(shapes).map(([parameter, shape]) => metricParameter(parameter, shape)),
    per,
  ];
  const needed = Object.entries(shapes).flatMap(([parameter, shape]) =>
    shape.kind === "group"
      ? [`${parameter}: user_id`]
      : shape.kind === "number" && shape.fallback === undefined
        ? [`${parameter}: ${shape.example}`]
        : [],
  );
  const list = (parts: readonly string[]) => (parts.length === 0 ? name : `${name}(${parts.join(", ")})`);
  return { name, label: list(parameters.map(({ text }) => text)), parameters, doc, form: list(needed) };
}

function metricParameter(name: string, shape: MetricParameter): EntryParameter {
  const of = (doc: string, takes: Takes, text: string, isOptional: boolean) => ({
    ...named(name, doc, takes, text, isOptional),
    isNamed: false,
  });
  switch (shape.kind) {
    case "group":
      return of("The user feature with ids whose values are the groups.", { kind: "users" }, name, false);
    case "choice": {
      const values = shape.values.map((value) => wordEntry(value, ""));
      return of(
        shape.values.map((value) => `\`${value}\``).join(", "),
        words(...values),
        `${name} = ${shape.fallback}`,
        true,
      );
    }
    case "number": {
      const text = shape.fallback === undefined ? name : `${name} = ${shape.fallback}`;
      return of(shape.expected, NUMBER, text, shape.fallback !== undefined);
    }
  }
}

const settings: Readonly<Record<string, SettingDefinition>> = SETTINGS;

export const settingEntries: readonly LanguageEntry[] = Object.entries(settings).map(
  ([name, { doc, form }]) => wordEntry(name, doc, `${name} ${form}`),
);

let choices: ReadonlyMap<string, readonly LanguageEntry[]> | undefined;

/** The possible values of a setting of `train`; empty if they are numbers. */
export function choicesOf(setting: string): readonly LanguageEntry[] {
  choices ??= new Map<string, readonly LanguageEntry[]>([
    ...Object.entries(settings).map(
      ([name, { choices: each = {} }]) =>
        [
          name,
          Object.entries(each).map(([choice, definition]) => optionedEntry(choice, definition, name)),
        ] as const,
    ),
    ["metrics", allMetrics.map(metricEntry)],
  ]);
  return choices.get(setting) ?? [];
}

/** Parts of a model without a declaration of their own. */
export const partEntries: readonly LanguageEntry[] = [
  wordEntry(FOR.tables, FOR.allTables),
  ...Object.keys(SCOPES).map((scope) => wordEntry(scope, `The tables of all ${scope} features.`)),
];

/** The choice of any setting with this name. */
export function choiceNamed(name: string): LanguageEntry | undefined {
  for (const setting of Object.keys(settings)) {
    const found = choicesOf(setting).find((choice) => choice.name === name);
    if (found !== undefined) return found;
  }
  return initEntries.find((init) => init.name === name);
}
